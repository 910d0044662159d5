import type { EventMessage, EventSource } from '#api';
import type { Position } from '#event-store';

/** How many events a page has unless asked for more, and how many at most. */
export const PAGE_OF_EVENTS = { usual: 100, most: 500 } as const;
/** How many pages of the log are looked through for one page of events that are few. */
const MAX_READS = 25;

/** Events as they are told, and where to go on. */
export interface PageOfEvents {
  readonly events: readonly unknown[];
  /** How far the log was looked through. */
  readonly end: Position;
  /** Whether there may be more behind that by now. */
  readonly more: boolean;
}

/** What is asked for: behind which position, how many at most, of which kinds, and how one is told (undefined: not). */
export interface AskedPage {
  readonly after: Position;
  readonly count: number;
  readonly wants: (kind: string) => boolean;
  readonly tell: (message: EventMessage) => unknown;
}

/** Reads the next events behind a position; where those that are asked for are few, the page may be short, and `end` far on. */
export async function pageOfEvents(
  feed: Pick<EventSource, 'read' | 'head'>,
  { after, count, wants, tell }: AskedPage,
): Promise<PageOfEvents> {
  const events: unknown[] = [];
  let end = after;
  for (let reads = 0; reads < MAX_READS; reads += 1) {
    const page = await feed.read(end, wants);
    for (const message of page.messages) {
      const told = tell(message);
      if (told === undefined) continue;
      events.push(told);
      if (events.length === count)
        return { events, end: message.position, more: message.position < (await feed.head()) };
    }
    if (page.end <= end) return { events, end, more: false };
    end = page.end;
    if (end >= (await feed.head())) return { events, end, more: false };
  }
  return { events, end, more: true };
}
