import type { EventStore, Position, StoredEvent } from '#event-store';

/** A log as it was when it ended at a position. */
export function logUntil(store: EventStore, until: Position): EventStore {
  const cut = (events: readonly StoredEvent[]): StoredEvent[] => events.filter(({ position }) => position <= until);
  const earlier = (end: Position): Position => (end < until ? end : until);
  return {
    ...store,
    append: () => Promise.reject(new Error('this log has ended')),
    readStream: async (...args) => cut(await store.readStream(...args)),
    readAll: async (after, options) => {
      const { events, end } = await store.readAll(after, options);
      return { events: cut(events), end: after > until ? after : earlier(end) };
    },
    last: async () => cut((await store.readAll(until - 1n, { limit: 1 })).events)[0],
    head: async () => earlier(await store.head()),
    subscribe: (after, handle, options) =>
      store.subscribe(
        after,
        (events, end) => {
          const before = cut(events);
          return before.length > 0 || end <= until ? handle(before, earlier(end)) : Promise.resolve();
        },
        options,
      ),
  };
}
