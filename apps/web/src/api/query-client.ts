import { QueryCache, QueryClient } from '@tanstack/react-query';
import { Problem } from './problem.ts';

/** How often a query is tried again whose server is away, before the page tells so by itself. */
const TRIES = 2;

/** How long what no page shows any more is kept, in milliseconds: what a page that is open for days holds does not grow. */
const UNUSED_MS = 5 * 60_000;

/** What the pages know of the server. The event feed says what of it is old; the rest is asked for again after a while. */
export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error, { queryKey }) => {
      // The session is over: that is looked at once, and leads to the page for signing in.
      const isOver = error instanceof Problem && error.status === 401;
      if (isOver && queryKey[0] !== 'session') void queryClient.invalidateQueries({ queryKey: ['session'] });
    },
  }),
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
