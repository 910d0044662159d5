import type { LoggedEvent, EventLog } from '#event-store';
import { NotReady } from '#read-store';
import type { RequestIndex } from '../request-index.ts';

/** How many events are read at a time. */
const PAGE = 1_000;
/** How long the index of requests is waited for, in milliseconds. */
const TIMEOUT_MS = 10_000;

/** Whether an event belongs to a request: also to one of the steps that a deletion takes, which have ids of their own. */
export const isOf = (request: string, event: Pick<LoggedEvent, 'request'>): boolean =>
  event.request === request || event.request.startsWith(`${request}/`);

/**
 * The events of a request, without those of what it caused, in the order of the log; none where it has written nothing.
 * @throws NotReady where the index is late: a part of them is no answer
 */
export async function eventsOfRequest(
  request: string,
  {
    index,
    log,
  }: {
    readonly index: Pick<RequestIndex, 'caughtUp' | 'parts'>;
    readonly log: Pick<EventLog, 'eventsAfter' | 'eventsAt'>;
  },
): Promise<readonly LoggedEvent[]> {
  if (!(await index.caughtUp(TIMEOUT_MS))) throw new NotReady('the index of requests is late');
  const found: LoggedEvent[] = [];
  for (const { first, last } of await index.parts(request)) {
    found.push(...(await log.eventsAt([first])));
    for (let at = first; at < last;) {
      const { events, end } = await log.eventsAfter(at, { limit: PAGE });
      found.push(...events.filter(({ position }) => position <= last));
      if (end === at) break;
      at = end;
    }
  }
  return found.filter((event) => isOf(request, event));
}
