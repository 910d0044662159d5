import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Client, Pool } from 'pg';
import { Conflict, refuse } from '#kernel';
import type { TestDatabase } from '#testing';
import { freePort, testDatabase } from '#testing';
import { isUnanswered, isUnavailable } from './unavailable.ts';

jest.setTimeout(240_000);

const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('what a database says', () => {
  let database: TestDatabase;
  beforeAll(async () => void (database = await testDatabase()));
  afterAll(() => database.drop());

  it.each([
    ['a table that is not there', 'SELECT * FROM nowhere'],
    ['a value it cannot take', "SELECT 'x'::int"],
    ['a statement it cannot read', 'SELEKT'],
  ])('of %s will be said again', async (_, text) => {
    expect(isUnavailable(await errorOf(database.pool.query(text)))).toBe(false);
  });

  it('when it ends a connection is over some time', async () => {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    client.on('error', () => undefined);
    expect(isUnavailable(await errorOf(client.query('SELECT pg_terminate_backend(pg_backend_pid())')))).toBe(true);
    expect(isUnavailable(await errorOf(client.query('SELECT')))).toBe(true);
  });

  it('when nobody answers is over some time', async () => {
    const pool = new Pool({ connectionString: `postgres://nobody@127.0.0.1:${await freePort()}/nothing` });
    expect(isUnavailable(await errorOf(pool.query('SELECT')))).toBe(true);
    await pool.end();
  });
});

describe('an error', () => {
  const coded = (code: string): Error => Object.assign(new Error('x'), { code });

  it.each([
    ['a full disk', coded('53100')],
    ['too many connections', coded('53300')],
    ['a database that starts', coded('57P03')],
    ['a standby', coded('25006')],
    ['a reset connection', coded('ECONNRESET')],
    ['one of several addresses', new AggregateError([coded('ECONNREFUSED')])],
    ['one behind another', new Error('could not read', { cause: coded('ETIMEDOUT') })],
    ['a log without a leader', Object.assign(new Error('x'), { type: 'not-leader' })],
  ])('of %s is over some time', (_, error) => {
    expect(isUnavailable(error)).toBe(true);
  });

  it.each([
    ['a fault in a program', new TypeError('x is not a function')],
    ['a refusal', refuse('name', 'MISSING', 'x')],
    ['a conflict', new Conflict(['a-1'])],
    ['a query that was cancelled', coded('57014')],
    ['something that is no error', 'ECONNREFUSED'],
    ['nothing', undefined],
  ])('of %s is not', (_, error) => {
    expect(isUnavailable(error)).toBe(false);
  });
});

it.each<[unknown, boolean]>([
  [new Error('Query read timeout'), true],
  [new Error('timeout expired'), true],
  [Object.assign(new Error('read'), { code: 'ETIMEDOUT' }), true],
  [Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), false],
  [undefined, false],
])('of %s it is known whether nobody has answered in time', (error, late) => {
  expect(isUnanswered(error)).toBe(late);
});
