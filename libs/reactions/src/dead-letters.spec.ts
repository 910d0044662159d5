import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { TestDatabase } from '#testing';
import { testDatabase } from '#testing';
import type { NewDeadLetter } from './dead-letters.ts';
import { DeadLetters, MAX_DEAD_LETTERS } from './dead-letters.ts';

jest.setTimeout(240_000);

const report = (key: string, more: Partial<NewDeadLetter> = {}): NewDeadLetter => ({
  reaction: 'reports',
  key,
  type: 'report',
  error: 'too deep',
  tries: 1,
  body: '[[[[',
  ...more,
});

describe('dead letters', () => {
  let database: TestDatabase;
  let letters: DeadLetters;
  beforeEach(async () => {
    database = await testDatabase();
    letters = new DeadLetters(database.pool);
    await letters.start();
  });
  afterEach(() => database.drop());

  const list = (options: { reaction?: string; skip?: number; count?: number } = {}) =>
    letters.list({ skip: 0, count: 10, ...options });

  it('may be of messages that are no events', async () => {
    await letters.add(report('cookie'));
    expect((await list()).letters).toEqual([
      { ...report('cookie'), id: expect.any(Number), at: expect.any(String), retrying: false },
    ]);
  });

  it('are listed, the newest first, all or of one receiver, page by page', async () => {
    for (const key of ['a', 'b', 'c']) await letters.add(report(key));
    await letters.add(report('d', { reaction: 'other' }));
    const keys = async (options?: Parameters<typeof list>[0]) => {
      const { letters: found, total } = await list(options);
      return [found.map(({ key }) => key).join(''), total];
    };
    expect(await keys()).toEqual(['dcba', 4]);
    expect(await keys({ reaction: 'reports' })).toEqual(['cba', 3]);
    expect(await keys({ reaction: 'reports', skip: 1, count: 1 })).toEqual(['b', 3]);
    expect(await keys({ reaction: 'nobody' })).toEqual(['', 0]);
  });

  it('are kept once, however often the same comes', async () => {
    await letters.add(report('a'));
    await letters.add(report('a', { error: 'too wide', tries: 2 }));
    expect((await list()).letters).toMatchObject([{ key: 'a', error: 'too wide', tries: 2 }]);
  });

  it('keep the beginning of long texts, and what no database takes in another form', async () => {
    await letters.add(report('a', { error: 'x\0y'.repeat(5000), body: 'z'.repeat(100_000) }));
    const [letter] = (await list()).letters;
    expect([letter?.error.length, letter?.error.slice(0, 3), letter?.body?.length]).toEqual([2000, 'x\uFFFDy', 65_536]);
  });

  it(`are ${MAX_DEAD_LETTERS} of one receiver at the most; the oldest go, and are counted`, async () => {
    await letters.add(report('x', { reaction: 'other' }));
    await database.pool.query(
      `INSERT INTO ledger.dead_letters (reaction, key, type, error, tries)
       SELECT 'reports', n, 'report', 'x', 1 FROM generate_series(1, $1) AS n`,
      [MAX_DEAD_LETTERS],
    );
    for (const key of ['new', 'newer', 'newest']) await letters.add(report(key));
    expect(await letters.counts()).toEqual(
      new Map([
        ['reports', { kept: MAX_DEAD_LETTERS, dropped: 3 }],
        ['other', { kept: 1, dropped: 0 }],
      ]),
    );
    const { letters: oldest } = await list({ reaction: 'reports', skip: MAX_DEAD_LETTERS - 1 });
    expect(oldest.map(({ key }) => key)).toEqual(['4']);
  });

  it('are taken off, or wait to be tried again', async () => {
    for (const key of ['a', 'b']) await letters.add(report(key));
    const ids = (await list()).letters.map(({ id }) => id);
    expect(await letters.discard(ids[0] ?? 0)).toBe(true);
    expect(await letters.retry(ids[1] ?? 0)).toBe(true);
    expect(await letters.toRetry(10)).toMatchObject([{ key: 'a', retrying: true }]);
    await letters.add(report('a', { tries: 2 }));
    expect(await letters.toRetry(10)).toEqual([]);
    expect([await letters.discard(ids[0] ?? 0), await letters.retry(0), await letters.get(0)]).toEqual([
      false,
      false,
      undefined,
    ]);
  });
});
