import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Pool } from 'pg';
import type { EventStore } from '#event-store';
import { postgresEventStore } from '#event-store';
import type { TestDatabase } from '#testing';
import { testDatabase } from '#testing';
import { ExampleLog, foldAll } from '../test/example-log.ts';
import { happenings, shelves, ticker } from '../test/example-model.ts';
import type { ReadModel } from './read-model.ts';
import type { ReadStore } from './read-store.ts';
import { openReadStore } from './read-store.ts';

jest.setTimeout(240_000);

const { put, add } = happenings;
const LONG = 120_000;

/** One server of several over the same database. */
interface Server {
  readonly reads: ReadStore;
  readonly errors: readonly string[];
  stop(): Promise<void>;
}

describe('several projectors over one database', () => {
  let database: TestDatabase;
  let store: EventStore;
  let log: ExampleLog;
  let servers: Server[];

  beforeEach(async () => {
    database = await testDatabase();
    store = await postgresEventStore(database.pool);
    log = new ExampleLog(store);
    servers = [];
  });
  afterEach(async () => {
    for (const server of servers) await server.stop();
    await store.close();
    await database.drop();
  });

  async function server(models: readonly ReadModel[] = [shelves, ticker]): Promise<Server> {
    const pool = new Pool({ connectionString: database.url, max: 5 });
    const errors: string[] = [];
    pool.on('error', () => undefined);
    const reads = openReadStore({ store, pool, models, onError: (error) => errors.push(String(error)) });
    await reads.projector.start();
    let stopped = false;
    const one: Server = {
      reads,
      errors,
      stop: async () => {
        if (stopped) return;
        stopped = true;
        await reads.projector.stop();
        await pool.end();
      },
    };
    servers.push(one);
    return one;
  }

  async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
    const deadline = Date.now() + LONG;
    while (!(await condition())) {
      if (Date.now() > deadline) throw new Error(`never came true: ${String(condition)}`);
      await sleep(10);
    }
  }

  /** Every model shows exactly what its fold over the log is, for every server. */
  async function expectWhole(...models: readonly ReadModel[]): Promise<void> {
    const events = await log.events();
    for (const { reads } of servers) {
      expect(await reads.projector.caughtUp(await store.head(), LONG)).toBe(true);
      for (const model of models.length > 0 ? models : [shelves, ticker]) {
        const { rows } = await reads.now.list(model);
        expect(new Map(rows.map(({ key, row }) => [key, row]))).toEqual(foldAll(model, events));
      }
    }
    const { rows } = await database.pool.query('SELECT key, from_pos, count(*) FROM read.shelves GROUP BY 1, 2');
    expect(rows.every(({ count }: { count: string }) => count === '1')).toBe(true);
  }

  /** Ends the connection that holds the place of the one who projects. */
  const breakLock = () =>
    database.pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_locks
       WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );

  it('leave the work to one of them, and see what it does', async () => {
    const first = await server();
    const second = await server();
    expect([first.reads.projector.leading, second.reads.projector.leading]).toEqual([true, false]);
    await log.tell('a', put(5), add(1));
    await expectWhole();
  });

  it('start together on a database where there is nothing yet', async () => {
    await log.tell('a', put(5));
    const both = await Promise.all([server(), server()]);
    expect(both.filter(({ reads }) => reads.projector.leading)).toHaveLength(1);
    await expectWhole();
  });

  it('take over when the one who did it stops', async () => {
    const first = await server();
    const second = await server();
    await log.tell('a', put(5));
    await expectWhole();
    await first.stop();
    servers = [second];
    await log.tell('a', add(1));
    await until(() => second.reads.projector.leading);
    await expectWhole();
    expect(second.errors).toEqual([]);
  });

  it('go on when the one who did it has lost its place', async () => {
    const first = await server();
    await server();
    await log.tell('a', put(5));
    await expectWhole();
    await breakLock();
    await until(() => !first.reads.projector.leading);
    await log.tell('a', add(1));
    await until(() => servers.some(({ reads }) => reads.projector.leading));
    await expectWhole();
    expect(first.errors).toHaveLength(1);
  });

  it('come back alone after losing the place', async () => {
    const only = await server();
    await log.tell('a', put(5));
    await expectWhole();
    await breakLock();
    await until(() => !only.reads.projector.leading);
    await log.tell('a', add(1));
    await until(() => only.reads.projector.leading);
    await expectWhole();
  });

  it('wait for the batch that the one before is still at', async () => {
    const first = await server();
    const second = await server();
    await log.tell('a', put(5));
    await expectWhole();
    // The first one gets stuck in the middle of a batch, and loses its place meanwhile.
    const brake = await database.pool.connect();
    await brake.query('BEGIN; LOCK TABLE read.shelves IN SHARE MODE');
    await log.tell('a', add(1));
    await until(async () => (await waitingForLocks()) === 1);
    await breakLock();
    await until(async () => (await waitingForLocks()) === 2);
    await brake.query('COMMIT');
    brake.release();
    await log.tell('a', add(1));
    await until(() => servers.some(({ reads }) => reads.projector.leading));
    await expectWhole();
    expect([first.errors.length, second.errors.length]).toEqual([1, 0]);
  });

  it('do not fold a batch again that is written already, be it that only the answer was lost', async () => {
    const { reads, errors } = await server();
    await log.tell('a', put(5));
    await expectWhole();
    // Somebody else writes the next batch (which shows in nothing but the checkpoint).
    const other = await database.pool.connect();
    await other.query('BEGIN; UPDATE read.checkpoint SET position = position + 1');
    await log.tell('a', add(1));
    await until(async () => (await waitingForLocks()) === 1);
    await other.query('COMMIT');
    other.release();
    expect(await reads.projector.caughtUp(await log.tell('a', add(10)), LONG)).toBe(true);
    expect(await reads.now.get(shelves, 'a')).toEqual({ count: 15 });
    expect(errors).toEqual(['Error: the read models are not where this process left them']);
  });

  it('go on from where a crash of the database has taken the rows back to', async () => {
    const { reads } = await server();
    await log.tell('a', put(5), add(1));
    await expectWhole();
    await reads.projector.written();
    const tables = ['shelves', 'ticker', 'counts', 'checkpoint'];
    const all = (make: (table: string) => string) => database.pool.query(tables.map(make).join(';'));
    await all((table) => `CREATE TABLE saved_${table} AS TABLE read.${table}`);
    await log.tell('a', add(1));
    await log.tell('b', put(1));
    await expectWhole();
    await reads.projector.written();
    await all((table) => `DELETE FROM read.${table}; INSERT INTO read.${table} TABLE saved_${table}`);
    for (const id of ['a', 'b', 'c']) await log.tell(id, id === 'c' ? put(3) : add(10));
    await expectWhole();
    await reads.projector.written();
    const { rows } = await database.pool.query(`SELECT key, row FROM read.shelves WHERE to_pos IS NULL ORDER BY key`);
    expect(rows).toEqual([
      { key: 'a', row: '{"count":17}' },
      { key: 'b', row: '{"count":11}' },
      { key: 'c', row: '{"count":3}' },
    ]);
    expect(reads.projector.status).toMatchObject({
      state: 'projecting',
      lastError: { text: 'Error: the read models are not where this process left them' },
    });
  });

  it('tell what they are at', async () => {
    const first = await server();
    const second = await server();
    const states = () => [first, second].map(({ reads }) => reads.projector.status.state);
    expect(states()).toEqual(['projecting', 'standing-by']);
    await breakLock();
    await until(() => first.reads.projector.status.state !== 'projecting');
    expect(first.reads.projector.status).toMatchObject({
      state: 'recovering',
      lastError: { text: expect.stringContaining('terminat'), at: expect.any(Date) },
      since: expect.any(Date),
    });
    await until(() => servers.some(({ reads }) => reads.projector.status.state === 'projecting'));
    await first.stop();
    expect(first.reads.projector.status.state).toBe('stopped');
  });

  const waitingForLocks = async (): Promise<number> => {
    const { rows } = await database.pool.query<{ n: string }>(
      `SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return Number(rows[0]?.n);
  };

  it('try again when the tables could not be made ready', async () => {
    await database.pool.query('CREATE SCHEMA read; CREATE TABLE read.models (wrong int)');
    await expect(server()).rejects.toThrow('column "name" does not exist');
    await database.pool.query('DROP TABLE read.models');
    await log.tell('a', put(5));
    await server();
    await expectWhole();
  });

  describe('making rows anew', () => {
    it('lose nothing that comes meanwhile', async () => {
      const { reads } = await server();
      for (let n = 0; n < 30; n += 1) await log.tell(`s${n}`, put(n));
      const rebuilding = (async () => {
        for (let times = 0; times < 3; times += 1) await reads.projector.rebuild();
        return 'done';
      })();
      const still = Promise.resolve('under way');
      for (let n = 0; (await Promise.race([rebuilding, still])) !== 'done'; n += 1)
        await log.tell(`s${n % 30}`, add(1));
      await log.tell('s0', add(1));
      await expectWhole();
    });

    it('start again from rows that were left behind the log', async () => {
      const first = await server();
      await log.tell('a', put(5));
      await expectWhole();
      await first.stop();
      servers = [];
      await log.tell('a', add(1));
      await server([{ ...shelves, version: 2 }, ticker]);
      await log.tell('a', add(1));
      await expectWhole();
    });

    it('keep what was there, row by row and time by time', async () => {
      const { reads } = await server();
      await log.tell('a', put(5), add(1), add(1));
      await log.tell('b', put(1), happenings.take(), put(2));
      await expectWhole();
      const dump = async () =>
        (await database.pool.query('SELECT * FROM read.shelves ORDER BY key, from_pos')).rows as unknown[];
      const before = await dump();
      await reads.projector.rebuild(['shelves']);
      expect(await dump()).toEqual(before);
      await expectWhole();
    });

    it('can be followed', async () => {
      const { reads } = await server();
      await log.tell('a', put(5), add(1));
      await expectWhole();
      expect([reads.projector.rebuilding, reads.projector.progress]).toEqual([false, undefined]);
      const rebuilding = reads.projector.rebuild(['shelves']);
      const models = ['shelves'];
      expect(reads.projector.rebuilding).toBe(true);
      expect(reads.projector.progress).toEqual({ models, events: 0, rate: 0, remaining: null });
      await expect(reads.projector.rebuild()).rejects.toThrow('a rebuild is under way');
      await rebuilding;
      expect(reads.projector.rebuilding).toBe(false);
      expect(reads.projector.progress).toEqual({ models, events: 2, rate: expect.any(Number), remaining: 0 });
    });

    it('is given up where another one has gone on with the rows', async () => {
      const { reads } = await server();
      await log.tell('a', put(5));
      await expectWhole();
      const other = await database.pool.connect();
      await other.query('BEGIN; UPDATE read.checkpoint SET position = position + 1');
      const rebuilding = reads.projector.rebuild().catch(String);
      await until(async () => (await waitingForLocks()) === 1);
      await other.query('COMMIT');
      other.release();
      expect(await rebuilding).toBe('Error: the read models are not where this process left them');
    });

    it('is given up with the place', async () => {
      const { reads } = await server();
      await log.tell('a', put(5));
      await expectWhole();
      const other = await database.pool.connect();
      await other.query('BEGIN; SELECT FROM read.checkpoint FOR UPDATE');
      const rebuilding = reads.projector.rebuild().catch(String);
      await until(async () => (await waitingForLocks()) === 1);
      await breakLock();
      await until(() => !reads.projector.leading);
      await other.query('COMMIT');
      other.release();
      expect(await rebuilding).toMatch('terminating connection');
      await until(() => reads.projector.leading);
      await log.tell('a', add(1));
      await expectWhole();
      await reads.projector.rebuild();
      await expectWhole();
    });

    it('is given up when the process stops', async () => {
      const { reads, stop } = await server();
      await log.tell('a', put(5));
      await expectWhole();
      const rebuilding = reads.projector.rebuild().catch(String);
      await stop();
      expect(await rebuilding).toBe('Error: the process stops');
      await server();
      servers = servers.slice(1);
      await expectWhole();
    });

    it('is the affair of the one who does the work', async () => {
      await server();
      const second = await server();
      await expect(second.reads.projector.rebuild()).rejects.toThrow('another process keeps the read models');
    });
  });
});
