import type { Params, RouteObject } from 'react-router';
import { matchRoutes } from 'react-router';
import { askForSession } from '../api/session.ts';

/** What a route says of itself, as its `handle`. */
export interface RouteHandle {
  /** Asks for what its page shows first. */
  readonly askAhead: (params: Params, search: URLSearchParams) => Promise<void>;
}

/**
 * Asks for who is signed in and for what the page shows first that the browser was sent to, side by side and before anything
 * is drawn. Who may not see it is refused both times.
 */
export function askAhead(routes: RouteObject[], { pathname, search }: Pick<Location, 'pathname' | 'search'>): void {
  void askForSession();
  for (const { route, params } of matchRoutes(routes, pathname) ?? []) {
    const handle = route.handle as RouteHandle | undefined;
    void handle?.askAhead(params, new URLSearchParams(search));
  }
}
