import { describe, expect, it } from '@jest/globals';
import type { Changes } from './batch.ts';
import { shelves } from './example-model.ts';
import { LiveRows } from './live-rows.ts';

const row = (count: number) => ({ row: { count }, since: BigInt(count) });
const set = (key: string, count: number): Changes => ({
  ended: [],
  versions: [{ key, from: BigInt(count), to: undefined, row: { count }, text: `{"count":${count}}` }],
  poisoned: [],
});
const end = (key: string): Changes => ({ ended: [{ key, at: 9n }], versions: [], poisoned: [] });

function open(limit = 1_000_000): LiveRows {
  const rows = new LiveRows(limit);
  rows.open();
  return rows;
}

const UNKNOWN = { known: false };
const NONE = { known: true };

describe('live rows in memory', () => {
  it('are those that were read, and that there is none', () => {
    const rows = open();
    rows.fill(shelves, 'a', row(1), 10, rows.mark);
    rows.fill(shelves, 'b', undefined, 0, rows.mark);
    expect(rows.get(shelves, 'a')).toEqual({ known: true, live: row(1) });
    expect(rows.get(shelves, 'b')).toEqual(NONE);
    expect(rows.get(shelves, 'c')).toEqual(UNKNOWN);
    expect(rows.get({ ...shelves, name: 'others' }, 'a')).toEqual(UNKNOWN);
  });

  it('follow what a batch does', () => {
    const rows = open();
    rows.fill(shelves, 'a', row(1), 10, rows.mark);
    rows.apply(shelves, set('a', 2));
    rows.apply(shelves, set('b', 3));
    expect([rows.get(shelves, 'a').live, rows.get(shelves, 'b').live]).toEqual([row(2), row(3)]);
    rows.apply(shelves, end('a'));
    expect(rows.get(shelves, 'a')).toEqual(NONE);
  });

  it('are none that were read before the last change', () => {
    const rows = open();
    const { mark } = rows;
    rows.apply(shelves, set('b', 3));
    rows.fill(shelves, 'a', row(1), 10, mark);
    expect(rows.get(shelves, 'a')).toEqual(UNKNOWN);
  });

  it('are kept only while every change is told', () => {
    const rows = new LiveRows(1_000_000);
    rows.fill(shelves, 'a', row(1), 10, rows.mark);
    rows.apply(shelves, set('b', 3));
    expect([rows.get(shelves, 'a'), rows.get(shelves, 'b')]).toEqual([UNKNOWN, UNKNOWN]);
    rows.open();
    const { mark } = rows;
    rows.apply(shelves, set('b', 3));
    rows.close();
    rows.open();
    rows.fill(shelves, 'a', row(1), 10, mark);
    expect([rows.get(shelves, 'a'), rows.get(shelves, 'b')]).toEqual([UNKNOWN, UNKNOWN]);
  });

  it('take no more than so many bytes: those that were not asked for longest go', () => {
    const rows = open(2500);
    for (const key of ['a', 'b']) rows.fill(shelves, key, row(1), 800, rows.mark);
    rows.get(shelves, 'a');
    rows.fill(shelves, 'c', row(1), 800, rows.mark);
    expect(['a', 'b', 'c'].map((key) => rows.get(shelves, key).known)).toEqual([true, false, true]);
  });

  it('hold one that alone takes more', () => {
    const rows = open(1000);
    rows.fill(shelves, 'a', row(1), 5000, rows.mark);
    expect(rows.get(shelves, 'a').known).toBe(true);
  });
});
