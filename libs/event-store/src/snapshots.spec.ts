import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Decider, Message } from '#kernel';
import type { TestDatabase } from '#testing';
import { testDatabase, until } from '#testing';
import { systemClock } from './clock.ts';
import { CommandExecutor } from './command-executor.ts';
import type { EventStore, ReadStreamOptions } from './event-store.ts';
import { postgresEventStore } from './postgres-event-store.ts';
import { lockKey } from './postgres-schema.ts';
import type { Snapshots } from './snapshots.ts';
import { postgresSnapshots } from './snapshots.ts';
import { StateCache } from './state-cache.ts';

interface Tally {
  n: number;
  readonly seen: Set<string>;
}

const tally: Decider<Tally, Message<'Count', string>, Message<'Counted', string>> = {
  category: 'tally',
  snapshotVersion: 1,
  initial: () => ({ n: 0, seen: new Set() }),
  decide: { Count: (what) => ({ type: 'Counted', data: what }) },
  evolve: {
    Counted: (what, state) => {
      state.n += 1;
      state.seen.add(what);
      return state;
    },
  },
};

describe('snapshots', () => {
  let database: TestDatabase;
  let store: EventStore;
  let snapshots: Snapshots;
  const reads: ReadStreamOptions[] = [];
  const watched = (): EventStore => ({
    ...store,
    readStream: (stream, options = {}) => {
      reads.push(options);
      return store.readStream(stream, options);
    },
  });
  const kept = async (revision: number) => {
    for (;;) {
      const { rowCount } = await database.pool.query('SELECT 1 FROM log.snapshots WHERE revision = $1', [revision]);
      if (rowCount) return;
    }
  };

  beforeAll(async () => {
    database = await testDatabase();
    store = await postgresEventStore(database.pool);
    snapshots = await postgresSnapshots(database.pool);
    const metadata = (request: string) => ({ actor: 'test', request, correlation: request });
    const commands = new CommandExecutor(store, systemClock());
    for (let part = 0; part < 6; part += 1) {
      await commands.execute(metadata(`part ${part}`), async (work) => {
        for (let n = 0; n < 50; n += 1) await work.decide(tally, 'a', { type: 'Count', data: `${part}/${n % 7}` });
      });
    }
  });
  afterAll(async () => {
    await store.close();
    await database.drop();
  });

  it('spare folding a long stream from the beginning, and change nothing about its state', async () => {
    const plain = await new StateCache(store).load(tally, 'a');
    await new StateCache(store, { snapshots }).load(tally, 'a');
    await kept(299);
    reads.length = 0;
    const short = await new StateCache(watched(), { snapshots }).load(tally, 'a');
    expect(reads).toEqual([expect.objectContaining({ from: 300 })]);
    expect(short).toEqual(plain);
  });

  it('may be thrown away at any time, and are of no use in another shape or when they cannot be read', async () => {
    const plain = await new StateCache(store).load(tally, 'a');
    for (const spoil of [
      `DELETE FROM log.snapshots`,
      `UPDATE log.snapshots SET shape = 7`,
      `UPDATE log.snapshots SET state = '\\x00'`,
    ]) {
      await new StateCache(store, { snapshots }).load(tally, 'a');
      await kept(299);
      await database.pool.query(spoil);
      expect(await new StateCache(store, { snapshots }).load(tally, 'a')).toEqual(plain);
      await kept(299);
    }
  });

  it('are kept of a stream that was read on, too', async () => {
    await database.pool.query('DELETE FROM log.snapshots');
    const states = new StateCache(store, { snapshots });
    const first = await store.readStream('tally-a', { limit: 1 });
    states.advance('tally-a', first, 0);
    expect((await states.load(tally, 'a')).revision).toBe(0);
    expect(await states.refresh([{ stream: 'tally-a', revision: 0 }])).toBe(true);
    await kept(299);
  });

  it('tell how much a state takes: not what its events do', async () => {
    await database.pool.query('DELETE FROM log.snapshots');
    // Place for the events of one stream and nothing of one other, or for its state and much else.
    const events = await store.readStream('tally-a', { limit: 300 });
    const bytes = events.reduce((sum, { data, meta }) => sum + data.length + meta.length, 0);
    const told: Promise<number>[] = [];
    const telling: Snapshots = {
      ...snapshots,
      keep: (...all) => {
        const size = snapshots.keep(...all);
        told.push(size);
        return size;
      },
    };
    const states = new StateCache(watched(), { snapshots: telling, memory: bytes + 1200 });
    await states.load(tally, 'a');
    expect(await Promise.all(told)).toEqual([expect.any(Number)]);
    await states.load(tally, 'b');
    await states.load(tally, 'c');
    reads.length = 0;
    await states.load(tally, 'a');
    expect(reads).toEqual([]);
  });
});

it('the table is made once where several servers start at once on a new database', async () => {
  const database = await testDatabase();
  const another = await database.pool.connect();
  await another.query(`BEGIN; SELECT pg_advisory_xact_lock(${lockKey('log.schema')}); CREATE SCHEMA log`);
  const made = postgresSnapshots(database.pool);
  const waiting = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  await until(async () => (await database.pool.query(waiting)).rowCount === 1);
  await another.query('COMMIT');
  another.release();
  expect(await (await made).read('tally-a', 1)).toBeUndefined();
  await database.drop();
});
