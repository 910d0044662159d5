import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { EventStore } from '#event-store';
import { postgresEventStore } from '#event-store';
import type { TestDatabase } from '#testing';
import { testDatabase } from '#testing';
import { RequestIndex } from './request-index.ts';

const LONG_MS = 10_000;
const times = { candidacy: 50, heartbeat: 1000, answer: 5000, lease: 10_000 };

describe('the index of requests', () => {
  let database: TestDatabase;
  let store: EventStore;
  const running: RequestIndex[] = [];
  const errors: unknown[] = [];
  const lengths = new Map<string, number>();

  beforeEach(async () => {
    database = await testDatabase();
    store = await postgresEventStore(database.pool);
    errors.length = 0;
    lengths.clear();
  });
  afterEach(async () => {
    for (const index of running.splice(0)) await index.stop();
    await store.close();
    await database.drop();
  });

  const start = async (): Promise<RequestIndex> => {
    const index = new RequestIndex(store, database.pool, { onError: (error) => errors.push(error), times });
    await index.start();
    running.push(index);
    return index;
  };
  /** Appends events of one request to streams. */
  const append = async (meta: object, ...streams: readonly string[]) => {
    const writes = streams.map((stream) => {
      const expected = lengths.get(stream) ?? -1;
      lengths.set(stream, expected + 1);
      const whole = { v: 1, at: '2026-01-01T00:00:00.000000+00:00', prev: '', ...meta };
      return {
        stream,
        expected,
        events: [{ id: randomUUID(), type: 'Happened', data: '{}', meta: JSON.stringify(whole) }],
      };
    });
    return (await store.append(writes)).position;
  };
  const by = (actor: string, request: string, more: object = {}) => ({
    actor,
    request,
    correlation: request,
    command: 'DoIt',
    ...more,
  });
  const brief = (parts: Awaited<ReturnType<RequestIndex['parts']>>) =>
    parts.map(({ first, last, events, actor, caused }) => [Number(first), Number(last), events, actor, caused]);

  it('holds a row for what stands together of a request, and none of what nobody asked for', async () => {
    const index = await start();
    await append(by('root', 'r1', { reason: 'so' }), 'site-a', 'site-b', 'site-c');
    await append(by('agent x', 'report-1'), 'job-1');
    await append(by('system', 's1'), 'job-1');
    await append({ ...by('system', 'erase/1'), correlation: 'r1' }, 'site-a');
    await append(by('alice', 'r2'), 'site-a');
    await append(by('root', 'r1'), 'site-b');
    expect(await index.caughtUp(LONG_MS)).toBe(true);
    expect(brief(await index.parts('r1'))).toEqual([
      [1, 3, 3, 'root', false],
      [6, 6, 1, 'system', true],
      [8, 8, 1, 'root', false],
    ]);
    expect(await index.parts('report-1')).toEqual([]);
    expect(await index.parts('s1')).toEqual([]);
    const all = { after: 0n, upTo: 100n, count: 10 };
    const listed = await index.list(all);
    expect(listed.map(({ request, first }) => [request, Number(first)])).toEqual([
      ['r1', 8],
      ['r2', 7],
      ['r1', 1],
    ]);
    expect(listed.at(-1)).toMatchObject({ command: 'DoIt', reason: 'so', at: '2026-01-01T00:00:00.000000+00:00' });
    expect((await index.list({ ...all, actors: ['alice', 'nobody'] })).map(({ request }) => request)).toEqual(['r2']);
    expect((await index.list({ ...all, after: 1n, upTo: 7n })).map(({ request }) => request)).toEqual(['r2']);
    expect(await index.list({ ...all, count: 1 })).toHaveLength(1);
    expect(errors).toEqual([]);
  });

  it('goes on where the last process ended, and is kept by one of two', async () => {
    const first = await start();
    const second = await start();
    await append(by('root', 'r1'), 'site-a');
    expect(await second.caughtUp(LONG_MS)).toBe(true);
    await first.stop();
    running.splice(running.indexOf(first), 1);
    await append(by('root', 'r2'), 'site-a');
    expect(await second.caughtUp(LONG_MS)).toBe(true);
    expect([brief(await second.parts('r1')), brief(await second.parts('r2'))]).toEqual([
      [[1, 1, 1, 'root', false]],
      [[2, 2, 1, 'root', false]],
    ]);
  });

  it('is made again from the log where it is taken back', async () => {
    const index = await start();
    await append(by('root', 'r1'), 'site-a');
    expect(await index.caughtUp(LONG_MS)).toBe(true);
    await database.pool.query('DELETE FROM records.requests_1; UPDATE records.checkpoint SET position = 0');
    await append(by('root', 'r2'), 'site-a');
    expect(await index.caughtUp(LONG_MS)).toBe(true);
    expect([await index.parts('r1'), await index.parts('r2')].map((parts) => parts.length)).toEqual([1, 1]);
  });
});
