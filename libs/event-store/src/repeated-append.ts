import type { EventStore, Position, Write } from './event-store.ts';

/**
 * Whether an append has been made before: whether all of its events, told by their ids, stand where it would have put
 * them. A part of them is not enough.
 * @returns the position of its last event
 */
export async function repeatedAppend(
  store: Pick<EventStore, 'readStream'>,
  writes: readonly Write[],
): Promise<Position | undefined> {
  let last: Position = 0n;
  for (const { stream, expected, events } of writes) {
    const there = await store.readStream(stream, { from: expected + 1, limit: events.length });
    if (there.length !== events.length || there.some((event, n) => event.id !== events[n]?.id)) return undefined;
    for (const { position } of there) if (position > last) last = position;
  }
  return last;
}
