import type { EventStore, Position, StoredEvent, Write } from './event-store.ts';

/**
 * The events of an append that has been made before, in its order, as they stand in the log: all of them, told by their
 * ids, where it would have put them. A part of them is not enough: then, and where there is none, undefined.
 */
export async function repeatedEvents(
  store: Pick<EventStore, 'readStream'>,
  writes: readonly Write[],
): Promise<StoredEvent[] | undefined> {
  const found: StoredEvent[] = [];
  for (const { stream, expected, events } of writes) {
    const there = await store.readStream(stream, { from: expected + 1, limit: events.length });
    if (there.length !== events.length || there.some((event, n) => event.id !== events[n]?.id)) return undefined;
    found.push(...there);
  }
  return found;
}

/** Whether an append has been made before. @returns the position of its last event; undefined where it has not */
export async function repeatedAppend(
  store: Pick<EventStore, 'readStream'>,
  writes: readonly Write[],
): Promise<Position | undefined> {
  const events = await repeatedEvents(store, writes);
  return events?.reduce((last, { position }) => (position > last ? position : last), 0n);
}

/**
 * Whether the log holds an append to the letter, with its times: it is this very one, of which the answer was lost, and
 * not one that the same request had decided before.
 */
export async function isThisAppend(store: Pick<EventStore, 'readStream'>, writes: readonly Write[]): Promise<boolean> {
  const there = await repeatedEvents(store, writes);
  const sent = writes.flatMap(({ events }) => events);
  return there?.every(({ data, meta }, n) => data === sent[n]?.data && meta === sent[n].meta) ?? false;
}
