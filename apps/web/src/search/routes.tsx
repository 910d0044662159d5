import type { RouteObject } from 'react-router';

/** What is found, at an address of its own. */
export const searchRoutes: RouteObject[] = [
  { path: '/search', lazy: async () => ({ Component: (await import('./search-page.tsx')).SearchPage }) },
];
