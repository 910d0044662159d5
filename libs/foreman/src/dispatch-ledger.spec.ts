import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestDatabase } from '#testing';
import { testDatabase } from '#testing';
import { DispatchLedger } from './dispatch-ledger.ts';

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
    await ledger.note(1, 'a');
    await ledger.note(2, 'b');
    expect(await held('a', 'b', 'c')).toEqual(['a', 'b', '']);
    await ledger.note(1, 'c');
    await ledger.note(1, 'c');
    expect(await held('a', 'b', 'c')).toEqual(['', 'b', 'c']);
  });

  it('forgets a job that is over', async () => {
    await ledger.note(3, 'd');
    await ledger.forget(3);
    await ledger.forget(3);
    expect(await held('d')).toEqual(['']);
  });

  it('is there after a restart', async () => {
    await ledger.note(4, 'e');
    const again = new DispatchLedger(database.pool, 'one');
    await again.start();
    expect(await again.has('e')).toBe(true);
  });
});
