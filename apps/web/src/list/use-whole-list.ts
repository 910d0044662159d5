import { infiniteQueryOptions, useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { queryClient } from '../api/query-client.ts';
import { keys } from '../api/query-keys.ts';
import { pathOf, send } from '../api/request.ts';
import { idOf, modelAt } from '../model/models.ts';
import type { Row } from '../model/types.ts';

/** Which objects of a model: those of one of its filters, with what that takes; and when, if not now. */
export interface Selection {
  readonly filter?: string;
  readonly parameters?: Readonly<Record<string, string | number>>;
  readonly at?: string;
}

interface ListPage {
  readonly items: readonly Row[];
  readonly total: number;
  readonly position: number;
}

/** The first page is small, so that it is there at once; the others are as large as the server gives them. */
const FIRST = 50;
const REST = 1000;
/** The most objects that one list holds: beyond, it is to be narrowed. */
export const MAX_ROWS = 20_000;

/** A list as far as it has come. */
export interface WholeList {
  readonly rows: readonly Row[];
  /** How many there are; undefined until it is known. */
  readonly total: number | undefined;
  readonly isPending: boolean;
  readonly error: unknown;
  readonly retry: () => void;
}

/** How the pages of a list are asked for. */
const listOptions = (model: string, selection: Selection) =>
  infiniteQueryOptions({
    queryKey: keys.list(model, selection),
    initialPageParam: 0,
    queryFn: async ({ pageParam, signal }) => {
      const { filter, parameters, at } = selection;
      const count = pageParam === 0 ? FIRST : REST;
      const asked = { ...(filter === undefined ? {} : { filter }), ...parameters, ...(at === undefined ? {} : { at }) };
      const answer = await send<ListPage>('GET', pathOf(model), {
        query: { ...asked, count, position: pageParam },
        signal,
      });
      return answer.body;
    },
    getNextPageParam: ({ items, position, total }) => {
      const next = position + items.length;
      return items.length > 0 && next < total && next < MAX_ROWS ? next : undefined;
    },
  });

/** Asks for the begin of a list that is about to be shown. */
export const askForList = (model: string, selection: Selection): Promise<void> =>
  queryClient.prefetchInfiniteQuery(listOptions(model, selection));

/** All objects of a selection: the first 50 at once, then the rest in pages behind them. */
export function useWholeList(model: string, selection: Selection = {}, enabled = true): WholeList {
  const query = useInfiniteQuery({ ...listOptions(model, selection), enabled });
  const { data, hasNextPage, isFetching, isError, fetchNextPage } = query;
  useEffect(() => {
    if (hasNextPage && !isFetching && !isError) void fetchNextPage();
  }, [hasNextPage, isFetching, isError, fetchNextPage]);
  const rows = useMemo(() => withoutRepeats(model, data?.pages ?? []), [model, data]);
  return {
    rows,
    total: data?.pages.at(-1)?.total,
    isPending: enabled && query.isPending,
    error: query.error,
    retry: () => void query.refetch(),
  };
}

/** The objects of pages, each once: one that is made while the pages are read moves those behind it. */
function withoutRepeats(path: string, pages: readonly ListPage[]): readonly Row[] {
  if (pages.length < 2) return pages[0]?.items ?? [];
  const model = modelAt(path);
  const rows = new Map<string | number, Row>();
  for (const { items } of pages) for (const row of items) rows.set(idOf(model, row), row);
  return [...rows.values()];
}
