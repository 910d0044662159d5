import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { TestDatabase } from '#testing';
import { testDatabase } from '#testing';
import { Passwords } from './passwords.ts';
import { ConcurrencyLimiter } from './concurrency-limiter.ts';

jest.setTimeout(240_000);

describe('the ledger of passwords', () => {
  let database: TestDatabase;
  let passwords: Passwords;
  beforeAll(async () => {
    database = await testDatabase();
    passwords = new Passwords(database.pool);
    await passwords.onModuleInit();
    await passwords.onModuleInit();
  });
  afterAll(() => database.drop());

  it('tells the right one from others', async () => {
    const id = await passwords.keep('grüße, world', '');
    expect(await passwords.matches(id, 'grüße, world', '')).toBe(true);
    for (const other of ['grüße, World', 'grüße, world ', ''])
      expect(await passwords.matches(id, other, '')).toBe(false);
  });

  it('matches nothing where there is nothing to match', async () => {
    for (const id of [undefined, null, crypto.randomUUID()]) {
      expect(await passwords.matches(id, '', '')).toBe(false);
      expect(await passwords.matches(id, 'anything', '')).toBe(false);
    }
  });

  it('keeps each with a salt of its own, and never the password', async () => {
    const ids = [await passwords.keep('the same', ''), await passwords.keep('the same', '')];
    const { rows } = await database.pool.query<{ verifier: string }>(
      'SELECT verifier FROM ledger.passwords WHERE id = ANY ($1)',
      [ids],
    );
    expect(new Set(rows.map(({ verifier }) => verifier)).size).toBe(2);
    for (const { verifier } of rows) {
      expect(verifier).toMatch(/^scrypt-15-8-1\$[\w+/=]{24}\$[\w+/=]{44}$/);
    }
  });

  it('erases', async () => {
    const id = await passwords.keep('gone soon', '');
    await passwords.erase(id);
    await passwords.erase(id);
    await passwords.erase(null);
    expect(await passwords.matches(id, 'gone soon', '')).toBe(false);
  });

  it('takes on only so much at once', async () => {
    const narrow = new Passwords(database.pool, new ConcurrencyLimiter(1, 2));
    const tries = await Promise.allSettled([1, 2, 3, 4, 5].map(() => narrow.matches(undefined, 'x', '')));
    const refused = tries.filter((one) => one.status === 'rejected');
    expect(refused).toHaveLength(2);
    expect(String((refused[0] as PromiseRejectedResult).reason)).toContain('Too many logins at once');
  });
});
