import { describe, expect, it } from '@jest/globals';
import type { Changes } from './batch.ts';
import type { Shelf } from '../test/example-model.ts';
import { shelves, ticker } from '../test/example-model.ts';
import { KeyLists } from './key-lists.ts';
import type { Key, ReadModel } from './read-model.ts';

const open = (max?: number): KeyLists => {
  const lists = new KeyLists(max);
  lists.open();
  return lists;
};

/** A list that was read from the tables with these keys. */
const read = (lists: KeyLists, where: Record<string, string | number | null>, keys: readonly Key[], model = shelves) =>
  lists.loaded(lists.load(model, where, new Map()), keys);

const rows = (of: Record<string, number>) =>
  new Map<Key, Shelf>(Object.entries(of).map(([key, count]) => [key, { count }]));

/** What a batch does that ends the rows there were and leaves these. */
function changes(before: ReadonlyMap<Key, Shelf>, after: Record<string, number>): Changes {
  return {
    ended: [...before.keys()].map((key) => ({ key, at: 9n })),
    versions: Object.entries(after).map(([key, count]) => ({ key, from: 9n, to: undefined, row: { count }, text: '' })),
    poisoned: [],
  };
}

const keysOf = (lists: KeyLists, where: Record<string, string | number | null>, model: ReadModel = shelves) =>
  lists.page(model, { where })?.keys;

describe('lists of keys in memory', () => {
  it('answer any page of what was read', () => {
    const lists = open();
    expect(lists.page(shelves, {})).toBeUndefined();
    read(lists, {}, ['a', 'b', 'c', 'd']);
    expect(lists.page(shelves, { skip: 1, count: 2 })).toEqual({ keys: ['b', 'c'], total: 4 });
    expect(lists.page(shelves, { skip: 3, count: 2 })).toEqual({ keys: ['d'], total: 4 });
    expect(lists.page(shelves, { skip: 4 })).toEqual({ keys: [], total: 4 });
    expect(lists.page(ticker, {})).toBeUndefined();
  });

  it('follow every change, from list to list', () => {
    const lists = open();
    read(lists, {}, ['a', 'b']);
    read(lists, { kind: 'odd' }, ['a']);
    read(lists, { kind: 'even' }, ['b']);
    read(lists, { kind: null }, []);
    read(lists, { kind: 'odd', count: 3 }, []);
    const before = rows({ a: 1, b: 2 });
    lists.changed(shelves, changes(before, { a: 4, c: 3, d: 0 }), before);
    expect(keysOf(lists, {})).toEqual(['a', 'c', 'd']);
    expect(keysOf(lists, { kind: 'odd' })).toEqual(['c']);
    expect(keysOf(lists, { kind: 'even' })).toEqual(['a']);
    expect(keysOf(lists, { kind: null })).toEqual(['d']);
    expect(keysOf(lists, { count: 3, kind: 'odd' })).toEqual(['c']);
  });

  it('take a number and its text for the same value, as the tables do', () => {
    const lists = open();
    read(lists, { count: '3' }, []);
    lists.changed(shelves, changes(rows({}), { c: 3 }), rows({}));
    expect(keysOf(lists, { count: 3 })).toEqual(['c']);
  });

  it('show what changed while they were read, and what no table had shown', () => {
    const lists = open();
    const unwritten = new Map<Key, object | null>([
      ['gone', null],
      ['new', { count: 1 }],
      ['even', { count: 2 }],
    ]);
    const loading = lists.load(shelves, { kind: 'odd' }, unwritten);
    const before = rows({ new: 1, old: 3 });
    lists.changed(shelves, changes(before, { old: 5, other: 7 }), before);
    lists.loaded(loading, ['even', 'gone', 'new', 'old']);
    expect(keysOf(lists, { kind: 'odd' })).toEqual(['old', 'other']);
  });

  it('are none that were read before changes were not told for a while', () => {
    const lists = open();
    read(lists, {}, ['a']);
    const loading = lists.load(ticker, {}, new Map());
    lists.close();
    lists.open();
    lists.loaded(loading, ['a']);
    expect([keysOf(lists, {}), keysOf(lists, {}, ticker)]).toEqual([undefined, undefined]);
    const closed = new KeyLists();
    read(closed, {}, ['a']);
    expect(keysOf(closed, {})).toBeUndefined();
  });

  it('are bounded together: those asked for last stay, too long ones are not kept', () => {
    const lists = open(100);
    const some = Array.from({ length: 20 }, (_, n) => n);
    for (const count of [1, 2]) read(lists, { count }, some);
    expect(keysOf(lists, { count: 1 })).toHaveLength(20);
    read(lists, { count: 3 }, some);
    expect([1, 2, 3].map((count) => keysOf(lists, { count })?.length)).toEqual([20, undefined, 20]);
    expect(lists.fits(31)).toBe(false);
    read(
      lists,
      {},
      Array.from({ length: 31 }, (_, n) => n),
    );
    expect(keysOf(lists, {})).toBeUndefined();
  });

  it('are bounded also where they grow while they are kept', () => {
    const lists = open(100);
    read(lists, {}, []);
    const grown = Object.fromEntries(Array.from({ length: 90 }, (_, n) => [`k${n}`, 1]));
    lists.changed(shelves, changes(rows({}), grown), rows({}));
    expect(keysOf(lists, {})).toBeUndefined();
  });
});
