import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestDatabase } from '#testing';
import { testDatabase, until } from '#testing';
import { silentLogger } from '#kernel';
import { DispatchLedger } from './dispatch-ledger.ts';
import { DispatchNotes } from './dispatch-notes.ts';

const task = (cookie: string) => ({ cookie, site: 'site1', module: 'lab', receipt: `receipt of ${cookie}` });
const taker = { agent: 'one', since: '2026-01-01T00:00:00.000Z' };

describe('notes of what is on the wire', () => {
  let database: TestDatabase;
  let ledger: DispatchLedger;
  let notes: DispatchNotes;
  let statements: number;
  beforeAll(async () => {
    database = await testDatabase();
    ledger = new DispatchLedger(database.pool, 'one');
    await ledger.start();
  });
  afterAll(() => database.drop());
  beforeEach(async () => {
    await database.pool.query('TRUNCATE ledger.handed_over');
    statements = 0;
    const counted = { query: (...args: [never]) => ((statements += 1), database.pool.query(...args)) };
    notes = new DispatchNotes(new DispatchLedger(counted as never, 'one'), silentLogger);
  });

  it('writes what has come together in one statement, and the one who took it with it', async () => {
    for (let n = 0; n < 200; n += 1) notes.sent(n, task(`c${n}`));
    notes.taken(7, 'c7', taker);
    await until(async () => (await ledger.takerOf('c7')) !== undefined);
    expect(await ledger.of(7)).toEqual([task('c7')]);
    expect(await ledger.of(199)).toEqual([task('c199')]);
    expect(statements).toBe(2);
    notes.taken(8, 'c8', taker);
    await notes.end();
    expect(await ledger.takerOf('c8')).toEqual(taker);
  });

  it('writes nothing of what is over by then', async () => {
    for (let n = 0; n < 50; n += 1) notes.sent(1, task(`c${n}`));
    notes.sent(2, task('over'));
    notes.over(2);
    notes.sent(3, task('forgotten'));
    notes.forget(3);
    await notes.end();
    expect(await ledger.of(1)).toEqual([task('c49')]);
    expect([await ledger.of(2), await ledger.of(3)]).toEqual([[], []]);
    expect(statements).toBe(1);
  });

  it('has the next dispatch, which is noted at once, wait for what is being written of an earlier one', async () => {
    let go = (): void => undefined;
    const held = new Promise<void>((resolve) => (go = resolve));
    const happened: string[] = [];
    const slow = {
      query: (...args: [never]) => {
        happened.push('writes earlier');
        return held.then(() => database.pool.query(...args)).finally(() => happened.push('has written earlier'));
      },
    };
    notes = new DispatchNotes(new DispatchLedger(slow as never, 'one'), silentLogger);
    const next = async (job: number): Promise<void> => {
      await notes.beforeNext(job);
      happened.push(`notes next of ${job}`);
      await ledger.note(job, task(`next of ${job}`));
    };
    notes.sent(1, task('earlier'));
    await until(() => happened.length > 0);
    notes.sent(2, task('not begun'));
    // Of another job nothing is being written.
    await next(2);
    const noted = next(1);
    await new Promise(setImmediate);
    go();
    await noted;
    await notes.end();
    expect(happened).toEqual(['writes earlier', 'notes next of 2', 'has written earlier', 'notes next of 1']);
    // Written behind it, the earlier one would have been the one that is kept.
    expect([await ledger.of(1), await ledger.of(2)]).toEqual([[task('next of 1')], [task('next of 2')]]);
  });

  it('leaves nothing of a job that has ended, and holds nothing of it', async () => {
    notes.sent(1, task('c1'));
    await until(() => ledger.has('c1'));
    await ledger.note(2, task('earlier'));
    notes.known(2);
    notes.forget(1);
    notes.forget(2);
    await until(() => notes.size === 0);
    expect([await ledger.has('c1'), await ledger.has('earlier')]).toEqual([false, false]);
  });

  it('tries again where the database did not take it', async () => {
    let broken = true;
    const flaky = {
      query: (...args: [never]) => (broken ? Promise.reject(new Error('away')) : database.pool.query(...args)),
    };
    notes = new DispatchNotes(new DispatchLedger(flaky as never, 'one'), silentLogger);
    notes.sent(1, task('c1'));
    await expect(notes.end()).rejects.toThrow('away');
    broken = false;
    notes.sent(2, task('c2'));
    await until(() => ledger.has('c2'));
    expect(await ledger.of(1)).toEqual([task('c1')]);
  });
});
