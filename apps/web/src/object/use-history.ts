import { useInfiniteQuery } from '@tanstack/react-query';
import { keys } from '../api/query-keys.ts';
import { pathOf, send } from '../api/request.ts';
import type { HistoryPage } from './history.ts';
import { nextOf } from './history.ts';

/** How many entries a page has. */
const PAGE = 50;
/** The most pages that are kept: the newest go first when one looks further back. */
const MAX_PAGES = 40;

/** What happened to an object, the newest first, a page at a time. */
export const useHistory = (model: string, id: string | number) =>
  useInfiniteQuery({
    queryKey: keys.about(model, id, 'history'),
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }) =>
      (
        await send<HistoryPage>('GET', pathOf(model, id, 'history'), {
          query: { count: PAGE, ...(pageParam === undefined ? {} : { from: '0', to: pageParam }) },
          signal,
        })
      ).body,
    getNextPageParam: nextOf,
    maxPages: MAX_PAGES,
  });
