import type { RouteObject } from 'react-router';
import { GraphPage } from './graph-page.tsx';

/** Pictures: what depends on what. */
export const pictureRoutes: RouteObject[] = [{ path: '/graph', element: <GraphPage /> }];
