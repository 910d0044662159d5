import { describe, expect, it } from '@jest/globals';
import { array, assert, constantFrom, integer, oneof, property, tuple } from 'fast-check';
import type { Message } from '#kernel';
import type { Changes, Version } from './batch.ts';
import { foldBatch, freshKeys, keysIn } from './batch.ts';
import type { Shelf } from '../test/example-model.ts';
import { happened, happenings, shelves, ticker } from '../test/example-model.ts';
import type { Key, ReadModel, Recorded } from './read-model.ts';
import { begin, gone } from './read-model.ts';

/** A table of versions in memory, and how batches are written into it. */
class Table {
  versions: Omit<Version, 'text'>[] = [];
  readonly poisoned = new Map<Key, unknown>();
  readonly #model: ReadModel<Shelf>;

  constructor(model: ReadModel<Shelf>) {
    this.#model = model;
  }

  get live(): Map<Key, object> {
    return new Map(this.versions.filter(({ to }) => to === undefined).map(({ key, row }) => [key, row]));
  }

  write(...events: readonly Recorded[]): Changes {
    const changes = foldBatch(this.#model, events, this.live, new Set(this.poisoned.keys()));
    for (const { key, at } of changes.ended) {
      this.versions = this.versions
        .map((version) => (version.key === key && version.to === undefined ? { ...version, to: at } : version))
        .filter(({ to }) => this.#model.history || to === undefined);
    }
    this.versions.push(...changes.versions.map(({ text: _, ...version }) => version));
    for (const one of changes.poisoned) this.poisoned.set(one.key, one);
    return changes;
  }
}

const { put, add, addToAll, touch, spoil, take } = happenings;
const a = (position: number, what: Message) => happened(position, 'a', what);
const b = (position: number, what: Message) => happened(position, 'b', what);

describe('a batch of events', () => {
  it('folds several events on one row, each into a version of its own', () => {
    const table = new Table(shelves);
    const changes = table.write(a(1, put(5)), a(2, add(1)), a(3, add(1)));
    expect(changes.ended).toEqual([]);
    expect(table.versions).toEqual([
      { key: 'a', from: 1n, to: 2n, row: { count: 5 } },
      { key: 'a', from: 2n, to: 3n, row: { count: 6 } },
      { key: 'a', from: 3n, to: undefined, row: { count: 7 } },
    ]);
  });

  it('ends the version that was live before it', () => {
    const table = new Table(shelves);
    table.write(a(1, put(5)));
    expect(table.write(a(2, add(1))).ended).toEqual([{ key: 'a', at: 2n }]);
  });

  it('stores a row as JSON text', () => {
    const [version] = new Table(shelves).write(a(1, put(5))).versions;
    expect(version?.text).toBe('{"count":5}');
  });

  it('lets a row end and begin again', () => {
    const table = new Table(shelves);
    table.write(a(1, put(5)));
    table.write(a(2, take()), a(3, put(9)));
    table.write(a(4, take()));
    expect(table.versions).toEqual([
      { key: 'a', from: 1n, to: 2n, row: { count: 5 } },
      { key: 'a', from: 3n, to: 4n, row: { count: 9 } },
    ]);
  });

  it('makes nothing of a row that begins and ends in it, where there is no history', () => {
    const table = new Table(ticker);
    expect(table.write(a(1, put(5)), a(2, take()))).toEqual({ ended: [], versions: [], poisoned: [] });
  });

  it('keeps the last version only, where there is no history', () => {
    const table = new Table(ticker);
    table.write(a(1, put(5)), a(2, add(1)), a(3, add(1)));
    expect(table.versions).toEqual([{ key: 'a', from: 3n, to: undefined, row: { count: 7 } }]);
  });

  it('makes no version of an event that changes nothing', () => {
    const table = new Table(shelves);
    table.write(a(1, put(5)));
    expect(table.write(a(2, touch()), a(3, touch()))).toEqual({ ended: [], versions: [], poisoned: [] });
  });

  it('changes all rows an event concerns', () => {
    const table = new Table(shelves);
    table.write(a(1, put(5)), b(2, put(0)), a(3, addToAll(2, 'a', 'b')));
    expect(Object.fromEntries(table.live)).toEqual({ a: { count: 7 }, b: { count: 2 } });
    expect(keysIn(shelves, [a(1, put(5)), a(3, addToAll(2, 'a', 'b'))])).toEqual(['a', 'b']);
  });

  it('passes by events that are none of its business', () => {
    const event = { ...a(1, put(5)), type: 'SomethingElse' };
    expect(keysIn(shelves, [event])).toEqual([]);
    expect(new Table(shelves).write(event)).toEqual({ ended: [], versions: [], poisoned: [] });
  });

  it('leaves a row alone from the event on that it cannot be folded with, and only that row', () => {
    const table = new Table(shelves);
    table.write(a(1, put(5)), b(2, put(5)));
    const { poisoned } = table.write(a(3, add(1)), a(4, spoil()), a(5, add(1)), b(6, add(1)));
    expect(poisoned).toEqual([{ model: 'shelves', key: 'a', position: 4n, error: 'Error: spoilt' }]);
    table.write(a(7, add(1)), b(8, add(1)));
    expect(Object.fromEntries(table.live)).toEqual({ a: { count: 6 }, b: { count: 7 } });
  });

  it('takes a row that cannot be indexed for spoilt', () => {
    const table = new Table({
      ...shelves,
      indexes: {
        count: ({ count }) => {
          if (count > 9) throw new Error('too high to see');
          return count;
        },
      },
    });
    const { poisoned } = table.write(a(1, put(9)), a(2, add(1)));
    expect(poisoned).toMatchObject([{ key: 'a', position: 2n, error: 'Error: too high to see' }]);
    expect(Object.fromEntries(table.live)).toEqual({ a: { count: 9 } });
  });

  it.each([
    ['with', shelves],
    ['without', ticker],
  ])('comes to the same wherever it is cut, %s history', (_, model) => {
    const n = integer({ min: 0, max: 9 });
    const what = oneof(
      n.map(put),
      n.map(add),
      n.map((n) => addToAll(n, 'a', 'b')),
      constantFrom(touch(), take(), spoil()),
    );
    const story = array(tuple(constantFrom('a', 'b', 'c'), what), { maxLength: 20 }).map((told) =>
      told.map(([id, message], index) => happened(index + 1, id, message)),
    );
    const byStart = (table: Table) =>
      table.versions.toSorted((one, other) =>
        one.key === other.key ? Number(one.from - other.from) : one.key < other.key ? -1 : 1,
      );
    assert(
      property(story, array(integer({ min: 1, max: 5 })), (events, sizes) => {
        const [single, cut] = [new Table(model), new Table(model)];
        for (const event of events) single.write(event);
        const rest = [...events];
        for (const size of sizes) cut.write(...rest.splice(0, size));
        cut.write(...rest);
        expect(byStart(cut)).toEqual(byStart(single));
        expect(cut.poisoned).toEqual(single.poisoned);
      }),
    );
  });
});

describe('rows that are not looked for before a batch', () => {
  it('are those whose streams begin in it', () => {
    const { AddedToAll: _, ...on } = shelves.on;
    const own: ReadModel<Shelf> = { ...shelves, on };
    const first = { ...a(1, put(1)), revision: 0 };
    const later = { ...b(2, put(1)), revision: 3 };
    expect([...freshKeys(own, [first, { ...a(3, add(1)), revision: 1 }, later])]).toEqual(['a']);
  });

  it('are those that begin by rule, but not where they were there before in the same batch', () => {
    const key = ({ id }: Recorded) => id;
    const placed: ReadModel<Shelf> = {
      ...shelves,
      on: { Put: begin<Shelf, { n: number }>(({ data }) => ({ count: data.n }), key), Taken: gone<Shelf>(key) },
    };
    expect([...freshKeys(placed, [a(1, put(1)), b(2, take()), b(3, put(2))])]).toEqual(['a']);
    const table = new Table(placed);
    table.write(b(1, put(1)));
    table.write(a(2, put(1)), b(3, take()), b(4, put(2)));
    expect(Object.fromEntries(table.live)).toEqual({ a: { count: 1 }, b: { count: 2 } });
  });
});
