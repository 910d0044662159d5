import { afterEach, describe, expect, it } from '@jest/globals';
import type { SpanOptions } from '#kernel';
import { traceparent, useTracing } from '#kernel';
import { until } from '#testing';
import type { Delivery, DeliverySenderOptions } from './delivery-sender.ts';
import { DeliverySender } from './delivery-sender.ts';

const delivery = (n: number, object: string, more: Partial<Delivery> = {}): Delivery => ({
  n,
  object,
  id: `d${n}`,
  tries: 0,
  subscriber: 'one',
  kind: 'site.described',
  body: String(n),
  ...more,
});

const over: AbortController[] = [];
afterEach(() => {
  for (const one of over.splice(0)) one.abort();
  useTracing(undefined);
});

/** A sender whose receiver answers as it is told to, by the number of the delivery. */
function example(
  answer: (n: number, tries: number) => number | Promise<number>,
  more: Partial<DeliverySenderOptions> = {},
) {
  const controller = new AbortController();
  over.push(controller);
  const tried: number[] = [];
  const written: string[] = [];
  const errors: unknown[] = [];
  let [underWay, most] = [0, 0];
  const sender = new DeliverySender({
    policy: { firstMs: 1, maxMs: 4, giveUpMs: 60_000, maxConcurrent: 3 },
    book: {
      body: async () => undefined,
      delivered: async ({ n }) => void written.push(`delivered ${n}`),
      failed: async ({ n }, error) => void written.push(`failed ${n}: ${error}`),
      giveUp: async ({ n }, error) => void written.push(`given up ${n}: ${error}`),
    },
    send: async ({ body }) => {
      const n = Number(body);
      tried.push(n);
      most = Math.max(most, (underWay += 1));
      try {
        return await answer(n, tried.filter((one) => one === n).length);
      } finally {
        underWay -= 1;
      }
    },
    requestFor: async (_, body) => ({ method: 'POST', url: 'http://x', headers: {}, body }),
    holdBack: () => undefined,
    signal: controller.signal,
    now: () => Date.now(),
    onError: (error) => errors.push(error),
    ...more,
  });
  return { controller, errors, sender, tried, written, most: () => most };
}

describe('the sender of deliveries to one receiver', () => {
  it('makes those about one object in their order, others beside them, so many at once', async () => {
    const { most, sender, tried } = example(async () => (await new Promise((done) => setImmediate(done)), 200));
    sender.add([1, 2, 3].flatMap((n) => ['a', 'b', 'c', 'd', 'e'].map((object, of) => delivery(n * 10 + of, object))));
    await until(() => sender.size === 0);
    expect([tried.length, most()]).toEqual([15, 3]);
    for (let of = 0; of < 5; of += 1) {
      expect(tried.filter((n) => n % 10 === of)).toEqual([10 + of, 20 + of, 30 + of]);
    }
  });

  it('tries one that fails again, and holds back those about its object alone', async () => {
    const { sender, tried, written } = example((n, tries) => (n === 1 && tries < 3 ? 500 : 204));
    sender.add([delivery(1, 'a'), delivery(2, 'a'), delivery(3, 'b')]);
    await until(() => sender.size === 0);
    expect(tried.filter((n) => n !== 3)).toEqual([1, 1, 1, 2]);
    expect(written.filter((text) => !text.endsWith(' 3'))).toEqual([
      'failed 1: the receiver answers 500',
      'failed 1: the receiver answers 500',
      'delivered 1',
      'delivered 2',
    ]);
    expect(sender.failures).toBe(0);
  });

  it('gives up what has failed for too long, and goes on with the next', async () => {
    const { sender, written } = example((n) => (n === 1 ? Promise.reject(new Error('refused')) : 200), {
      policy: { firstMs: 1, maxMs: 1, giveUpMs: 0, maxConcurrent: 1 },
    });
    sender.add([delivery(1, 'a'), delivery(2, 'a')]);
    await until(() => sender.size === 0);
    expect(written).toEqual(['given up 1: refused', 'delivered 2']);
  });

  it('tries a receiver that seems to be down with one delivery at a time, and all that waits once that goes well', async () => {
    let down = true;
    const { sender, written } = example(() => (down ? 503 : 200));
    sender.add(Array.from({ length: 20 }, (_, n) => delivery(n, `object ${n}`)));
    await until(() => sender.failures >= 12);
    down = false;
    await until(() => sender.size === 0);
    expect(written.filter((text) => text.startsWith('delivered'))).toHaveLength(20);
  });

  it('sends nothing while it is held back, nor before its time, nor what nobody is to get any more', async () => {
    let why: string | undefined = 'it is switched off';
    const { sender, tried } = example(() => 200, {
      holdBack: () => why,
      requestFor: async ({ n }, body) => (n === 3 ? undefined : { method: 'POST', url: 'http://x', headers: {}, body }),
    });
    const later = Date.now() + 60_000;
    sender.add([delivery(1, 'a'), { ...delivery(2, 'b'), notBefore: later }, delivery(3, 'c')]);
    await new Promise((resolve) => setImmediate(resolve));
    expect([tried, sender.size]).toEqual([[], 3]);
    why = undefined;
    sender.wake();
    await until(() => sender.size === 0);
    expect(new Set(tried)).toEqual(new Set([1, 2]));
  });

  it('is not made anew where only the books could not be kept', async () => {
    let away = true;
    const { errors, sender, tried } = example(() => 200, {
      book: {
        body: async () => '1',
        delivered: async () => {
          if (!away) return;
          away = false;
          throw new Error('no database');
        },
        failed: async () => undefined,
        giveUp: async () => undefined,
      },
    });
    sender.add([delivery(1, 'a', { body: undefined })]);
    await until(() => sender.size === 0);
    expect([tried, errors.map(String)]).toEqual([[1], ['Error: no database']]);
  });

  it('goes on in the trace of the event, where it is traced; a failure is told', async () => {
    const spans: (readonly [string, SpanOptions, boolean])[] = [];
    let current: string | undefined;
    let failed = false;
    useTracing({
      span: async (name, options, run) => {
        current = `span of ${options.parent}`;
        failed = false;
        try {
          return await run();
        } finally {
          spans.push([name, options, failed]);
          current = undefined;
        }
      },
      traceparent: () => current,
      note: (_, isFailed = false) => void (failed ||= isFailed),
    });
    const seen: unknown[] = [];
    const { sender } = example((n, tries) => (n === 1 && tries === 1 ? 500 : 200), {
      requestFor: async (_, body) => {
        seen.push(traceparent());
        return { method: 'POST', url: 'http://x', headers: {}, body };
      },
    });
    sender.add([delivery(1, 'a', { trace: 'the request' })]);
    await until(() => sender.size === 0);
    expect(seen).toEqual(['span of the request', 'span of the request']);
    const attributes = (tries: number) => ({ 'contractor.delivery': 'd1', 'contractor.tries': tries });
    expect(spans).toEqual([
      ['deliver site.described', { kind: 'client', parent: 'the request', attributes: attributes(1) }, true],
      ['deliver site.described', { kind: 'client', parent: 'the request', attributes: attributes(2) }, false],
    ]);
  });
});
