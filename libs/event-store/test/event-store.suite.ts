import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Conflict } from '#kernel';
import type { EventStore, NewEvent, Position, StoredEvent } from '../src/event-store.ts';
import { MAX_APPEND_BYTES, NO_STREAM } from '../src/event-store.ts';

const event = (type: string, data: unknown = {}): NewEvent => ({
  id: randomUUID(),
  type,
  data: JSON.stringify(data),
  meta: '{"v":"1"}',
});

let streams = 0;
const fresh = (category = 'thing'): string => `${category}-${(streams += 1)}x${randomUUID()}`;

/** What every adapter of the log has to do. */
export function eventStoreSuite(name: string, make: () => Promise<{ store: EventStore; stop(): Promise<void> }>): void {
  describe(name, () => {
    let store: EventStore;
    let stop: () => Promise<void>;
    beforeAll(async () => ({ store, stop } = await make()));
    afterAll(() => stop());

    const append = (stream: string, expected: number, ...events: NewEvent[]) =>
      store.append([{ stream, expected, events }]);

    it('gives back what was appended, to the letter and in order', async () => {
      const stream = fresh();
      const one = { ...event('One'), data: '{"10":1,"9":"\\u0001ü\\n", "b" :null}' };
      await append(stream, NO_STREAM, one, event('Two'));
      const { position } = await append(stream, 1, event('Three'));
      const read = await store.readStream(stream);
      expect(read.map(({ type, revision }) => [type, revision])).toEqual([
        ['One', 0],
        ['Two', 1],
        ['Three', 2],
      ]);
      expect(read[0]).toMatchObject(one);
      expect(read[2]?.position).toBe(position);
    });

    it('reads from a revision, backwards, and a few at a time', async () => {
      const stream = fresh();
      await append(stream, NO_STREAM, event('A'), event('B'), event('C'), event('D'));
      const types = (events: StoredEvent[]) => events.map(({ type }) => type).join('');
      expect(types(await store.readStream(stream, { from: 2 }))).toBe('CD');
      expect(types(await store.readStream(stream, { limit: 2 }))).toBe('AB');
      expect(types(await store.readStream(stream, { direction: 'backwards', limit: 3 }))).toBe('DCB');
      expect(types(await store.readStream(stream, { direction: 'backwards', from: 1 }))).toBe('BA');
      expect(await store.readStream(fresh())).toEqual([]);
    });

    it.each([
      ['a stream that is there, taken for new', 0, NO_STREAM],
      ['a revision that has passed', 2, 1],
      ['a revision that has not come yet', 0, 3],
      ['a stream that is not there', -1, 0],
    ])('refuses %s', async (_, actual, expected) => {
      const stream = fresh();
      for (let revision = 0; revision <= actual; revision += 1) await append(stream, revision - 1, event('Old'));
      await expect(append(stream, expected, event('New'))).rejects.toMatchObject({
        name: 'Conflict',
        streams: [stream],
      });
      expect(await store.readStream(stream)).toHaveLength(actual + 1);
    });

    it('appends to several streams or to none', async () => {
      const [one, two] = [fresh(), fresh()];
      await append(two, NO_STREAM, event('There'));
      const writes = (expected: number) => [
        { stream: one, expected: NO_STREAM, events: [event('A')] },
        { stream: two, expected, events: [event('B')] },
      ];
      await expect(store.append(writes(NO_STREAM))).rejects.toBeInstanceOf(Conflict);
      expect(await store.readStream(one)).toEqual([]);
      await store.append(writes(0));
      expect(await store.readStream(one)).toHaveLength(1);
      expect(await store.readStream(two)).toHaveLength(2);
    });

    it('appends only while the streams that were read have not moved', async () => {
      const [read, absent, written] = [fresh(), fresh(), fresh()];
      await append(read, NO_STREAM, event('A'));
      const write = (revision: number, absentRevision: number) =>
        store.append(
          [{ stream: written, expected: NO_STREAM, events: [event('B')] }],
          [
            { stream: read, revision },
            { stream: absent, revision: absentRevision },
          ],
        );
      await expect(write(1, NO_STREAM)).rejects.toMatchObject({ streams: [read] });
      await expect(write(0, 0)).rejects.toMatchObject({ streams: [absent] });
      await write(0, NO_STREAM);
    });

    it('takes a retry of an append that had succeeded for what it is', async () => {
      const [one, two] = [fresh(), fresh()];
      const writes = [
        { stream: one, expected: NO_STREAM, events: [event('A'), event('B')] },
        { stream: two, expected: NO_STREAM, events: [event('C')] },
      ];
      const first = await store.append(writes);
      await append(one, 1, event('Later'));
      expect(await store.append(writes)).toEqual({ position: first.position, repeated: true });
      expect(await store.readStream(one)).toHaveLength(3);
    });

    it.each([
      ['all of it again', NO_STREAM, 'ABC', 'repeated'],
      ['its beginning again', NO_STREAM, 'AB', 'repeated'],
      ['its middle again', 0, 'B', 'repeated'],
      ['its end again', 1, 'C', 'repeated'],
      ['another beginning', NO_STREAM, 'XBC', 'conflict'],
      ['another end', NO_STREAM, 'ABX', 'conflict'],
      ['all of it and more', NO_STREAM, 'ABCX', 'conflict'],
      ['its end and more', 1, 'CX', 'conflict'],
      ['something new in its middle', 0, 'X', 'conflict'],
      ['its events in another order', NO_STREAM, 'BA', 'conflict'],
      ['one of its events in another place', 1, 'A', 'conflict'],
      ['one of its events where it has not come yet', 3, 'A', 'conflict'],
      ['one of its events behind the last', 2, 'A', 'appended'],
      ['something new behind the last', 2, 'X', 'appended'],
    ])('knows of a stream of three what an append is of %s', async (_, expected, letters, what) => {
      const stream = fresh();
      const events = new Map(Array.from('ABCX', (letter) => [letter, event(letter)]));
      const of = (text: string) => Array.from(text, (letter) => events.get(letter) ?? event(letter));
      const first = await append(stream, NO_STREAM, ...of('ABC'));
      const outcome = await append(stream, expected, ...of(letters)).then(
        ({ repeated }) => (repeated ? 'repeated' : 'appended'),
        (error: unknown) => (error instanceof Conflict ? 'conflict' : error),
      );
      expect(outcome).toBe(what);
      const types = (await store.readStream(stream)).map(({ type }) => type).join('');
      expect(types).toBe(what === 'appended' ? `ABC${letters}` : 'ABC');
      if (letters === 'ABC') expect((await append(stream, expected, ...of(letters))).position).toBe(first.position);
    });

    it('takes a retry for one also where a stream that was only read has moved since', async () => {
      const [read, written] = [fresh(), fresh()];
      const writes = [{ stream: written, expected: NO_STREAM, events: [event('A')] }];
      const checks = [{ stream: read, revision: NO_STREAM }];
      const first = await store.append(writes, checks);
      await append(read, NO_STREAM, event('Moved'));
      expect(await store.append(writes, checks)).toEqual({ position: first.position, repeated: true });
    });

    it('takes the second of two that are the same, sent at once, for the retry', async () => {
      const stream = fresh();
      const writes = [{ stream, expected: NO_STREAM, events: [event('A')] }];
      const appended = await Promise.all([store.append(writes), store.append(writes)]);
      expect(appended.filter(({ repeated }) => repeated)).toHaveLength(1);
      expect(appended[0].position).toBe(appended[1].position);
      expect(await store.readStream(stream)).toHaveLength(1);
    });

    it('takes a retry over several streams for one only where all of it is there, and names what stands against it', async () => {
      const [there, moved, still] = [fresh(), fresh(), fresh()];
      const again = event('A');
      await append(there, NO_STREAM, again);
      await append(moved, NO_STREAM, event('Other'));
      const write = (stream: string, ...events: NewEvent[]) => ({ stream, expected: NO_STREAM, events });
      const named = (...writes: Parameters<EventStore['append']>[0]) =>
        store.append(writes).then(
          () => [],
          (error: unknown) => (error instanceof Conflict ? error.streams.toSorted() : error),
        );
      expect(await named(write(there, again), write(moved, event('B')))).toEqual([there, moved].toSorted());
      expect(await named(write(there, again), write(still, event('C')))).toEqual([there]);
      expect(await store.readStream(still)).toEqual([]);
    });

    it('refuses, by name, what no store takes', async () => {
      const stream = fresh();
      const rule = (promise: Promise<unknown>) =>
        promise.then(
          () => 'taken',
          (error: { rule?: string }) => error.rule,
        );
      const [write] = [{ stream, expected: NO_STREAM, events: [event('A')] }];
      expect(await rule(store.append([]))).toBe('EMPTY');
      expect(await rule(store.append([{ ...write, events: [] }]))).toBe('EMPTY');
      expect(await rule(store.append([write, write]))).toBe('STREAM_TWICE');
      expect(await rule(store.append([write], [{ stream, revision: 0 }]))).toBe('STREAM_TWICE');
      expect(await rule(store.append([write, { ...write, stream: stream.toUpperCase() }]))).toBe('STREAM_TWICE');
      expect(await rule(append(stream, NO_STREAM, { ...event('A'), data: 'x\u0000' }))).toBe('NUL_CHARACTER');
      expect(await rule(append(stream, NO_STREAM, { ...event('A'), data: 'x'.repeat(MAX_APPEND_BYTES) }))).toBe(
        'TOO_LARGE',
      );
    });

    it('lets exactly one of many win, and loses nothing of the others', async () => {
      const stream = fresh();
      const one = async (n: number) => {
        for (;;) {
          const revision = (await store.readStream(stream)).length - 1;
          try {
            return await append(stream, revision, event('Mine', n));
          } catch (error) {
            if (!(error instanceof Conflict)) throw error;
          }
        }
      };
      await Promise.all(Array.from({ length: 12 }, (_, n) => one(n)));
      const read = await store.readStream(stream);
      expect(read.map(({ revision }) => revision)).toEqual(read.map((_, n) => n));
      expect(new Set(read.map(({ data }) => data)).size).toBe(12);
    });

    it('reads the whole log in order, from a position, by category', async () => {
      const start = await store.head();
      const [a, b] = [fresh('apple'), fresh('pear')];
      await append(a, NO_STREAM, event('A1'));
      await append(b, NO_STREAM, event('B1'), event('B2'));
      await append(a, 0, event('A2'));
      const mine = ({ stream }: StoredEvent) => stream === a || stream === b;
      const all = await store.readAll(start);
      expect(all.events.filter(mine).map(({ type }) => type)).toEqual(['A1', 'B1', 'B2', 'A2']);
      expect(all.end).toBe(await store.head());
      expect(await store.last()).toEqual(all.events.at(-1));
      const pears = await store.readAll(start, { categories: ['pear'] });
      expect(pears.events.map(({ type }) => type)).toEqual(['B1', 'B2']);
      expect(await store.readAll(start, { categories: ['quince'] })).toEqual({ events: [], end: all.end });
      const page = await store.readAll(start, { limit: 2 });
      expect((await store.readAll(page.end)).events.map(({ type }) => type)).toEqual(['B2', 'A2']);
    });

    it('reads the events that stand at positions, in the order of the log', async () => {
      const start = await store.head();
      const [a, b] = [fresh('lemon'), fresh('lime')];
      await append(a, NO_STREAM, event('A1'), event('A2'));
      await append(b, NO_STREAM, event('B1'));
      const { events } = await store.readAll(start, { categories: ['lemon', 'lime'] });
      const [first, second, third] = events;
      expect(await store.readAt([third!.position, first!.position, 0n])).toEqual([first, third]);
      expect(await store.readAt([second!.position])).toEqual([second]);
      expect(await store.readAt([])).toEqual([]);
    });

    it('brings a subscriber what is there, then what comes, each once and in order', async () => {
      const start = await store.head();
      const stream = fresh('plum');
      await append(stream, NO_STREAM, event('0'));
      const seen: string[] = [];
      let reached: Position = start;
      const arrived = new Promise<void>((resolve) => {
        const subscription = store.subscribe(
          start,
          async (events, end) => {
            seen.push(...events.map(({ type }) => type));
            reached = end;
            if (seen.length === 21) void subscription.stop().then(resolve);
          },
          { categories: ['plum'], limit: 5 },
        );
      });
      for (let n = 1; n <= 20; n += 1) await append(stream, n - 1, event(String(n)));
      await arrived;
      expect(seen).toEqual(Array.from({ length: 21 }, (_, n) => String(n)));
      expect(reached).toBe(await store.head());
    });

    it('gives a subscriber that failed the same batch again', async () => {
      const start = await store.head();
      await append(fresh('fig'), NO_STREAM, event('Once'));
      let calls = 0;
      const errors: unknown[] = [];
      await new Promise<void>((resolve) => {
        const subscription = store.subscribe(
          start,
          async (events) => {
            calls += 1;
            if (calls < 3) throw new Error('not now');
            expect(events.map(({ type }) => type)).toEqual(['Once']);
            void subscription.stop().then(resolve);
          },
          { categories: ['fig'], onError: (error) => errors.push(error) },
        );
      });
      expect(calls).toBe(3);
      expect(errors).toHaveLength(2);
    });

    it('never lets a reader skip a late commit', async () => {
      const start = await store.head();
      const streams = Array.from({ length: 8 }, () => fresh('late'));
      const seen: StoredEvent[] = [];
      const total = 8 * 25;
      const arrived = new Promise<void>((resolve) => {
        const subscription = store.subscribe(
          start,
          async (events) => {
            seen.push(...events);
            if (seen.length >= total) void subscription.stop().then(resolve);
          },
          { categories: ['late'] },
        );
      });
      await Promise.all(
        streams.map(async (stream) => {
          for (let n = 0; n < 25; n += 1) await append(stream, n - 1, event(String(n)));
        }),
      );
      await arrived;
      expect(seen).toHaveLength(total);
      expect(seen.every(({ position }, n) => n === 0 || position > (seen[n - 1]?.position ?? 0n))).toBe(true);
      for (const stream of streams) {
        expect(seen.filter((event) => event.stream === stream).map(({ revision }) => revision)).toEqual(
          Array.from({ length: 25 }, (_, n) => n),
        );
      }
    });
  });
}
