import type { RouteObject } from 'react-router';
import { Navigate } from 'react-router';

const jobPage = (path: string, kind: string): RouteObject => ({
  path,
  lazy: async () => {
    const { JobPage } = await import('./one/job-page.tsx');
    const model = `Foreman/${kind}Job`;
    return { Component: () => <JobPage model={model} /> };
  },
});

/** Jobs, those that are under way and those that were, and what keeps them in order. */
export const jobRoutes: RouteObject[] = [
  { path: '/jobs', lazy: async () => ({ Component: (await import('./jobs-page.tsx')).JobsPage }) },
  { path: '/waves', element: <Navigate to="/jobs?tab=waves" replace /> },
  { path: '/joblog', lazy: async () => ({ Component: (await import('./log/job-log-page.tsx')).JobLogPage }) },
  { path: '/todo', lazy: async () => ({ Component: (await import('./todo/todo-page.tsx')).TodoPage }) },
  jobPage('/job/f/:id', 'Foundation'),
  jobPage('/job/s/:id', 'Structure'),
  jobPage('/job/d/:id', 'Dependency'),
];
