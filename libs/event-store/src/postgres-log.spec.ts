import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestDatabase } from '#testing';
import { testDatabase } from '#testing';
import type { EventStore } from './event-store.ts';
import { NO_STREAM } from './event-store.ts';
import { postgresEventStore } from './postgres-event-store.ts';
import { postgresLogFault } from './postgres-log-fault.ts';
import { postgresLogReader } from './postgres-log-reader.ts';

describe('the log in PostgreSQL, for those who only read it', () => {
  let database: TestDatabase;
  let store: EventStore;
  beforeAll(async () => {
    database = await testDatabase();
    store = await postgresEventStore(database.pool);
    for (let n = 0; n < 10; n += 1) {
      const data = JSON.stringify('x'.repeat(800_000));
      const events = [data, '{}'].map((text) => ({ id: randomUUID(), type: 'Made', data: text, meta: '{}' }));
      await store.append([{ stream: `thing-${n}`, expected: NO_STREAM, events }]);
    }
  });
  afterAll(async () => {
    await store.close();
    await database.drop();
  });

  it('is read as by everybody', async () => {
    const reader = postgresLogReader(database.pool);
    expect(await reader.head()).toBe(await store.head());
    expect(await reader.last()).toEqual(await store.last());
    expect(await reader.readStream('thing-3')).toEqual(await store.readStream('thing-3'));
    const backwards = { direction: 'backwards', limit: 1 } as const;
    expect(await reader.readStream('thing-3', backwards)).toEqual(await store.readStream('thing-3', backwards));
    expect(await reader.readAll(4n, { limit: 3 })).toEqual(await store.readAll(4n, { limit: 3 }));
  });

  it('is read in pages of four megabytes at most', async () => {
    const reader = postgresLogReader(database.pool);
    const pages: number[] = [];
    for (let after = 0n; after < 20n;) {
      const { events, end } = await reader.readAll(after);
      pages.push(events.length);
      after = end;
    }
    expect(pages).toEqual([8, 8, 4]);
  });

  it('tells of a stream that has lost its end, and of an id that stands twice', async () => {
    const client = await database.pool.connect();
    await client.query('BEGIN');
    expect(await postgresLogFault(client)).toBeUndefined();
    await client.query(`UPDATE log.events SET id = (SELECT id FROM log.events WHERE position = 1) WHERE position = 7`);
    expect(await postgresLogFault(client)).toMatchObject({ rule: 'ID', position: 7n, stream: 'thing-3' });
    await client.query('DELETE FROM log.events WHERE position IN (6)');
    expect(await postgresLogFault(client)).toMatchObject({
      rule: 'STREAM',
      stream: 'thing-2',
      text: 'it should end with revision 1, and its last event has 0',
    });
    await client.query('ROLLBACK');
    client.release();
  });
});
