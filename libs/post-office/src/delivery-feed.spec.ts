import { afterEach, describe, expect, it } from '@jest/globals';
import type { Position, StoredEvent } from '#event-store';
import { until } from '#testing';
import { subscriptionConsumer } from './consumers.ts';
import { DeliveryFeed } from './delivery-feed.ts';
import { CursorLost } from './delivery-ledger.ts';
import type { CursorMove } from './delivery-ledger.ts';
import type { NewDelivery } from './waiting-delivery.ts';

const TRACE = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`;
const over: AbortController[] = [];
afterEach(() => {
  for (const one of over.splice(0)) one.abort();
});

/** A log and a ledger in memory. As adapters do, a read is limited before events of other categories are left out. */
function example() {
  const log: StoredEvent[] = [];
  let hear: (events: readonly StoredEvent[], end: Position) => unknown = () => undefined;
  const cursors = new Map<string, Position>();
  const made: NewDelivery[] = [];
  const errors: unknown[] = [];
  const controller = new AbortController();
  over.push(controller);
  const feed = new DeliveryFeed({
    store: {
      head: async () => BigInt(log.length),
      readAll: async (after, { limit = 1000, categories = [] } = {}) => {
        const read = log.filter(({ position }) => position > after).slice(0, limit);
        const events = read.filter(({ stream }) => categories.includes(stream.split('-')[0] ?? ''));
        return { events, end: read.at(-1)?.position ?? after };
      },
      subscribe: (_, handle) => {
        hear = handle;
        return { stop: async () => void (hear = () => undefined) };
      },
    },
    upcasters: {},
    ledger: {
      cursors: async (first) => {
        for (const [name, position] of first) if (!cursors.has(name)) cursors.set(name, position);
        return new Map([...first.keys()].map((name) => [name, cursors.get(name) ?? 0n]));
      },
      add: async (deliveries, moves: readonly CursorMove[]) => {
        for (const { subscriber, from } of moves)
          if (cursors.get(subscriber) !== from) throw new CursorLost(subscriber);
        for (const { subscriber, to } of moves) cursors.set(subscriber, to);
        made.push(...deliveries);
        return [];
      },
      moveOn: async () => undefined,
    },
    facts: { of: async ({ id }) => ({ object: { model: 'Site/Site', id }, site: id, blueprint: null }) },
    categories: ['site'],
    shown: async () => undefined,
    declaredSecrets: async () => [],
    onAdded: () => undefined,
    onError: (error) => errors.push(error),
    signal: controller.signal,
  });
  const append = async (stream: string, type: string): Promise<void> => {
    const position = BigInt(log.length + 1);
    const meta = {
      v: 1,
      at: '2026-01-01T00:00:00.000000+00:00',
      actor: 'ann',
      request: 'r',
      correlation: 'r',
      trace: TRACE,
    };
    log.push({ position, stream, revision: 0, id: `e${position}`, type, data: '{}', meta: JSON.stringify(meta) });
    await hear(
      log.slice(-1).filter((event) => event.stream.startsWith('site-')),
      position,
    );
  };
  const selection = { kinds: ['site.*'], sites: undefined, blueprints: undefined };
  let capacity = 100;
  const consumer = (token: string, begins = 0) =>
    subscriptionConsumer({ token, begins: String(begins) }, selection, () => capacity);
  const told = (subscriber: string) => made.filter((one) => one.subscriber === subscriber).map(({ id }) => id);
  return { append, consumer, cursors, errors, feed, made, told, fill: (n: number) => void (capacity = n) };
}

describe('what deliveries are made of', () => {
  it('is what the log holds behind where a subscriber begins, and then what comes; each once', async () => {
    const { append, consumer, cursors, feed, made, told } = example();
    for (const type of ['SiteDefined', 'SiteDescribed', 'SiteMoved']) await append('site-a', type);
    await feed.setConsumers([consumer('one', 1)]);
    await until(() => feed.reached === 3n);
    await append('site-a', 'SiteConfigured');
    expect([told('one'), cursors.get('one')]).toEqual([['e2', 'e3', 'e4'], 4n]);
    expect(made[0]).toMatchObject({ kind: 'site.described', object: 'Site/Site a', trace: TRACE });
    await feed.setConsumers([consumer('one', 1), consumer('two', 3)]);
    await until(() => told('two').length === 1);
    expect(told('one')).toHaveLength(3);
    await feed.stop();
  });

  it("is found also behind any number of events that are nobody else's business", async () => {
    const { append, consumer, errors, feed, told } = example();
    for (let n = 0; n < 1200; n += 1) await append('other-1', 'Nothing');
    await append('site-a', 'SiteDescribed');
    for (let n = 0; n < 600; n += 1) await append('other-1', 'Nothing');
    await feed.setConsumers([consumer('one')]);
    await until(() => feed.reached === 1801n);
    expect([told('one'), errors]).toEqual([['e1201'], []]);
    await append('site-a', 'SiteMoved');
    expect(told('one')).toEqual(['e1201', 'e1802']);
    await feed.stop();
  });

  it('is read on later for one for whom too much waits, which holds up nobody else', async () => {
    const { append, consumer, feed, fill, told } = example();
    await feed.setConsumers([consumer('one'), { ...consumer('two'), capacity: () => 1 }]);
    await append('site-a', 'SiteDefined');
    await until(() => told('one').length + told('two').length === 2);
    fill(0);
    for (const type of ['SiteDescribed', 'SiteMoved']) await append('site-a', type);
    // It is looked how much waits once something was added.
    expect([told('one'), told('two')]).toEqual([
      ['e1', 'e2'],
      ['e1', 'e2', 'e3'],
    ]);
    fill(5);
    feed.wake();
    await until(() => told('one').length === 3);
    await feed.stop();
  });

  it('is not made twice where another process makes it: it goes on where that one has come to', async () => {
    const { append, consumer, cursors, feed, told } = example();
    await feed.setConsumers([consumer('one')]);
    await append('site-a', 'SiteDefined');
    cursors.set('one', 2n);
    await expect(append('site-a', 'SiteDescribed')).rejects.toThrow(CursorLost);
    await until(() => feed.reached === 2n);
    expect(told('one')).toEqual(['e1']);
    await feed.stop();
  });
});
