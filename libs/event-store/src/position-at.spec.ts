import { describe, expect, it } from '@jest/globals';
import type { EventStore, StoredEvent } from './event-store.ts';
import { positionAt } from './position-at.ts';

const moment = (second: number): string => `2026-01-01T00:00:${String(second).padStart(2, '0')}.000000+00:00`;

/** A log of events at these positions, each recorded at the second of the same number; counts what is read. */
function log(...positions: number[]) {
  const events = positions.map(
    (position) => ({ position: BigInt(position), meta: JSON.stringify({ at: moment(position) }) }) as StoredEvent,
  );
  let reads = 0;
  const store: Pick<EventStore, 'head' | 'readAll'> = {
    head: async () => events.at(-1)?.position ?? 0n,
    readAll: async (after, { limit } = {}) => {
      reads += 1;
      const found = events.filter(({ position }) => position > after).slice(0, limit);
      return { events: found, end: found.at(-1)?.position ?? after };
    },
  };
  return { store, reads: () => reads };
}

describe('the position at a time', () => {
  it.each([
    ['before the first event', 1, 0n],
    ['of the first event', 2, 2n],
    ['between two events', 4, 3n],
    ['of an event in the middle', 7, 7n],
    ['in a gap', 30, 8n],
    ['of the last event', 40, 40n],
    ['after the last event', 59, 40n],
  ])('%s', async (_, second, position) => {
    expect(await positionAt(log(2, 3, 7, 8, 40).store, moment(second))).toBe(position);
  });

  it('of an empty log is 0', async () => {
    expect(await positionAt(log().store, moment(1))).toBe(0n);
  });

  it('counts the last of several events of the same moment', async () => {
    const { store } = log(1, 2, 3);
    const same: typeof store = {
      ...store,
      readAll: async (after, options) => {
        const { events, end } = await store.readAll(after, options);
        return { events: events.map((event) => ({ ...event, meta: JSON.stringify({ at: moment(9) }) })), end };
      },
    };
    expect(await positionAt(same, moment(9))).toBe(3n);
  });

  it('takes a few looks at a long log', async () => {
    const { store, reads } = log(...Array.from({ length: 59 }, (_, n) => n + 1));
    expect(await positionAt(store, moment(23))).toBe(23n);
    expect(reads()).toBeLessThan(8);
  });
});
