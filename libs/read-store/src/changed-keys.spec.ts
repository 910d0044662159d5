import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EventStore } from '#event-store';
import { NO_STREAM, postgresEventStore } from '#event-store';
import type { Message } from '#kernel';
import type { TestDatabase } from '#testing';
import { testDatabase } from '#testing';
import { happenings, shelves } from '../test/example-model.ts';
import { changedKeys } from './changed-keys.ts';

const { put, add, addToAll } = happenings;
const AT = '2026-01-01T00:00:00.000000+00:00';

describe('the rows that have changed since', () => {
  let database: TestDatabase;
  let store: EventStore;
  beforeAll(async () => {
    database = await testDatabase();
    store = await postgresEventStore(database.pool);
  });
  afterAll(async () => {
    await store.close();
    await database.drop();
  });

  /** Appends to a new stream. @returns the position of its last event */
  const append = async (stream: string, ...messages: readonly Message[]) => {
    const events = messages.map(({ type, data }) => ({
      id: randomUUID(),
      type,
      data: JSON.stringify(data),
      meta: JSON.stringify({ v: 1, at: AT, actor: 'alice', correlation: randomUUID() }),
    }));
    return (await store.append([{ stream, expected: NO_STREAM, events }])).position;
  };
  const since = (after: bigint, upTo: bigint, maxEvents = 100) =>
    changedKeys(store, {}, { after, upTo, models: [shelves], categories: ['shelf'], maxEvents });

  it('are told by their events, also where these name others', async () => {
    const before = await append('shelf-a', put(1));
    await append('shelf-b', put(1), add(1));
    await append('chair-x', put(1));
    const end = await append('shelf-c', addToAll(1, 'd', 'e'));
    const after = await append('shelf-f', put(1));
    expect((await since(before, end))?.get(shelves)).toEqual(new Set(['b', 'd', 'e']));
    expect((await since(end, after))?.get(shelves)).toEqual(new Set(['f']));
    expect(await since(after, after)).toEqual(new Map());
    expect(await since(before, after, 3)).toBeUndefined();
    expect(await since(before, after, 4)).toBeDefined();
  });
});
