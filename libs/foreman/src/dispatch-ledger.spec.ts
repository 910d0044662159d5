import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestDatabase } from '#testing';
import { testDatabase } from '#testing';
import { DispatchLedger } from './dispatch-ledger.ts';

const task = (cookie: string) => ({ cookie, site: 'site1', module: 'lab' });

describe('the ledger of what the wire holds', () => {
  let database: TestDatabase;
  let ledger: DispatchLedger;
  beforeAll(async () => {
    database = await testDatabase();
    ledger = new DispatchLedger(database.pool, 'one');
    await ledger.start();
  });
  afterAll(() => database.drop());

  const held = async (...cookies: readonly string[]) =>
    (await Promise.all(cookies.map((cookie) => ledger.has(cookie)))).map((has, n) => (has ? cookies[n] : ''));

  it('remembers the last dispatch of every job', async () => {
    await ledger.note(1, task('a'));
    await ledger.note(2, task('b'));
    expect(await held('a', 'b', 'c')).toEqual(['a', 'b', '']);
    await ledger.note(1, task('c'));
    await ledger.note(1, task('c'));
    expect(await held('a', 'b', 'c')).toEqual(['', 'b', 'c']);
  });

  it('notes dispatches that come together in their order, each with its own answer', async () => {
    const another = new DispatchLedger(database.pool, 'another');
    await another.note(42, task('other'));
    const noted = [40, 41, 40, 42].map((job, n) => ledger.note(job, task(job === 42 ? 'other' : `t${n}`)));
    expect(await Promise.all(noted)).toEqual([true, true, true, false]);
    expect(await held('t0', 't1', 't2', 'other')).toEqual(['', 't1', 't2', 'other']);
  });

  it('knows by what the dispatches of a job are taken back, but those that it only heard of', async () => {
    await ledger.note(20, task('m'));
    expect(await ledger.of(20)).toEqual([task('m')]);
    await ledger.note(20, { ...task('m'), receipt: '17' });
    await ledger.takeAll([{ job: 20, cookie: 'n', agent: 'one', since: '2026-01-01T00:00:00.000Z' }]);
    expect(await ledger.of(20)).toEqual([{ ...task('m'), receipt: '17' }]);
  });

  it('knows where a dispatch was handed to, but of those that it only heard of', async () => {
    await ledger.note(21, task('place'));
    await ledger.takeAll([{ job: 22, cookie: 'heard', agent: 'one', since: '2026-01-01T00:00:00.000Z' }]);
    expect(await ledger.placeOf('place')).toEqual({ site: 'site1', module: 'lab' });
    expect(await ledger.placeOf('heard')).toBeUndefined();
    expect(await ledger.placeOf('never')).toBeUndefined();
  });

  it('forgets a dispatch that was not sent, where this process has noted it and no agent has taken it', async () => {
    const another = new DispatchLedger(database.pool, 'another');
    await Promise.all([ledger.note(50, task('u')), ledger.note(51, task('v')), another.note(52, task('w'))]);
    await ledger.takeAll([{ job: 51, cookie: 'v', agent: 'one', since: '2026-01-01T00:00:00.000Z' }]);
    for (const cookie of ['u', 'v', 'w']) await ledger.unnote(cookie);
    expect(await held('u', 'v', 'w')).toEqual(['', 'v', 'w']);
  });

  it('forgets a job that is over', async () => {
    await ledger.note(3, task('d'));
    await ledger.forget(3);
    await ledger.forget(3);
    expect(await held('d')).toEqual(['']);
  });

  it('tells the process that has noted a dispatch from others', async () => {
    const another = new DispatchLedger(database.pool, 'another');
    expect([
      await ledger.note(5, task('f')),
      await another.note(5, task('f')),
      await ledger.note(5, task('f')),
    ]).toEqual([true, false, true]);
  });

  it('knows who has taken a dispatch, the first one, also where it was not noted before', async () => {
    const since = '2026-01-01T00:00:00.000Z';
    await ledger.note(6, task('g'));
    expect(await ledger.takerOf('g')).toBeUndefined();
    for (const [job, cookie] of [
      [6, 'g'],
      [7, 'h'],
    ] as const) {
      await ledger.takeAll([{ job, cookie, agent: 'one', since }]);
      await ledger.takeAll([{ job, cookie, agent: 'other', since: 'later' }]);
      expect(await ledger.takerOf(cookie)).toEqual({ agent: 'one', since });
    }
    await ledger.note(6, task('i'));
    expect(await ledger.takerOf('g')).toBeUndefined();
  });

  it('forgets old dispatches of jobs that are not under way', async () => {
    for (const [job, cookie] of [
      [8, 'j'],
      [9, 'k'],
      [10, 'l'],
    ] as const)
      await ledger.note(job, task(cookie));
    await database.pool.query(`UPDATE ledger.handed_over SET at = now() - interval '2 days' WHERE job IN (8, 9)`);
    await ledger.prune([8]);
    expect(await held('j', 'k', 'l')).toEqual(['j', '', 'l']);
  });

  it('knows what jobs have left behind that are not under way, where that is not new', async () => {
    for (const [job, cookie] of [
      [30, 'o'],
      [31, 'p'],
      [32, 'q'],
    ] as const)
      await ledger.note(job, task(cookie));
    await database.pool.query(`UPDATE ledger.handed_over SET at = now() - interval '2 minutes' WHERE job IN (30, 31)`);
    const left = await ledger.leftOver([31]);
    expect([30, 31, 32].map((job) => left.includes(job))).toEqual([true, false, false]);
  });

  it('is there after a restart', async () => {
    await ledger.note(4, task('e'));
    const again = new DispatchLedger(database.pool, 'one');
    await again.start();
    expect(await again.has('e')).toBe(true);
  });
});
