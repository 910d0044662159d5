import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Pool } from 'pg';
import type { Relay, TestDatabase } from '#testing';
import { startRelay, testDatabase } from '#testing';
import { AppendBatcher } from './append-batcher.ts';
import { NO_STREAM } from './event-store.ts';
import { postgresEventStore } from './postgres-event-store.ts';

jest.setTimeout(60_000);

const write = (stream: string) => ({
  stream,
  expected: NO_STREAM,
  events: [{ id: randomUUID(), type: 'Made', data: '{}', meta: '{}' }],
});

describe('appends whose connection has died unheard', () => {
  let database: TestDatabase;
  let relay: Relay;
  let pool: Pool;
  beforeAll(async () => {
    database = await testDatabase();
    await (await postgresEventStore(database.pool)).close();
    const url = new URL(database.url);
    relay = await startRelay(Number(url.port));
    url.port = String(relay.port);
    pool = new Pool({ connectionString: url.href });
    pool.on('error', () => undefined);
    pool.on('connect', (client) => client.on('error', () => undefined));
  });
  afterAll(async () => {
    await pool.end();
    await relay.stop();
    await database.drop();
  });

  it('fail in time, all that were sent together at once, and those behind them are made', async () => {
    const batcher = new AppendBatcher(pool, () => undefined, 1000);
    await batcher.append([write('thing-before')], []);
    relay.mute();
    const failed = ['a', 'b', 'c'].map((name) => batcher.append([write(`thing-${name}`)], []));
    for (const append of failed) await expect(append).rejects.toThrow('Query read timeout');
    expect(await batcher.append([write('thing-behind')], [])).toBeGreaterThan(0n);
    await batcher.stop();
  });
});

it('appends that fail together are sent one by one, until one of them is not answered in time', async () => {
  const asked: string[] = [];
  const query = async ({ name }: { readonly name: string }) => {
    asked.push(name);
    throw new Error(asked.length === 1 ? 'the connection is broken' : 'Query read timeout');
  };
  const batcher = new AppendBatcher({ query } as unknown as Pool, () => undefined);
  const failed = ['a', 'b', 'c'].map((name) => batcher.append([write(`thing-${name}`)], []));
  for (const append of failed) await expect(append).rejects.toThrow('Query read timeout');
  expect(asked.filter((name) => name !== 'append-notice')).toEqual(['append', 'append-event']);
  await batcher.stop();
});
