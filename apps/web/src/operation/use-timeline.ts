import type { UseQueryResult } from '@tanstack/react-query';
import { useQuery } from '@tanstack/react-query';
import { send } from '../api/request.ts';
import type { TimelineEvent } from './timeline.ts';

/** How many events are read at a time, how many times, and how many of them are kept: the newest. */
const PAGE = 500;
const MAX_PAGES = 20;
export const MAX_EVENTS = 2000;
/** How often it is read again, in milliseconds. */
const EVERY_MS = 10_000;

interface EventPage {
  readonly events: readonly TimelineEvent[];
  readonly end: string;
  readonly more: boolean;
}

/** What has happened, the oldest first. */
export interface Timeline {
  readonly events: readonly TimelineEvent[];
  /** How many were read and are not kept. */
  readonly left: number;
  /** Whether there is more that was not read. */
  readonly more: boolean;
}

interface Wanted {
  /** ISO 8601. */
  readonly from: string;
  readonly site: string | undefined;
  readonly kinds: readonly string[];
}

/** What has happened since a moment, at a site or everywhere; read to its end, or as far as is bearable. */
export const useTimeline = ({ from, site, kinds }: Wanted): UseQueryResult<Timeline> =>
  useQuery({
    queryKey: ['timeline', from, site ?? null, kinds],
    queryFn: async ({ signal }) => {
      let events: TimelineEvent[] = [];
      let read = 0;
      let [after, more] = [from, true];
      for (let page = 0; more && page < MAX_PAGES; page++) {
        const query = { after, count: PAGE, site, kind: kinds };
        const { body } = await send<EventPage>('GET', '/events', { query, signal });
        read += body.events.length;
        events = [...events, ...body.events].slice(-MAX_EVENTS);
        [after, more] = [body.end, body.more];
      }
      return { events, left: read - events.length, more };
    },
    refetchInterval: EVERY_MS,
    placeholderData: (before) => before,
  });
