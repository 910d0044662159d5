import type { UseQueryResult } from '@tanstack/react-query';
import { useQuery } from '@tanstack/react-query';
import { keys } from '../api/query-keys.ts';
import { call, pathOf } from '../api/request.ts';

interface Asking {
  /** How often it is asked again, in milliseconds; left out: when an event says that it is old. */
  readonly every?: number | false | undefined;
  /** Whether it is asked at all. */
  readonly enabled?: boolean | undefined;
}

/** What an action of a model answers, kept as long as it may be right. */
export function useAnswer<T>(
  model: string,
  action: string,
  parameters: object = {},
  { every = false, enabled = true }: Asking = {},
): UseQueryResult<T> {
  return useQuery({
    queryKey: keys.action(model, action, parameters),
    queryFn: ({ signal }) => call<T>(pathOf(model, undefined, action), parameters, { signal }),
    refetchInterval: every,
    enabled,
  });
}
