import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestDatabase } from '#testing';
import { testDatabase } from '#testing';
import { LOOK_EVERY, PostgresIdempotencyStore } from './idempotency-store.ts';

describe('answers that were given', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await testDatabase();
  });
  afterEach(() => database.drop());

  const answer = { fingerprint: 'f', answer: '{}' };
  const count = async (): Promise<number> =>
    (await database.pool.query<{ n: number }>('SELECT count(*)::int AS n FROM ledger.answers')).rows[0]?.n ?? 0;

  it('are given again, the first one always', async () => {
    const kept = new PostgresIdempotencyStore(database.pool);
    await kept.start();
    await kept.keep('one', answer);
    await kept.keep('one', { fingerprint: 'other', answer: '[]' });
    expect(await kept.find('one')).toEqual(answer);
    expect(await kept.find('two')).toBeUndefined();
  });

  it('go after a week, also while the server runs', async () => {
    const kept = new PostgresIdempotencyStore(database.pool);
    await kept.start();
    await kept.keep('old', answer);
    await database.pool.query(`UPDATE ledger.answers SET given = now() - interval '8 days'`);
    await kept.keep('new', answer);
    const before = new Date(Date.now() - 7 * 86_400_000).toISOString();
    expect(await kept.prune(before, 500)).toBe(1);
    expect(await kept.prune(before, 500)).toBe(0);
    expect(await kept.find('old')).toBeUndefined();
    expect(await kept.find('new')).toEqual(answer);
  });

  it('are so many at most, and those that are looked for next', async () => {
    const kept = new PostgresIdempotencyStore(database.pool, 10);
    await kept.start();
    for (let n = 1; n <= LOOK_EVERY; n += 1) await kept.keep(`answer-${n}`, answer);
    expect(await count()).toBeLessThanOrEqual(11);
    expect(await kept.find(`answer-${LOOK_EVERY}`)).toEqual(answer);
  });
});
