import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { startKurrentDbStandIn, testDatabase } from '#testing';
import type { EventStore, Position, StoredEvent } from './event-store.ts';
import { NO_STREAM } from './event-store.ts';
import { kurrentdbEventStore } from './kurrentdb-event-store.ts';
import { positionAt } from './position-at.ts';
import { postgresEventStore } from './postgres-event-store.ts';

jest.setTimeout(240_000);

const moment = (second: number): string => `2026-01-01T00:00:${String(second).padStart(2, '0')}.000000+00:00`;

/** A log of events at these positions, each recorded at the second of the same number; counts what is read. */
function log({ anywhere = true, pages = 1000 }, ...positions: number[]) {
  const events = positions.map(
    (position) => ({ position: BigInt(position), meta: JSON.stringify({ at: moment(position) }) }) as StoredEvent,
  );
  let reads = 0;
  const store: Pick<EventStore, 'head' | 'readAll' | 'readsFromAnywhere'> = {
    readsFromAnywhere: anywhere,
    head: async () => events.at(-1)?.position ?? 0n,
    readAll: async (after, { limit = pages } = {}) => {
      reads += 1;
      if (!anywhere && after !== 0n && !events.some(({ position }) => position === after))
        throw new Error('nothing is there');
      const found = events.filter(({ position }) => position > after).slice(0, limit);
      return { events: found, end: found.at(-1)?.position ?? after };
    },
  };
  return { store, events, reads: () => reads };
}

describe.each([
  ['a log that is read from anywhere', { anywhere: true }],
  ['a log that is read from events on', { anywhere: false }],
  ['a log that is read from events on, in small pages', { anywhere: false, pages: 2 }],
])('the position at a time, in %s', (_, kind) => {
  it.each([
    ['before the first event', 1, 0n],
    ['of the first event', 2, 2n],
    ['between two events', 4, 3n],
    ['of an event in the middle', 7, 7n],
    ['in a gap', 30, 8n],
    ['of the last event', 40, 40n],
    ['after the last event', 59, 40n],
  ])('%s', async (_, second, position) => {
    expect(await positionAt(log(kind, 2, 3, 7, 8, 40).store, moment(second))).toBe(position);
  });

  it('is found however often, and in whatever order, one asks', async () => {
    const { store, events } = log(kind, 2, 3, 7, 8, 40);
    const at = async (...seconds: number[]) => {
      const found: Position[] = [];
      for (const second of seconds) found.push(await positionAt(store, moment(second)));
      return found.map(Number);
    };
    expect(await at(7, 59, 1, 3, 30, 2)).toEqual([7, 40, 0, 3, 8, 2]);
    events.push({ ...events[0], position: 50n, meta: JSON.stringify({ at: moment(50) }) } as StoredEvent);
    expect(await at(49, 50, 59, 8)).toEqual([40, 50, 50, 8]);
  });

  it('of an empty log is 0', async () => {
    expect(await positionAt(log(kind).store, moment(1))).toBe(0n);
  });

  it('counts the last of several events of the same moment', async () => {
    const { store, events } = log(kind, 1, 2, 3);
    for (const [n, event] of events.entries()) events[n] = { ...event, meta: JSON.stringify({ at: moment(9) }) };
    expect(await positionAt(store, moment(9))).toBe(3n);
    expect(await positionAt(store, moment(8))).toBe(0n);
  });
});

describe.each([
  ['a log that is read from anywhere', { anywhere: true }],
  ['a log that is read from events on', { anywhere: false, pages: 3 }],
])('the position at a time, in %s whose writers were not quite of one time', (_, kind) => {
  /** Recorded at the seconds 1, 2, 9, 5, 4, 10, 11, … in this order. */
  const { store, events } = log(kind, ...Array.from({ length: 40 }, (__, n) => n + 1));
  const seconds = [1, 2, 9, 5, 4, ...Array.from({ length: 35 }, (__, n) => n + 10)];
  for (const [n, event] of events.entries())
    events[n] = { ...event, meta: JSON.stringify({ at: moment(seconds[n] ?? 0) }) };

  it.each(seconds.map((second, n) => [second, n + 1]))('of %d finds its event at %d', async (second, position) => {
    const found = Number(await positionAt(store, moment(second)));
    expect(found).toBeGreaterThanOrEqual(position);
    expect(seconds[found - 1]).toBeLessThanOrEqual(second);
  });
});

describe('the position at a time', () => {
  const many = Array.from({ length: 59 }, (_, n) => n + 1);

  it('takes a few looks at a long log', async () => {
    const { store, reads } = log({}, ...many);
    expect(await positionAt(store, moment(23))).toBe(23n);
    expect(reads()).toBeLessThan(8);
  });

  it('takes a walk through a long log once', async () => {
    const { store, reads } = log({ anywhere: false, pages: 5 }, ...many);
    await positionAt(store, moment(59));
    const walk = reads();
    expect(await positionAt(store, moment(23))).toBe(23n);
    expect([walk, reads()]).toEqual([13, 15]);
  });
});

describe.each([
  [
    'PostgreSQL',
    async () => {
      const database = await testDatabase();
      return { store: await postgresEventStore(database.pool), stop: () => database.drop() };
    },
  ],
  [
    'a stand-in for KurrentDB',
    async () => {
      const server = await startKurrentDbStandIn();
      return { store: await kurrentdbEventStore(server.connectionString), stop: () => server.stop() };
    },
  ],
])('the position at a time, on %s', (_, make) => {
  let store: EventStore;
  let stop: () => Promise<void>;
  beforeAll(async () => ({ store, stop } = await make()));
  afterAll(async () => {
    await store.close();
    await stop();
  });

  it('is that of the event', async () => {
    const positions: Position[] = [];
    for (const second of [10, 20, 30]) {
      const event = { id: randomUUID(), type: 'Made', data: '{}', meta: JSON.stringify({ at: moment(second) }) };
      const { position } = await store.append([{ stream: `thing-${second}`, expected: NO_STREAM, events: [event] }]);
      positions.push(position);
    }
    const found: Position[] = [];
    for (const second of [9, 10, 25, 30, 59]) found.push(await positionAt(store, moment(second)));
    expect(found.map(String)).toEqual([0n, positions[0], positions[1], positions[2], positions[2]].map(String));
  });
});
