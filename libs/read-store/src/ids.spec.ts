import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Pool } from 'pg';
import type { TestDatabase } from '#testing';
import { testDatabase } from '#testing';
import { Ids } from './ids.ts';
import { makeLedger } from './ledger.ts';

let database: TestDatabase;
beforeEach(async () => {
  database = await testDatabase();
});
afterEach(() => database.drop());

describe('ids', () => {
  it('are whole numbers from 1, for every kind of thing on its own', async () => {
    const ids = new Ids(database.pool);
    expect([await ids.next('job'), await ids.next('job'), await ids.next('blueprintScript')]).toEqual([1, 2, 1]);
  });

  it('are never handed out twice, by however many servers at once', async () => {
    const [one, other] = [new Ids(database.pool), new Ids(database.pool)];
    const next = async (n: number) => (n % 2 === 0 ? one : other).next(n % 3 === 0 ? 'job' : 'address');
    const all = await Promise.all(Array.from({ length: 60 }, (_, n) => next(n)));
    const jobs = all.filter((_, n) => n % 3 === 0);
    const addresses = all.filter((_, n) => n % 3 !== 0);
    expect([new Set(jobs).size, new Set(addresses).size]).toEqual([20, 40]);
  });

  it('are below zero in a rehearsal, which uses up none', async () => {
    const ids = new Ids(database.pool);
    const rehearsed = () => Promise.all([ids.next('job'), ids.take('address', 2), ids.next('job')]);
    expect(await Ids.rehearse(rehearsed)).toEqual([-1, [-2, -3], -4]);
    expect(await Ids.rehearse(rehearsed)).toEqual([-1, [-2, -3], -4]);
    expect([await ids.next('job'), await ids.take('address', 2)]).toEqual([1, [1, 2]]);
  });

  describe('of which many are wanted', () => {
    let ids: Ids;
    /** How many were fetched each time. */
    let fetched: number[];

    let now: number;

    beforeEach(() => {
      now = 0;
      ids = new Ids(database.pool, () => now);
      fetched = [];
      const query = database.pool.query.bind(database.pool) as (...all: unknown[]) => unknown;
      database.pool.query = ((...all: unknown[]) => {
        const { values } = all[0] as { values?: number[] };
        if (values) fetched.push(...values);
        return query(...all);
      }) as typeof database.pool.query;
    });

    it('are fetched together where they are asked for at once', async () => {
      await ids.next('job');
      const all = await Promise.all(Array.from({ length: 5 }, () => ids.next('job')));
      expect(all.toSorted((a, b) => a - b)).toEqual([2, 3, 4, 5, 6]);
      expect(fetched).toEqual([1, 1, 4]);
    });

    it('are fetched ahead where many are asked for, and go on one by one', async () => {
      await ids.next('job');
      const all: number[] = [];
      await Promise.all(Array.from({ length: 20 }, async () => all.push(await ids.next('job'))));
      const more = fetched.reduce((sum, count) => sum + count, 0) - 21;
      expect(more).toBe(10);
      fetched = [];
      for (let n = 0; n < more; n += 1) all.push(await ids.next('job'));
      expect(all).toEqual(Array.from({ length: 30 }, (_, n) => n + 2));
      expect(fetched).toEqual([]);
    });

    it('are let go where nobody wants them soon', async () => {
      await ids.next('job');
      await Promise.all(Array.from({ length: 20 }, () => ids.next('job')));
      now = 101;
      expect(await ids.next('job')).toBe(32);
    });

    it('are not fetched ahead where few are asked for', async () => {
      for (let n = 1; n <= 9; n += 1) expect(await ids.next('job')).toBe(n);
      expect(fetched).toEqual(Array.from({ length: 9 }, () => 1));
    });
  });

  it('are handed out several at once', async () => {
    const ids = new Ids(database.pool);
    expect([await ids.next('job'), await ids.take('job', 3), await ids.next('job'), await ids.take('job', 0)]).toEqual([
      1,
      [2, 3, 4],
      5,
      [],
    ]);
  });

  it('go on behind those that were handed out before', async () => {
    await new Ids(database.pool).next('job');
    expect(await new Ids(database.pool).next('job')).toBe(2);
  });

  it('are handed out as soon as the database lets them be', async () => {
    const pool = new Pool({ connectionString: database.url, max: 1 });
    pool.on('error', () => undefined);
    const ids = new Ids(pool);
    await pool.query('SET default_transaction_read_only = on');
    await expect(ids.next('job')).rejects.toThrow('read-only');
    await pool.query('SET default_transaction_read_only = off');
    expect(await ids.next('job')).toBe(1);
    await pool.end();
  });
});

it('several servers may make a ledger at once', async () => {
  const make = () => makeLedger(database.pool, 'CREATE TABLE IF NOT EXISTS ledger.notes (text text)');
  await Promise.all(Array.from({ length: 8 }, make));
  expect((await database.pool.query('SELECT * FROM ledger.notes')).rows).toEqual([]);
});

it('a ledger is made whole or not at all', async () => {
  await expect(makeLedger(database.pool, 'CREATE TABLE ledger.one (text text); CREATE nonsense')).rejects.toThrow();
  await expect(database.pool.query('SELECT * FROM ledger.one')).rejects.toThrow('does not exist');
});
