import { randomUUID } from 'node:crypto';
import { describe, expect, it, jest } from '@jest/globals';
import { startKurrentDbStandIn } from '#testing';
import { MAX_APPEND_BYTES, NO_STREAM } from './event-store.ts';
import { eventStoreSuite } from '../test/event-store.suite.ts';
import { kurrentdbEventStore } from './kurrentdb-event-store.ts';

jest.setTimeout(240_000);

eventStoreSuite('the log on a stand-in for KurrentDB', async () => {
  const server = await startKurrentDbStandIn();
  const store = await kurrentdbEventStore(server.connectionString);
  return {
    store,
    stop: async () => {
      await store.close();
      await server.stop();
    },
  };
});

const url = process.env['KURRENTDB_URL'];
if (url) {
  eventStoreSuite('the log on a KurrentDB server', async () => {
    const store = await kurrentdbEventStore(url);
    return { store, stop: () => store.close() };
  });
} else {
  describe.skip('the log on a KurrentDB server, whose address KURRENTDB_URL does not tell', () => {
    it('does the same', () => undefined);
  });
}

const event = (type: string) => ({ id: randomUUID(), type, data: '{}', meta: '{}' });

describe('opening a log on KurrentDB', () => {
  it('is refused where the server is older than 26.1', async () => {
    const server = await startKurrentDbStandIn({ version: '26.0.3' });
    await expect(kurrentdbEventStore(server.connectionString)).rejects.toThrow(
      'KurrentDB 26.0.3 cannot keep the log: it needs 26.1 or newer',
    );
    await server.stop();
  });

  it('fails where the server is away, and goes well once it is back', async () => {
    const server = await startKurrentDbStandIn();
    await server.kill();
    await expect(kurrentdbEventStore(server.connectionString)).rejects.toThrow('UNAVAILABLE');
    await server.restart();
    const store = await kurrentdbEventStore(server.connectionString);
    expect(await store.head()).toBe(0n);
    await store.close();
    await server.stop();
  });

  it('finds the leader of a cluster', async () => {
    const server = await startKurrentDbStandIn();
    const cluster = server.connectionString.replace('kurrentdb://', 'kurrentdb+discover://');
    const store = await kurrentdbEventStore(cluster);
    await store.append([{ stream: 'thing-1', expected: NO_STREAM, events: [event('A')] }]);
    expect(await store.readStream('thing-1')).toHaveLength(1);
    await store.close();
    await server.stop();
  });

  it('says what to install where the client package is not there', async () => {
    const load = () => Promise.reject(new Error("Cannot find package '@kurrent/kurrentdb-client'"));
    await expect(kurrentdbEventStore('kurrentdb://127.0.0.1:1', { load })).rejects.toThrow(
      'npm install @kurrent/kurrentdb-client@',
    );
  });

  it('does not repeat a connection string that cannot be read', async () => {
    const opening = kurrentdbEventStore('kurrentdb//root:secret@127.0.0.1');
    await expect(opening).rejects.toThrow('no connection string of KurrentDB');
    await expect(opening).rejects.not.toThrow('secret');
  });
});

describe('the log on KurrentDB', () => {
  it('passes over what other programs have appended', async () => {
    const server = await startKurrentDbStandIn();
    const store = await kurrentdbEventStore(server.connectionString);
    server.foreign('thing-1');
    await store.append([{ stream: 'thing-2', expected: NO_STREAM, events: [event('Ours')] }]);
    server.foreign('thing-3');
    const { events, end } = await store.readAll(0n);
    expect(events.map(({ type }) => type)).toEqual(['Ours']);
    expect(end).toBeGreaterThan(events[0]?.position ?? 0n);
    expect(end).toBe(await store.head());
    await expect(store.readStream('thing-1')).rejects.toThrow('thing-1 holds an event of somebody else');
    await store.close();
    await server.stop();
  });

  it('refuses, by name, what the server finds too large', async () => {
    const server = await startKurrentDbStandIn();
    const store = await kurrentdbEventStore(server.connectionString);
    const write = { stream: 'thing-1', expected: NO_STREAM, events: [event('LongName'.repeat(MAX_APPEND_BYTES / 6))] };
    await expect(store.append([write])).rejects.toMatchObject({
      name: 'AppendRefused',
      rule: 'TOO_LARGE',
    });
    expect(await store.head()).toBe(0n);
    await store.close();
    await server.stop();
  });
});
