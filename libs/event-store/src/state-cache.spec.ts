import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Decider, Message } from '#kernel';
import { streamName } from '#kernel';
import type { TestDatabase } from '#testing';
import { testDatabase } from '#testing';
import type { EventStore, NewEvent } from './event-store.ts';
import { NO_STREAM } from './event-store.ts';
import { hashOf } from './hash-chain.ts';
import { postgresEventStore } from './postgres-event-store.ts';
import { StateCache } from './state-cache.ts';

type Wrote = Message<'Wrote', { readonly text: string }>;

/** A book of pages; its state is how many there are. */
const book: Decider<{ pages: number }, never, Wrote> = {
  category: 'book',
  initial: () => ({ pages: 0 }),
  decide: {},
  evolve: { Wrote: (_, { pages }) => ({ pages: pages + 1 }) },
};

const AT = '2026-01-01T00:00:00.000000+00:00';
const page = (text = ''): NewEvent => ({
  id: randomUUID(),
  type: 'Wrote',
  data: JSON.stringify({ text }),
  meta: JSON.stringify({ at: AT }),
});

describe('the states a process remembers', () => {
  let database: TestDatabase;
  let log: EventStore;
  /** The streams that were read from the log, in order. */
  let reads: string[];
  let store: EventStore;

  beforeAll(async () => {
    database = await testDatabase();
    log = await postgresEventStore(database.pool);
    store = {
      ...log,
      readStream: (stream, options) => {
        reads.push(stream);
        return log.readStream(stream, options);
      },
    };
  });
  afterAll(async () => {
    await log.close();
    await database.drop();
  });
  beforeEach(() => {
    reads = [];
  });

  let books = 0;
  const newBook = async (...pages: readonly NewEvent[]): Promise<string> => {
    const id = `b${(books += 1)}`;
    if (pages.length > 0) {
      await log.append([{ stream: streamName('book', id), expected: NO_STREAM, events: pages }]);
    }
    return id;
  };
  const write = (id: string, expected: number, ...events: readonly NewEvent[]) =>
    log.append([{ stream: streamName('book', id), expected, events }]);

  it('are read once', async () => {
    const states = new StateCache(store);
    const id = await newBook(page(), page());
    expect(await states.load(book, id)).toMatchObject({ state: { pages: 2 }, revision: 1, at: AT });
    expect(await states.load(book, id)).toMatchObject({ state: { pages: 2 }, revision: 1 });
    expect(reads).toEqual([streamName('book', id)]);
  });

  it('are whole, however long the stream', async () => {
    const id = await newBook(...Array.from({ length: 1001 }, () => page()));
    expect(await new StateCache(store).load(book, id)).toMatchObject({ state: { pages: 1001 }, revision: 1000 });
  });

  it('are known of streams that are not there, until they are refreshed', async () => {
    const states = new StateCache(store);
    const id = await newBook();
    const stream = streamName('book', id);
    const nothing = { state: { pages: 0 }, revision: NO_STREAM, hash: '' };
    expect([await states.load(book, id), await states.load(book, id)]).toMatchObject([nothing, nothing]);
    expect(reads).toEqual([stream]);
    await write(id, NO_STREAM, page());
    expect(await states.refresh([{ stream, revision: NO_STREAM }])).toBe(true);
    expect(await states.load(book, id)).toMatchObject({ state: { pages: 1 }, revision: 0 });
  });

  it('are known of streams that this process has created, without a look', async () => {
    const states = new StateCache(store);
    const [id, other] = [await newBook(), await newBook()];
    const [one, two] = [page('one'), page('two')];
    states.advance(streamName('book', id), [one, two], 0);
    states.advance(streamName('book', other), [one], 0);
    const found = { state: { pages: 2 }, revision: 1, hash: hashOf(streamName('book', id), 1, two), at: AT };
    expect([await states.load(book, id), states.loadOptimistic(book, id)]).toMatchObject([found, found]);
    expect(states.loadOptimistic(book, other)).toMatchObject({ state: { pages: 1 }, revision: 0 });
    states.advance(streamName('book', id), [page()], 2);
    expect(await states.load(book, id)).toMatchObject({ state: { pages: 3 }, revision: 2 });
    expect(reads).toEqual([]);
  });

  it('are read again of streams that this process has created, where somebody has gone on', async () => {
    const states = new StateCache(store);
    const one = page();
    const id = await newBook(one, page());
    const stream = streamName('book', id);
    states.advance(stream, [one], 0);
    expect(await states.refresh([{ stream, revision: 0 }])).toBe(true);
    expect(await states.load(book, id)).toMatchObject({ state: { pages: 2 }, revision: 1 });
  });

  it('take a part of the bytes for what was created and not asked for', async () => {
    const states = new StateCache(store, { memory: 40_000 });
    const ids = await Promise.all(Array.from({ length: 3 }, () => newBook(page('x'.repeat(4000)))));
    for (const id of ids) states.advance(streamName('book', id), [page('x'.repeat(4000))], 0);
    for (const id of ids) await states.load(book, id);
    expect(reads).toEqual([streamName('book', ids[0] ?? '')]);
  });

  it('may be behind the log, until they are refreshed', async () => {
    const states = new StateCache(store);
    const id = await newBook(page());
    const seen = await states.load(book, id);
    await write(id, 0, page());
    expect((await states.load(book, id)).revision).toBe(0);
    const stream = streamName('book', id);
    expect(await states.refresh([{ stream, revision: seen.revision }])).toBe(true);
    expect(await states.refresh([{ stream, revision: 1 }])).toBe(false);
    expect(await states.load(book, id)).toMatchObject({ state: { pages: 2 }, revision: 1 });
  });

  it('tell whether a stream that is not remembered has moved', async () => {
    const states = new StateCache(store);
    const stream = streamName('book', await newBook(page()));
    expect(await states.refresh([{ stream, revision: NO_STREAM }])).toBe(true);
    expect(await states.refresh([{ stream, revision: 0 }])).toBe(false);
  });

  it('go along with what this process appends', async () => {
    const states = new StateCache(store);
    const id = await newBook(page());
    await states.load(book, id);
    const next = page('next');
    states.advance(streamName('book', id), [next], 1);
    expect(await states.load(book, id)).toMatchObject({
      state: { pages: 2 },
      revision: 1,
      hash: hashOf(streamName('book', id), 1, next),
    });
  });

  it('are forgotten where what is appended does not follow on', async () => {
    const states = new StateCache(store);
    const id = await newBook(page());
    await states.load(book, id);
    await write(id, 0, page(), page());
    states.advance(streamName('book', id), [page()], 2);
    expect(await states.load(book, id)).toMatchObject({ state: { pages: 3 }, revision: 2 });
  });

  it('know what the next event is chained to, remembered or not', async () => {
    const [one, two] = [page('one'), page('two')];
    const id = await newBook(one, two);
    const stream = streamName('book', id);
    const states = new StateCache(store);
    expect(await states.tail(stream, 1)).toMatchObject({ hash: hashOf(stream, 1, two), at: AT });
    await states.load(book, id);
    expect(await states.tail(stream, 1)).toMatchObject({ hash: hashOf(stream, 1, two), at: AT });
    expect(await states.tail(stream, 0)).toMatchObject({ hash: hashOf(stream, 0, one), at: AT });
    expect(await states.tail('book-none', NO_STREAM)).toEqual({ hash: '', at: '' });
  });

  it('take no more than so many bytes: those that were not seen for longest go', async () => {
    const [a, b, c] = await Promise.all(Array.from({ length: 3 }, () => newBook(page('x'.repeat(4000)))));
    // Place for two books of some 4.5 kB.
    const states = new StateCache(store, { memory: 10_000 });
    for (const id of [a, b, a, c]) await states.load(book, id ?? '');
    reads = [];
    for (const id of [a, c, b]) await states.load(book, id ?? '');
    expect(reads).toEqual([streamName('book', b ?? '')]);
  });

  it('take no more than so many bytes, though they grow after they were read', async () => {
    const [a, b] = await Promise.all([newBook(page()), newBook(page())]);
    const states = new StateCache(store, { memory: 10_000 });
    await states.load(book, a);
    await states.load(book, b);
    states.advance(streamName('book', b), [page('x'.repeat(10_000))], 1);
    reads = [];
    await states.load(book, a);
    expect(reads).toEqual([streamName('book', a)]);
  });

  it('are of use even where one alone takes more', async () => {
    const id = await newBook(page('x'.repeat(20_000)));
    const states = new StateCache(store, { memory: 10_000 });
    await states.load(book, id);
    expect(await states.load(book, id)).toMatchObject({ revision: 0 });
    expect(reads).toHaveLength(1);
  });

  it('are the furthest ones where reads overlap', async () => {
    const states = new StateCache(store);
    const id = await newBook(page());
    const [one, two] = await Promise.all([states.load(book, id), states.load(book, id)]);
    expect([one.revision, two.revision]).toEqual([0, 0]);
    await write(id, 0, page());
    await Promise.all(
      Array.from({ length: 5 }, () => states.refresh([{ stream: streamName('book', id), revision: 0 }])),
    );
    expect(await states.load(book, id)).toMatchObject({ state: { pages: 2 }, revision: 1 });
  });
});
