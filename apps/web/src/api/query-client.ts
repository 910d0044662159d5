import { QueryClient } from '@tanstack/react-query';
import { Problem } from './problem.ts';

/** How often a query is tried again whose server is away, before the page tells so by itself. */
const TRIES = 2;

/** How long what no page shows any more is kept, in milliseconds: what a page that is open for days holds does not grow. */
const UNUSED_MS = 5 * 60_000;

/** What the pages know of the server. The event feed says what of it is old; the rest is asked for again after a while. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      gcTime: UNUSED_MS,
      refetchOnWindowFocus: false,
      retry: (tries, error) => tries < TRIES && error instanceof Problem && error.isAway,
    },
    mutations: { retry: false },
  },
});
