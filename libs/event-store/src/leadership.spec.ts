import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { PoolClient } from 'pg';
import { Pool } from 'pg';
import type { Relay, TestDatabase } from '#testing';
import { startRelay, testDatabase, until } from '#testing';
import type { LeadershipTimes } from './leadership.ts';
import { Leadership } from './leadership.ts';

jest.setTimeout(240_000);

/** So that specs need not wait for the seconds of a real server; no answer is late by itself. */
const QUICK: LeadershipTimes = { candidacy: 20, heartbeat: 20, answer: 10_000, lease: 300 };

/** A process that stands for a duty. */
interface Candidate {
  readonly leadership: Leadership;
  /** What became of its duty, in order. */
  readonly course: string[];
  readonly errors: string[];
  /** How often it has asked for a connection. */
  tries(): number;
  stop(): Promise<void>;
}

describe('the leader among several processes on one database', () => {
  let database: TestDatabase;
  let candidates: Candidate[];
  let relay: Relay | undefined;

  beforeEach(async () => {
    database = await testDatabase();
    candidates = [];
    relay = undefined;
  });
  afterEach(async () => {
    for (const candidate of candidates) await candidate.stop();
    await relay?.stop();
    await database.drop();
  });

  it('is not sure to lead after it has stood still, until the database has answered', async () => {
    const { leadership } = await candidate('duty', database.url, { ...QUICK, answer: 100, lease: 10_000 });
    await until(() => leadership.leading && leadership.doubt === undefined);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
    expect(leadership.doubt).toMatch(/^it was last heard 0[.]\d s ago that this process leads$/);
    await until(() => leadership.leading && leadership.doubt === undefined);
  });

  async function candidate(
    name = 'duty',
    url = database.url,
    times = QUICK,
    before: (pool: Pool) => Promise<void> = async () => undefined,
  ): Promise<Candidate> {
    const pool = new Pool({ connectionString: url, max: 3 });
    pool.on('error', () => undefined);
    const tries = jest.spyOn(pool, 'connect');
    const course: string[] = [];
    const errors: string[] = [];
    const leadership = new Leadership({
      pool,
      name,
      times,
      onError: (error) => errors.push(String(error)),
      duty: {
        prepare: async (term) => term.addEventListener('abort', () => course.push('over')),
        begin: () => course.push('begun'),
        end: async () => void course.push('ended'),
      },
    });
    let stopped = false;
    const one: Candidate = {
      leadership,
      course,
      errors,
      tries: () => tries.mock.calls.length,
      stop: async () => {
        if (stopped) return;
        stopped = true;
        await leadership.stop();
        await pool.end();
      },
    };
    candidates.push(one);
    await before(pool);
    await leadership.start();
    return one;
  }

  /** The URL of the database behind a stretch of network that can be cut. */
  async function throughRelay(): Promise<string> {
    const url = new URL(database.url);
    relay = await startRelay(Number(url.port));
    url.port = String(relay.port);
    return url.href;
  }

  const leading = () => candidates.map(({ leadership }) => leadership.leading);
  const holders = async (): Promise<number[]> => {
    const { rows } = await database.pool.query<{ pid: number }>(
      `SELECT pid FROM pg_locks WHERE locktype = 'advisory'
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
    return rows.map(({ pid }) => pid);
  };

  it('is one of them, for each duty', async () => {
    await candidate('one');
    await candidate('one');
    await candidate('other');
    expect(leading()).toEqual([true, false, true]);
    expect(await holders()).toHaveLength(2);
  });

  it('bears that its connection is ended while it tries, and tries again', async () => {
    const killing = new Pool({ connectionString: database.url, max: 1 });
    // Its first connections are ended before anything is asked of them.
    let left = 3;
    const pool = new (class extends Pool {
      override connect = (async () => {
        const client = (await super.connect()) as PoolClient & { readonly processID: number };
        if (left > 0) void killing.query('SELECT pg_terminate_backend($1)', [client.processID]);
        left -= 1;
        return client;
      }) as Pool['connect'];
    })({ connectionString: database.url, max: 2 });
    pool.on('error', () => undefined);
    const duty = { prepare: async () => undefined, begin: () => undefined, end: async () => undefined };
    const holder = await candidate();
    const leadership = new Leadership({ pool, name: 'duty', times: QUICK, onError: () => undefined, duty });
    const begins = () =>
      leadership.start().then(
        () => true,
        () => false,
      );
    while (!(await begins()));
    await holder.stop();
    await until(() => left < 0);
    await until(() => leadership.leading);
    await leadership.stop();
    await pool.end();
    await killing.end();
  });

  it('is followed by another one when it stops', async () => {
    const first = await candidate();
    const second = await candidate();
    await first.stop();
    await until(() => second.leadership.leading);
    expect([first.leadership.leading, first.course, first.errors]).toEqual([false, ['begun', 'over', 'ended'], []]);
  });

  it('notices at once that its connection is lost, and stands by again', async () => {
    const first = await candidate();
    await candidate();
    const [pid] = await holders();
    await database.pool.query('SELECT pg_terminate_backend($1)', [pid]);
    await until(() => first.course.includes('over'));
    await until(() => leading().includes(true));
    expect(leading().filter(Boolean)).toHaveLength(1);
    expect(first.course.slice(0, 3)).toEqual(['begun', 'over', 'ended']);
    expect(first.errors).toHaveLength(1);
    await candidates[leading().indexOf(true)]?.stop();
    await until(() => leading().includes(true));
  });

  it('is given up by the database when it is cut off, and gives up itself when nothing answers', async () => {
    const first = await candidate('duty', await throughRelay(), { ...QUICK, answer: 400 });
    const second = await candidate();
    relay?.stall();
    await until(() => second.leadership.leading);
    await until(() => first.course.includes('over'));
    expect(first.errors[0]).toBe('Error: the database does not answer');
    relay?.resume();
  });

  it('keeps the place while nothing happens, longer than the database would bear silence', async () => {
    const first = await candidate();
    await candidate();
    const { rows } = await database.pool.query<{ begun: Date }>(
      'SELECT query_start AS begun FROM pg_stat_activity WHERE pid = $1',
      [(await holders())[0]],
    );
    const begun = Number(rows[0]?.begun);
    await until(() => Date.now() - begun > 3 * QUICK.lease);
    expect([leading(), first.course]).toEqual([[true, false], ['begun']]);
  });

  it('says why nobody may lead, until it leads or another one does', async () => {
    const url = await throughRelay();
    const one = await candidate('duty', url);
    expect(one.leadership.fault).toBeUndefined();
    await relay?.cut();
    await until(() => one.leadership.fault !== undefined);
    const other = await candidate();
    await relay?.mend();
    await until(() => one.leadership.fault === undefined);
    expect([one.leadership.leading, other.leadership.leading]).toEqual([false, true]);
  });

  it('stands by in vain where its connection has died unheard, and says so', async () => {
    await candidate();
    const one = await candidate('duty', await throughRelay(), { ...QUICK, answer: 200 });
    await until(() => one.tries() > 2);
    relay?.mute();
    await until(() => one.errors.length > 0);
    expect(one.errors).toEqual(['Error: Query read timeout']);
    await until(() => one.leadership.fault === undefined);
  });

  it('stands by where the database does not answer in time as it starts, and leads once it does', async () => {
    const url = await throughRelay();
    const one = await candidate('duty', url, { ...QUICK, answer: 200 }, async (pool) => {
      (await pool.connect()).release();
      relay?.mute();
    });
    expect([one.leadership.leading, one.errors]).toEqual([false, ['Error: Query read timeout']]);
    await until(() => one.leadership.leading);
  });

  it('tells the same trouble once while it stands by', async () => {
    const first = await candidate('duty', await throughRelay());
    await relay?.cut();
    await until(() => first.tries() > 10);
    await relay?.mend();
    await until(() => first.leadership.leading);
    expect(first.errors.slice(1)).toEqual([expect.stringContaining('ECONNREFUSED')]);
  });
});
