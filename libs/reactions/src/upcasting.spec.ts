import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Decider, Message } from '#kernel';
import type { Recorded, Upcasters } from '#event-store';
import { CommandExecutor, positionAt, systemClock } from '#event-store';
import type { ReadModel } from '#read-store';
import { openReadStore, rule } from '#read-store';
import { until } from '#testing';
import { ExampleServers } from '../test/example-servers.suite.ts';

jest.setTimeout(240_000);

type BoxSold = Message<'BoxSold', { readonly cents: number }>;

/** A box was once sold for euros; and what a request came to was once kept under another name. */
const upcasters: Upcasters = {
  BoxSold: [({ euros }: { euros: number }) => ({ cents: euros * 100 })],
  RequestCarriedOut: [({ key, answer }: { key: string; answer: unknown }) => ({ once: key, value: answer })],
};

const box: Decider<number, Message<'SellBox', { readonly cents: number }>, BoxSold> = {
  category: 'box',
  snapshotVersion: 1,
  initial: () => 0,
  decide: { SellBox: (data) => ({ type: 'BoxSold', data }) },
  evolve: { BoxSold: ({ cents }, sum) => sum + cents },
};

const boxes: ReadModel<{ readonly cents: number }> = {
  name: 'boxes',
  version: 1,
  key: 'text',
  history: true,
  indexes: {},
  on: {
    BoxSold: rule<{ readonly cents: number }, BoxSold['data']>((row, { data }) => ({
      cents: (row?.cents ?? 0) + data.cents,
    })),
  },
};

const AT = '2026-01-01T00:00:00.000000+00:00';

describe('an event in an old shape', () => {
  let servers: ExampleServers;
  beforeEach(async () => {
    servers = await ExampleServers.open();
    await old('box-1', 'BoxSold', { euros: 5 });
  });
  afterEach(() => servers.close());

  const old = async (stream: string, type: string, data: object): Promise<void> => {
    const meta = JSON.stringify({ v: 1, at: AT, actor: 'me', request: 'r', correlation: 'c', prev: '' });
    const event = { id: randomUUID(), type, data: JSON.stringify(data), meta };
    await servers.store.append([{ stream, expected: -1, events: [event] }]);
  };
  const executor = () => new CommandExecutor(servers.store, systemClock(), { upcasters });
  const metadata = (request: string) => ({ actor: 'me', request, correlation: request });

  it('is decided on in the shape of today, and followed by events of today', async () => {
    const commands = executor();
    const { value } = await commands.execute(metadata('one'), (work) => work.load(box, '1'));
    expect(value).toBe(500);
    await commands.execute(metadata('two'), (work) => work.decide(box, '1', { type: 'SellBox', data: { cents: 1 } }));
    expect((await commands.execute(metadata('three'), (work) => work.load(box, '1'))).value).toBe(501);
    expect((await executor().execute(metadata('four'), (work) => work.load(box, '1'))).value).toBe(501);
    const versions = (await servers.store.readStream('box-1')).map(({ meta }) => (JSON.parse(meta) as { v: number }).v);
    expect(versions).toEqual([1, 2]);
  });

  it('is what a request came to', async () => {
    await old('request-before', 'RequestCarriedOut', { key: 'mark', answer: { id: 7 } });
    const done = await executor().execute({ ...metadata('before'), idempotencyKey: 'mark' }, () =>
      Promise.reject(new Error('it is carried out again')),
    );
    expect(done).toMatchObject({ value: { id: 7 }, position: 2n });
  });

  it('keeps what a request comes to now in the shape of today', async () => {
    await executor().execute({ ...metadata('now'), idempotencyKey: 'mark' }, async (work) => {
      await work.decide(box, '2', { type: 'SellBox', data: { cents: 1 } });
      return 'sold';
    });
    const [event] = await servers.store.readStream('request-now');
    expect([event?.type, JSON.parse(event?.data ?? '')]).toEqual([
      'RequestCarriedOut',
      { once: 'mark', value: 'sold' },
    ]);
  });

  it('is folded into rows, live, made anew, and as of a position', async () => {
    const onError = (error: unknown) => {
      throw error;
    };
    const { store, database } = servers;
    const reads = openReadStore({ store, pool: database.pool, models: [boxes], upcasters, onError });
    await reads.projector.start();
    const head = await store.head();
    await reads.projector.caughtUp(head, 120_000);
    const shown = async () => [await reads.now.get(boxes, '1'), await reads.at(head).get(boxes, '1')];
    expect(await shown()).toEqual([{ cents: 500 }, { cents: 500 }]);
    await reads.projector.rebuild();
    expect(await shown()).toEqual([{ cents: 500 }, { cents: 500 }]);
    await reads.projector.stop();
  });

  it('comes to reactions and followers, and out of dead letters', async () => {
    const seen: (readonly [string, unknown])[] = [];
    let broken = true;
    const note = (who: string) => (events: readonly Recorded[]) => {
      for (const { data } of events) seen.push([who, data]);
    };
    const { runner } = await servers.start(
      [
        {
          kind: 'reaction',
          name: 'ship',
          categories: ['box'],
          from: 'start',
          handle: async (events) => {
            if (broken) throw new Error('no lorry');
            note('ship')(events);
          },
        },
        {
          kind: 'reaction',
          name: 'book',
          categories: ['box'],
          from: 'start',
          handle: async (all) => note('book')(all),
        },
        {
          kind: 'follower',
          name: 'screen',
          categories: ['box'],
          begin: async () => 0n,
          handle: note('screen'),
        },
      ],
      { upcasters },
    );
    let letter: number | undefined;
    while (letter === undefined) letter = (await runner.deadLetters.list({ skip: 0, count: 1 })).letters[0]?.id;
    broken = false;
    await runner.deadLetters.retry(letter);
    runner.wake('dead letters');
    await until(() => seen.length === 3);
    expect(seen.toSorted(([one], [other]) => (one < other ? -1 : 1))).toEqual([
      ['book', { cents: 500 }],
      ['screen', { cents: 500 }],
      ['ship', { cents: 500 }],
    ]);
  });

  it('is found by its time', async () => {
    expect(await positionAt(servers.store, AT)).toBe(1n);
  });
});
