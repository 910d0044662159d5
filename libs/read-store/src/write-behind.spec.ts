import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { PoolClient } from 'pg';
import { Pool } from 'pg';
import type { EventStore } from '#event-store';
import { postgresEventStore } from '#event-store';
import type { TestDatabase } from '#testing';
import { startRelay, testDatabase } from '#testing';
import { ExampleLog, foldAll } from '../test/example-log.ts';
import { happenings, shelves, ticker } from '../test/example-model.ts';
import type { ReadStore } from './read-store.ts';
import { openReadStore } from './read-store.ts';
import { MAX_PENDING, WriteBehind } from './write-behind.ts';

jest.setTimeout(240_000);

const { put, add, take } = happenings;
const LONG = 20_000;
/** Rows that nothing happens to. */
const untouched = { ...shelves, name: 'untouched', on: {} };

describe('rows that are written behind', () => {
  let database: TestDatabase;
  let store: EventStore;
  let log: ExampleLog;
  let reads: ReadStore;
  let brake: PoolClient | undefined;
  let errors: string[];

  beforeEach(async () => {
    database = await testDatabase();
    store = await postgresEventStore(database.pool);
    log = new ExampleLog(store);
    errors = [];
  });
  afterEach(async () => {
    await release();
    await reads.projector.stop();
    await store.close();
    await database.drop();
  });

  async function start(maxPending = MAX_PENDING): Promise<void> {
    const onError = (error: unknown) => errors.push(String(error));
    reads = openReadStore({ store, pool: database.pool, models: [shelves, ticker, untouched], onError, maxPending });
    await reads.projector.start();
  }
  /** Lets nothing be written until it is released. */
  async function hold(): Promise<void> {
    brake = await database.pool.connect();
    await brake.query('BEGIN; SELECT FROM read.checkpoint FOR UPDATE');
  }
  async function release(): Promise<void> {
    await brake?.query('COMMIT');
    brake?.release();
    brake = undefined;
  }
  const shown = (position: bigint, timeout = LONG) => reads.projector.caughtUp(position, timeout);
  const stored = async () => (await database.pool.query('SELECT position FROM read.checkpoint')).rows[0] as unknown;

  it('are shown before any table has them', async () => {
    await start();
    await shown(await log.tell('a', put(5)));
    await reads.projector.written();
    const before = await stored();
    await hold();
    expect(await shown(await log.tell('a', add(1)))).toBe(true);
    expect(await shown(await log.tell('b', put(1)))).toBe(true);
    expect(await shown(await log.tell('c', put(1), take()))).toBe(true);
    expect(await reads.now.many(shelves, ['a', 'b', 'c'])).toEqual(
      new Map([
        ['a', { count: 6 }],
        ['b', { count: 1 }],
      ]),
    );
    expect(await stored()).toEqual(before);
  });

  it('are not waited for for ever where the connection has died unheard', async () => {
    await start();
    const url = new URL(database.url);
    const relay = await startRelay(Number(url.port));
    url.port = String(relay.port);
    const pool = new Pool({ connectionString: url.href });
    await pool.query('SELECT 1');
    relay.mute();
    const failed: string[] = [];
    const onError = (error: unknown): void => void failed.push(String(error));
    const behind = new WriteBehind({ pool, reached: 0n, answerMs: 200, onError });
    behind.add([], 1n);
    // What was asked has been done, and only the answer was lost.
    await expect(behind.written(LONG)).rejects.toThrow('not where this process left them');
    await behind.stop();
    expect(failed[0]).toBe('Error: Query read timeout');
    await pool.end();
    await relay.stop();
  });

  it('are shown by lists of any kind, and as of positions, also where the tables have to be asked', async () => {
    await start();
    await shown(await log.tell('a', put(1), put(3), put(4)));
    const position = await log.tell('b', put(2));
    await log.tell('a', put(1));
    await shown(await store.head());
    await hold();
    const asked = [
      reads.now.keys(shelves, { count: 1 }),
      reads.now.keys(shelves, { where: { kind: 'odd' } }),
      reads.now.keys(shelves, { where: { kind: 'even', count: 2 }, count: 3 }),
      reads.at(position).keys(shelves, { where: { kind: 'even' } }),
    ];
    await release();
    expect(await Promise.all(asked)).toEqual([
      { keys: ['a'], total: 2 },
      { keys: ['a'], total: 1 },
      { keys: ['b'], total: 1 },
      { keys: ['a', 'b'], total: 2 },
    ]);
  });

  it('are waited for by who asks for them alone', async () => {
    await start();
    await shown(await log.tell('a', put(1)));
    await hold();
    await shown(await log.tell('b', put(3)));
    expect(await reads.now.keys(untouched, { where: { kind: 'odd' } })).toEqual({ keys: [], total: 0 });
    const asked = reads.now.keys(shelves, { where: { kind: 'odd', count: 3 } });
    await release();
    expect(await asked).toEqual({ keys: ['b'], total: 1 });
  });

  it('keep lists in memory right while nothing can be written', async () => {
    await start();
    for (const id of ['b', 'd']) await log.tell(id, put(1));
    await shown(await store.head());
    expect(await reads.now.keys(shelves)).toEqual({ keys: ['b', 'd'], total: 2 });
    await hold();
    await log.tell('c', put(1));
    await shown(await log.tell('b', take()));
    expect(await reads.now.keys(shelves, { skip: 0, count: 5 })).toEqual({ keys: ['c', 'd'], total: 2 });
  });

  it('are bounded: answers wait where too much is not written', async () => {
    await start(2000);
    await shown(await log.tell('a', put(1)));
    await hold();
    let waiting = false;
    for (let n = 0; n < 50 && !waiting; n += 1) waiting = !(await shown(await log.tell(`s${n}`, put(1)), 200));
    expect(waiting).toBe(true);
    expect(reads.projector.behind?.size).toBeLessThan(4000);
    await release();
    expect(await shown(await store.head())).toBe(true);
    expect((await reads.now.keys(shelves)).total).toBe((await foldedKeys()).length);
  });

  it('are folded anew where a process ends before they are written', async () => {
    await start();
    await shown(await log.tell('a', put(1)));
    await reads.projector.written();
    await hold();
    await shown(await log.tell('a', add(1)));
    // Its connections go, and with them what it wanted to write.
    await database.pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid() AND query NOT LIKE 'BEGIN%'`,
    );
    await release();
    expect(await shown(await log.tell('b', put(7)))).toBe(true);
    await reads.projector.written();
    expect(await reads.at(await store.head()).many(shelves, ['a', 'b'])).toEqual(
      new Map([
        ['a', { count: 2 }],
        ['b', { count: 7 }],
      ]),
    );
  });

  it('are written when the process stops', async () => {
    await start();
    const head = await log.tell('a', put(1));
    await shown(head);
    await reads.projector.stop();
    expect(await stored()).toEqual({ position: String(head) });
  });

  const foldedKeys = async () => [...foldAll(shelves, await log.events()).keys()];
});
