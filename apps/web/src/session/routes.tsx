import { lazy } from 'react';
import type { RouteObject } from 'react-router';
import { SignInPage } from './sign-in-page.tsx';

const AccountPage = lazy(async () => ({ default: (await import('./account-page.tsx')).AccountPage }));
const PeoplePage = lazy(async () => ({ default: (await import('./people-page.tsx')).PeoplePage }));

/** What stands outside the shell: signing in. */
export const signInRoutes: RouteObject[] = [{ path: '/signin', element: <SignInPage /> }];

/** Pages of one's own account, and of who may use the server. */
export const sessionRoutes: RouteObject[] = [
  { path: '/account', element: <AccountPage /> },
  { path: '/people', element: <PeoplePage /> },
];
