import type { EventStore, Meta, Position } from './event-store.ts';

/**
 * The position of the last event that was recorded at a time or before it; 0 where there is none. Positions follow the
 * order of commits and times nearly so: events that several writers made at the same moment may stand the other way
 * round, and then one of them counts for the moment.
 * @param time as a clock writes it: ISO 8601 with microseconds, in UTC
 */
export async function positionAt(store: Pick<EventStore, 'head' | 'readAll'>, time: string): Promise<Position> {
  // What stands up to `low` is not later, what stands behind `high` is.
  let low = 0n;
  let high = await store.head();
  while (low < high) {
    const middle = (low + high) / 2n;
    const [next] = (await store.readAll(middle, { limit: 1 })).events;
    if (next && (JSON.parse(next.meta) as Meta).at <= time) low = next.position;
    else high = middle;
  }
  return low;
}
