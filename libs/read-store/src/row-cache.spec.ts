import { describe, expect, it } from '@jest/globals';
import type { Changes } from './batch.ts';
import { shelves } from '../test/example-model.ts';
import type { ReadModel } from './read-model.ts';
import { CachedRow } from './cached-row.ts';
import { RowCache } from './row-cache.ts';

const row = (count: number, length = 11): CachedRow => new CachedRow({ count }, BigInt(count), length);
const set = (key: string, count: number): Changes => ({
  ended: [],
  versions: [{ key, from: BigInt(count), to: undefined, row: { count }, text: `{"count":${count}}` }],
  poisoned: [],
});
const end = (key: string): Changes => ({ ended: [{ key, at: 9n }], versions: [], poisoned: [] });

function open(limit = 1_000_000): RowCache {
  const rows = new RowCache(limit);
  rows.open();
  return rows;
}

describe('live rows in memory', () => {
  it('are those that were read, and that there is none', () => {
    const rows = open();
    rows.keep(shelves, 'a', row(1), rows.mark);
    rows.keep(shelves, 'b', null, rows.mark);
    expect(rows.get(shelves, 'a')?.row).toEqual({ count: 1 });
    expect(rows.get(shelves, 'b')).toBeNull();
    expect(rows.get(shelves, 'c')).toBeUndefined();
    expect(rows.get({ ...shelves, name: 'others' }, 'a')).toBeUndefined();
  });

  it('follow what a batch does', () => {
    const rows = open();
    rows.keep(shelves, 'a', row(1), rows.mark);
    rows.apply(shelves, set('a', 2));
    rows.apply(shelves, set('b', 3));
    expect([rows.get(shelves, 'a')?.row, rows.get(shelves, 'b')?.row]).toEqual([{ count: 2 }, { count: 3 }]);
    expect(rows.get(shelves, 'a')?.since).toBe(2n);
    rows.apply(shelves, end('a'));
    expect(rows.get(shelves, 'a')).toBeNull();
  });

  it('are none that were read before the last change', () => {
    const rows = open();
    const { mark } = rows;
    rows.apply(shelves, set('b', 3));
    rows.keep(shelves, 'a', row(1), mark);
    expect(rows.get(shelves, 'a')).toBeUndefined();
  });

  it('are kept only while every change is told', () => {
    const rows = new RowCache(1_000_000);
    rows.keep(shelves, 'a', row(1), rows.mark);
    rows.apply(shelves, set('b', 3));
    expect([rows.get(shelves, 'a'), rows.get(shelves, 'b')]).toEqual([undefined, undefined]);
    rows.open();
    const { mark } = rows;
    rows.apply(shelves, set('b', 3));
    rows.close();
    rows.open();
    rows.keep(shelves, 'a', row(1), mark);
    expect([rows.get(shelves, 'a'), rows.get(shelves, 'b')]).toEqual([undefined, undefined]);
  });

  it('take no more than so many bytes: those that were not asked for longest go', () => {
    const rows = open(2500);
    for (const key of ['a', 'b']) rows.keep(shelves, key, row(1, 800), rows.mark);
    rows.get(shelves, 'a');
    rows.keep(shelves, 'c', row(1, 800), rows.mark);
    expect(['a', 'b', 'c'].map((key) => rows.get(shelves, key) !== undefined)).toEqual([true, false, true]);
  });

  it('take their room from the model that has most of it', () => {
    const rows = open(4500);
    const different: ReadModel = { ...shelves, name: 'others' };
    rows.keep(different, 'a', row(1, 800), rows.mark);
    for (const key of ['a', 'b', 'c', 'd', 'e']) rows.keep(shelves, key, row(1, 800), rows.mark);
    expect(rows.get(different, 'a')).toBeDefined();
    expect(['a', 'b', 'c', 'd', 'e'].map((key) => rows.get(shelves, key) !== undefined)).toEqual([
      false,
      false,
      true,
      true,
      true,
    ]);
  });

  it('keep room only for what they hold', () => {
    const rows = open(2500);
    for (let round = 0; round < 9; round += 1) rows.keep(shelves, 'a', row(round, 800), rows.mark);
    rows.keep(shelves, 'b', null, rows.mark);
    rows.keep(shelves, 'c', row(1, 800), rows.mark);
    expect(['a', 'b', 'c'].map((key) => rows.get(shelves, key) !== undefined)).toEqual([true, true, true]);
  });

  it('hold one that alone takes more', () => {
    const rows = open(1000);
    rows.keep(shelves, 'a', row(1, 5000), rows.mark);
    expect(rows.get(shelves, 'a')).toBeDefined();
  });
});
