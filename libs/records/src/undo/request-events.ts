import type { AttributedEvent, EventLog } from '#event-store';

/** The events of a request, in the order of the log; none where it has written nothing. */
export type RequestEvents = (request: string) => Promise<readonly AttributedEvent[]>;

/** How many events are read at a time. */
const PAGE = 5_000;

/** Whether an event belongs to a request: also to one of the steps that a deletion takes, which have ids of their own. */
export const isOf = (request: string, event: Pick<AttributedEvent, 'request'>): boolean =>
  event.request === request || event.request.startsWith(`${request}/`);

/** Finds the events of a request by reading the log. */
export const requestEventsIn =
  (log: Pick<EventLog, 'attributedAfter'>): RequestEvents =>
  async (request) => {
    const found: AttributedEvent[] = [];
    for (let after = 0n; ;) {
      const { events, end } = await log.attributedAfter(after, { limit: PAGE });
      found.push(...events.filter((event) => isOf(request, event)));
      if (end === after) return found;
      after = end;
    }
  };
