import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Conflict } from '#kernel';
import type { KurrentDbStandIn } from '#testing';
import { startKurrentDbStandIn, until } from '#testing';
import type { EventStore, NewEvent } from './event-store.ts';
import { NO_STREAM } from './event-store.ts';
import { kurrentdbEventStore } from './kurrentdb-event-store.ts';

jest.setTimeout(240_000);

const event = (type: string): NewEvent => ({ id: randomUUID(), type, data: '{}', meta: '{}' });

describe('the log on KurrentDB', () => {
  let server: KurrentDbStandIn;
  let store: EventStore;
  beforeEach(async () => {
    server = await startKurrentDbStandIn();
    store = await kurrentdbEventStore(server.connectionString);
  });
  afterEach(async () => {
    await store.close();
    await server.stop();
  });

  const append = (stream: string, expected: number, ...events: NewEvent[]) =>
    store.append([{ stream, expected, events }]);
  const failureOf = (promise: Promise<unknown>) =>
    promise.then(
      () => undefined,
      (error: unknown) => error,
    );

  it('fails while the server is away, without calling it a conflict, and goes on when it is back', async () => {
    await append('thing-1', NO_STREAM, event('A'));
    await server.kill();
    expect(await failureOf(append('thing-1', 0, event('B')))).not.toBeInstanceOf(Conflict);
    expect(await failureOf(store.readStream('thing-1'))).toBeInstanceOf(Error);
    await server.restart();
    expect(await store.readStream('thing-1')).toHaveLength(1);
    await append('thing-1', 0, event('B'));
    expect(await store.readStream('thing-1')).toHaveLength(2);
  });

  it('reads once the server is there, also where it was away at the first read', async () => {
    await server.kill();
    for (let n = 0; n < 3; n += 1) await expect(store.head()).rejects.toThrow('KurrentDB cannot be read');
    await server.restart();
    expect(await store.head()).toBe(0n);
    await append('thing-1', NO_STREAM, event('A'));
    expect(await store.readStream('thing-1')).toHaveLength(1);
  });

  it('fails while the server answers that it is not ready, and goes on when it is', async () => {
    server.refuse(true);
    expect(await failureOf(append('thing-1', NO_STREAM, event('A')))).not.toBeInstanceOf(Conflict);
    await expect(store.readAll(0n)).rejects.toThrow();
    server.refuse(false);
    await append('thing-1', NO_STREAM, event('A'));
    expect((await store.readAll(0n)).events).toHaveLength(1);
  });

  it('knows an append again whose answer was lost', async () => {
    const events = [event('A'), event('B')];
    server.loseNextAnswer();
    expect(await failureOf(append('thing-1', NO_STREAM, ...events))).not.toBeInstanceOf(Conflict);
    const { position, repeated } = await append('thing-1', NO_STREAM, ...events);
    expect(repeated).toBe(true);
    expect(position).toBe(await store.head());
  });

  it('brings a subscriber everything, each once and in order, over a restart of the server', async () => {
    const seen: string[] = [];
    const errors: unknown[] = [];
    const subscription = store.subscribe(
      0n,
      async (events) => {
        seen.push(...events.map(({ type }) => type));
      },
      { onError: (error) => errors.push(error) },
    );
    await append('thing-1', NO_STREAM, event('0'));
    await until(() => seen.length === 1 && server.subscriptions === 1);
    await server.kill();
    await until(() => server.subscriptions === 0 && errors.length > 0);
    await server.restart();
    await until(() => server.subscriptions === 1);
    for (let n = 1; n < 10; n += 1) await append('thing-1', n - 1, event(String(n)));
    await until(() => seen.length === 10);
    expect(seen).toEqual(Array.from({ length: 10 }, (_, n) => String(n)));
    await subscription.stop();
  });

  it('hears at once what another process appends, again after a restart', async () => {
    const elsewhere = await kurrentdbEventStore(server.connectionString);
    let seen = 0;
    store.subscribe(0n, async (events) => {
      seen += events.length;
    });
    const hearMany = async () => {
      await until(() => server.subscriptions === 2);
      const [start, before] = [performance.now(), seen];
      for (let n = 1; n <= 25; n += 1) {
        await elsewhere.append([{ stream: `thing-${before + n}`, expected: NO_STREAM, events: [event('A')] }]);
        await until(() => seen === before + n);
      }
      return performance.now() - start;
    };
    // Twenty-five looks without a bell take about twenty-five seconds.
    expect(await hearMany()).toBeLessThan(20_000);
    await server.restart();
    await until(() => server.subscriptions === 2);
    expect(await hearMany()).toBeLessThan(20_000);
    await elsewhere.close();
  });

  it('closes while the server is away, and ends its subscriptions', async () => {
    let calls = 0;
    store.subscribe(0n, async () => {
      calls += 1;
    });
    await append('thing-1', NO_STREAM, event('A'));
    await until(() => calls === 1);
    await server.kill();
    await store.close();
    await server.restart();
    await expect(store.head()).rejects.toThrow('the log is closed');
    expect([calls, server.subscriptions]).toEqual([1, 0]);
  });
});
