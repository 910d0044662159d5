import type { RouteObject } from 'react-router';

/** How the installation is run. */
export const operationRoutes: RouteObject[] = [];
