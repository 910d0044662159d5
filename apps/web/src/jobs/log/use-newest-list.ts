import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { keys } from '../../api/query-keys.ts';
import { pathOf, send } from '../../api/request.ts';
import type { Selection, WholeList } from '../../list/use-whole-list.ts';
import { MAX_ROWS } from '../../list/use-whole-list.ts';
import { idOf, modelAt } from '../../model/models.ts';
import type { Row } from '../../model/types.ts';
import type { Span } from './spans.ts';
import { nextSpan } from './spans.ts';

interface ListPage {
  readonly items: readonly Row[];
  readonly total: number;
  readonly position: number;
}

/** The objects of a selection, the newest first: of a list that is longer than a page holds, its end is what is there. */
export function useNewestList(model: string, selection: Selection): WholeList {
  const query = useInfiniteQuery({
    queryKey: [...keys.list(model, selection), 'newest'],
    initialPageParam: undefined as Span | undefined,
    queryFn: async ({ pageParam, signal }) => {
      const { filter, parameters } = selection;
      const asked = { ...(filter === undefined ? {} : { filter }), ...parameters };
      const read = async (query: Readonly<Record<string, string | number>>): Promise<ListPage> =>
        (await send<ListPage>('GET', pathOf(model), { query: { ...asked, ...query }, signal })).body;
      const span = pageParam ?? nextSpan((await read({ count: 1 })).total, undefined);
      return span ? read({ position: span.from, count: span.count }) : read({ count: 1 });
    },
    getNextPageParam: ({ position }, pages) => {
      const read = pages.reduce((sum, { items }) => sum + items.length, 0);
      return read >= MAX_ROWS ? undefined : nextSpan(position, pages.length);
    },
  });
  const { data, hasNextPage, isFetching, isError, fetchNextPage } = query;
  useEffect(() => {
    if (hasNextPage && !isFetching && !isError) void fetchNextPage();
  }, [hasNextPage, isFetching, isError, fetchNextPage]);
  const rows = useMemo(() => {
    const known = modelAt(model);
    const all = new Map<string | number, Row>();
    for (const { items } of data?.pages ?? []) for (const row of items.toReversed()) all.set(idOf(known, row), row);
    return [...all.values()];
  }, [model, data]);
  return {
    rows,
    total: data?.pages[0]?.total,
    isPending: query.isPending,
    error: query.error,
    retry: () => void query.refetch(),
  };
}
