import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { live } from '../api/live.ts';
import { keys } from '../api/query-keys.ts';
import { call, pathOf } from '../api/request.ts';
import type { Graph } from './graph.ts';

/** How often a graph is asked for again at most, in milliseconds. */
const AGAIN_MS = 2000;

const isOfGraphs = (model: string): boolean => /^(Building|Foreman)\//.test(model);

/** The graph of a site or around an object, for as long as it is looked at as it is now. */
export function useGraph(model: string, id: string | number, count: number) {
  const queryClient = useQueryClient();
  const queryKey = keys.about(model, id, 'graph', count);
  const hash = JSON.stringify(queryKey);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const forget = live.listen(({ objects }) => {
      if (timer !== undefined || !objects.some((one) => isOfGraphs(one.model))) return;
      timer = setTimeout(() => {
        timer = undefined;
        void queryClient.invalidateQueries({ queryKey: JSON.parse(hash) as unknown[] });
      }, AGAIN_MS);
    });
    return () => {
      forget();
      clearTimeout(timer);
    };
  }, [queryClient, hash]);
  return useQuery({
    queryKey,
    queryFn: ({ signal }) => call<Graph>(pathOf(model, id, 'graph'), { count }, { signal }),
    placeholderData: (before) => before,
  });
}
