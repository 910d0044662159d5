import type { RouteObject } from 'react-router';
import { SignInPage } from './sign-in-page.tsx';

/** What stands outside the shell: signing in. */
export const signInRoutes: RouteObject[] = [{ path: '/signin', element: <SignInPage /> }];

/** Pages of one's own account. */
export const sessionRoutes: RouteObject[] = [];
