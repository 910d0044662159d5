import { randomUUID } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { TestDatabase } from '#testing';
import { testDatabase, until } from '#testing';
import { NOTICE_INTERVAL_MS } from './append-notices.ts';
import { NO_STREAM } from './event-store.ts';
import { postgresEventStore } from './postgres-event-store.ts';
import { lockKey, logChannel } from './postgres-schema.ts';

const write = (stream: string) => ({
  stream,
  expected: NO_STREAM,
  events: [{ id: randomUUID(), type: 'Made', data: '{}', meta: '{}' }],
});

jest.setTimeout(60_000);

describe('notices of appends', () => {
  let database: TestDatabase;
  const heard: bigint[] = [];
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.drop());

  it('are one for all appends of an interval, and the last tells the last position', async () => {
    const store = await postgresEventStore(database.pool);
    const listener = await database.pool.connect();
    try {
      listener.on('notification', ({ payload }) => heard.push(BigInt(payload ?? -1)));
      await listener.query(`LISTEN ${logChannel()}`);
      const begun = performance.now();
      let last = 0n;
      for (let n = 0; n < 40; n += 1) ({ position: last } = await store.append([write(`thing-${n}`)]));
      await until(() => heard.includes(last));
      expect(heard.length).toBeLessThanOrEqual((performance.now() - begun) / NOTICE_INTERVAL_MS + 2);
    } finally {
      listener.release(true);
      await store.close();
    }
  });

  it('follow an append that takes longer than the interval', async () => {
    const store = await postgresEventStore(database.pool);
    const listener = await database.pool.connect();
    try {
      heard.length = 0;
      listener.on('notification', ({ payload }) => heard.push(BigInt(payload ?? -1)));
      await listener.query(`LISTEN ${logChannel()}`);
      const log = [lockKey('log.append')];
      let position = -1n;
      for (let tries = 0, quick = false; !quick; tries += 1) {
        const begun = performance.now();
        await store.append([write(`told-${tries}`)]);
        await listener.query('SELECT pg_advisory_lock($1)', log);
        // Made within the interval of the notice before it, unless the machine is busy, and held up beyond its end.
        const held = store.append([write(`held-${tries}`)]);
        await turn();
        quick = performance.now() - begun < NOTICE_INTERVAL_MS;
        await until(() => performance.now() > begun + 3 * NOTICE_INTERVAL_MS);
        await listener.query('SELECT pg_advisory_unlock($1)', log);
        ({ position } = await held);
      }
      await until(() => heard.includes(position), 20_000);
      expect(heard).toContain(position);
    } finally {
      listener.release(true);
      await store.close();
    }
  });

  it('are sent before a server stops', async () => {
    const listener = await database.pool.connect();
    try {
      heard.length = 0;
      listener.on('notification', ({ payload }) => heard.push(BigInt(payload ?? -1)));
      await listener.query(`LISTEN ${logChannel()}`);
      const store = await postgresEventStore(database.pool);
      await store.append([write('first-1')]);
      const { position } = await store.append([write('second-1')]);
      await store.close();
      await until(() => heard.includes(position));
      expect(heard).toContain(position);
    } finally {
      listener.release(true);
    }
  });
});
