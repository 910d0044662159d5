import type { RouteObject } from 'react-router';

/** Finding things. */
export const searchRoutes: RouteObject[] = [];
