import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Call } from '#api';
import { DeadLetters } from '#reactions';
import type { TestDatabase } from '#testing';
import { testDatabase } from '#testing';
import { deadLetterModel } from './dead-letter.api.ts';
import { RetryDeadLetter, RetryDeadLetterHandler } from './dead-letter.commands.ts';

jest.setTimeout(240_000);

describe('dead letters for operators', () => {
  let database: TestDatabase;
  let letters: DeadLetters;
  beforeAll(async () => {
    database = await testDatabase();
    letters = new DeadLetters(database.pool);
    await letters.start();
    const event = { position: 7n, stream: 'user-alice', revision: 2, id: '6f2c4c9e-0000-4000-8000-000000000001' };
    await letters.add({ reaction: 'erase', key: '7', event, type: 'PasswordChanged', error: 'Error: x', tries: 10 });
    await letters.add({ reaction: 'reports', key: 'c', type: 'report', error: 'too deep', tries: 1, body: '[[[' });
  });
  afterAll(() => database.drop());

  const list = async (parameters: object): Promise<unknown> => {
    const run = deadLetterModel(letters).actions?.['list']?.run;
    if (!run || !('query' in run)) throw new Error('it cannot be asked for');
    const given = { reaction: '', skip: 0, count: 100, ...parameters };
    return JSON.parse(JSON.stringify(await run.query(undefined, given, {} as Call)));
  };

  it('are listed with what failed and why', async () => {
    expect(await list({})).toEqual({
      total: 2,
      letters: [
        {
          id: 2,
          reaction: 'reports',
          key: 'c',
          type: 'report',
          error: 'too deep',
          tries: 1,
          body: '[[[',
          at: expect.any(String),
          retrying: false,
          position: null,
          stream: null,
        },
        expect.objectContaining({ reaction: 'erase', position: 7, stream: 'user-alice', tries: 10 }),
      ],
    });
    expect(await list({ reaction: 'erase', count: 1_000_000 })).toMatchObject({ total: 1 });
    expect(await list({ count: -5, skip: -5 })).toEqual({ total: 2, letters: [] });
  });

  it('are tried again where there is one', async () => {
    const handler = new RetryDeadLetterHandler(letters);
    expect(await handler.execute(new RetryDeadLetter(1))).toEqual({ value: 1, position: undefined });
    expect(await letters.toRetry(10)).toMatchObject([{ id: 1 }]);
    await expect(handler.execute(new RetryDeadLetter(77))).rejects.toMatchObject({ faults: [{ code: 'NOT_FOUND' }] });
  });
});
