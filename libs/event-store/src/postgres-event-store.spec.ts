import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Pool } from 'pg';
import { Conflict } from '#kernel';
import type { TestDatabase } from '#testing';
import { startRelay, testDatabase, until } from '#testing';
import type { EventStore, NewEvent } from './event-store.ts';
import { MAX_APPEND_STREAMS, NO_STREAM } from './event-store.ts';
import { eventStoreSuite } from '../test/event-store.suite.ts';
import { postgresEventStore } from './postgres-event-store.ts';

eventStoreSuite('the log on PostgreSQL', async () => {
  const database = await testDatabase();
  const store = await postgresEventStore(database.pool);
  return {
    store,
    stop: async () => {
      await store.close();
      await database.drop();
    },
  };
});

describe('appends that are sent together', () => {
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

  const event = (id: string = randomUUID()): NewEvent => ({ id, type: 'Made', data: '{}', meta: '{}' });
  const write = (stream: string, expected = NO_STREAM, ...events: NewEvent[]) => ({
    stream,
    expected,
    events: events.length > 0 ? events : [event()],
  });
  const statuses = async (...appends: Promise<unknown>[]) =>
    (await Promise.allSettled(appends)).map(({ status }) => status);

  it('are taken all but those that the database does not take', async () => {
    const broken = write('thing-bad', NO_STREAM, event('no UUID'));
    expect(
      await statuses(store.append([write('thing-a')]), store.append([broken]), store.append([write('thing-b')])),
    ).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await store.readStream('thing-bad')).toEqual([]);
  });

  it('may be large where they say so', async () => {
    const writes = Array.from({ length: MAX_APPEND_STREAMS + 500 }, (_, n) => write(`large-${n}`));
    await expect(store.append(writes)).rejects.toMatchObject({ rule: 'TOO_MANY_STREAMS' });
    await store.append(writes, [{ stream: 'large-none', revision: NO_STREAM }], { large: true });
    expect((await store.readStream(`large-${MAX_APPEND_STREAMS + 499}`)).length).toBe(1);
    await expect(store.append([write('large-more'), ...writes], [], { large: true })).rejects.toThrow(Conflict);
    expect(await store.readStream('large-more')).toEqual([]);
  });

  it('may check the same stream', async () => {
    await store.append([write('base-1')]);
    const check = [{ stream: 'base-1', revision: 0 }];
    const appends = Array.from({ length: 20 }, (_, n) => store.append([write(`on-${n}`)], check));
    expect(new Set(await statuses(...appends))).toEqual(new Set(['fulfilled']));
  });

  it('are judged in the order they came in', async () => {
    await store.append([write('base-2')]);
    await store.append([write('base-3')]);
    const onBase = (n: number) => store.append([write(`over-${n}`)], [{ stream: `base-${n}`, revision: 0 }]);
    const change = (n: number) => store.append([write(`base-${n}`, 0)]);
    expect(await statuses(onBase(2), change(2))).toEqual(['fulfilled', 'fulfilled']);
    expect(await statuses(change(3), onBase(3))).toEqual(['fulfilled', 'rejected']);
  });
});

describe('the appends of several servers', () => {
  let database: TestDatabase;
  let here: EventStore;
  let there: EventStore;
  beforeAll(async () => {
    database = await testDatabase();
    here = await postgresEventStore(database.pool);
    there = await postgresEventStore(database.pool);
  });
  afterAll(async () => {
    await there.close();
    await here.close();
    await database.drop();
  });

  it('reach whoever follows the log, also when they begin in the middle and nothing comes any more', async () => {
    const type = (n: number) => `Made${n}`;
    const make = async (store: EventStore, n: number) => {
      const event = { id: randomUUID(), type: type(n), data: '{}', meta: '{}' };
      return store.append([{ stream: `thing-${n}`, expected: NO_STREAM, events: [event] }]);
    };
    for (const [n, store] of [here, here, there, there, here, there].entries()) await make(store, n);
    const expected = Array.from({ length: 6 }, (_, n) => type(n));
    for (const store of [here, there, here]) {
      const heard: string[] = [];
      const subscription = store.subscribe(
        0n,
        async (events) => void heard.push(...events.map((event) => event.type)),
        {
          limit: 2,
        },
      );
      await until(() => heard.length === expected.length);
      await subscription.stop();
      expect(heard).toEqual(expected);
    }
  });
});

it('a connection that listens and breaks before it is answered is made again once', async () => {
  const database = await testDatabase();
  const url = new URL(database.url);
  const relay = await startRelay(Number(url.port));
  url.port = String(relay.port);
  // Errors of connections that nobody uses.
  const pool = new Pool({ connectionString: url.href }).on('error', () => undefined);
  const listens = async (): Promise<boolean> => {
    const text = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN %'";
    return (await database.pool.query(text)).rowCount !== 0;
  };
  let taken = 0;
  // The first connection that is taken out makes the schema ready, the second one listens.
  pool.on('acquire', () => {
    taken += 1;
    if (taken === 2) relay.mute();
  });
  const connects = jest.spyOn(pool, 'connect');
  const opening = postgresEventStore(pool);
  await until(listens);
  await relay.cut();
  await relay.mend();
  const store = await opening;
  await until(async () => !(await listens()));
  await until(listens);
  // Queries of the pool itself connect with a callback. Who were to listen twice would have begun to by now.
  expect(connects.mock.calls.filter(({ length }: readonly unknown[]) => length === 0)).toHaveLength(3);
  await store.close();
  await pool.end();
  await relay.stop();
  await database.drop();
});
