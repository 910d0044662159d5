import type { RouteObject } from 'react-router';
import { ListPage } from '../nouns/list-page.tsx';
import { JobsPage } from './jobs-page.tsx';

/** Jobs, those that are under way and those that were. */
export const jobRoutes: RouteObject[] = [
  { path: '/jobs', element: <JobsPage /> },
  { path: '/joblog', element: <ListPage title="Job Log" path="Foreman/JobLog" scoped /> },
];
