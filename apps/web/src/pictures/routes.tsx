import type { RouteObject } from 'react-router';

/** Pictures that are pages of their own: what depends on what at a site. */
export const pictureRoutes: RouteObject[] = [
  { path: '/graph', lazy: async () => ({ Component: (await import('./graph-page.tsx')).GraphPage }) },
];
