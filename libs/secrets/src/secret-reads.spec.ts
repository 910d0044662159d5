import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { TestDatabase } from '#testing';
import { testDatabase } from '#testing';
import { MAX_WAITING_READS, SecretReads } from './secret-reads.ts';
import { Secrets } from './secrets.ts';

const HOUR = 3_600_000;
const START = Date.parse('2026-03-01T10:20:00Z');
let database: TestDatabase;
let now = START;
let id: string;
const make = (pool = database.pool) => new SecretReads(pool, { now: () => now });

beforeAll(async () => {
  database = await testDatabase();
  const secrets = new Secrets(database.pool, randomBytes(32));
  await secrets.start();
  id = (await secrets.keep('x', 'Site cellar db_password', 'r1')).$secret;
});
afterAll(() => database.drop());

it('there is one row for each reader, secret and hour, whoever writes it, found by secret and by reader', async () => {
  const [one, other] = [make(), make()];
  for (const reads of [one, other]) {
    reads.note('Structure 12', [id, id]);
    reads.note('agent 10.0.0.1', [id]);
  }
  now += HOUR;
  one.note('Structure 12', [id]);
  await one.flush();
  await other.stop();
  const all = await one.list({ count: 10 });
  const row = (reader: string, hour: string, times: number) => ({
    secret: id,
    owner: 'Site cellar db_password',
    reader,
    hour: `2026-03-01T${hour}:00:00.000Z`,
    times,
  });
  expect(all).toEqual([row('Structure 12', '11', 1), row('Structure 12', '10', 4), row('agent 10.0.0.1', '10', 2)]);
  expect(await one.list({ secret: 'db_password', reader: '10.0.0.1', count: 10 })).toEqual([all[2]]);
  expect(await one.list({ secret: id, count: 1 })).toEqual([all[0]]);
  expect(await one.list({ secret: 'nothing', count: 10 })).toEqual([]);
});

it('rows go when their time is over, the oldest first and so many at a time', async () => {
  now = START + 3 * 24 * HOUR;
  const reads = make();
  reads.note('late', [id]);
  await reads.flush();
  const before = new Date(now - 2 * 24 * HOUR).toISOString();
  expect(await reads.prune(before, 1)).toBe(1);
  expect((await reads.list({ count: 10 })).map(({ hour, reader }) => `${hour.slice(11, 13)} ${reader}`)).toContain(
    '11 Structure 12',
  );
  expect(await reads.prune(before, 500)).toBe(2);
  expect(await reads.prune(before, 500)).toBe(0);
  expect((await reads.list({ count: 10 })).map(({ reader }) => reader)).toEqual(['late']);
});

it('what cannot be written is kept for the next time, up to a bound', async () => {
  let away = true;
  const pool = new Proxy(database.pool, {
    get: (target, name) =>
      name === 'query' && away ? () => Promise.reject(new Error('away')) : Reflect.get(target, name).bind(target),
  });
  const reads = make(pool);
  for (let n = 0; n < MAX_WAITING_READS + 5; n += 1) reads.note(`reader ${n}`, [id]);
  expect(reads.leftOut).toBe(5);
  await expect(reads.flush()).rejects.toThrow('away');
  reads.note('reader 7', [id]);
  away = false;
  expect((await reads.list({ reader: 'reader 7777', count: 5 })).map(({ times }) => times)).toEqual([1]);
  expect(
    (await reads.list({ reader: 'reader 7', count: 1000 })).find(({ reader }) => reader === 'reader 7')?.times,
  ).toBe(2);
});
