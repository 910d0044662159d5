import { describe, expect, it } from '@jest/globals';
import type { Row } from '../../model/types.ts';
import { arrange, isSame } from './arrange.ts';

const JOBS: readonly Row[] = [
  { id: 12, state: 'queued', name: 'web2', remaining: 30 },
  { id: 3, state: 'queued', name: 'web10', remaining: null },
  { id: 5, state: 'waiting', name: 'db1', remaining: null },
  { id: 7, state: 'error', name: 'app1', remaining: 4 },
];
const columns = ['id', 'state', 'name', 'remaining'].map((id) => ({ id, value: (row: Row) => row[id] }));
const keysOf = (asked: Partial<Parameters<typeof arrange>[2]> = {}) =>
  arrange(JOBS, columns, { text: '', values: {}, sort: undefined, ...asked }).map(({ key }) => key);

describe('the lines of a board', () => {
  it('begin with what is in trouble, each group by id', () => {
    expect(keysOf()).toEqual(['Error', '7', 'Running', '3', '12', 'Waiting', '5']);
  });

  it('are those that are asked for', () => {
    expect(keysOf({ text: 'web' })).toEqual(['Running', '3', '12']);
    expect(keysOf({ values: { state: ['waiting'] } })).toEqual(['Waiting', '5']);
  });

  it('are sorted by a column, what has nothing there last', () => {
    expect(keysOf({ sort: { id: 'remaining', desc: false } })).toEqual(['7', '12', '3', '5']);
    expect(keysOf({ sort: { id: 'remaining', desc: true } })).toEqual(['12', '7', '3', '5']);
    expect(keysOf({ sort: { id: 'name', desc: false } })).toEqual(['7', '5', '12', '3']);
  });

  it('are the same where keys and counts are', () => {
    const lines = arrange(JOBS, columns, { text: '', values: {}, sort: undefined });
    const moved = JOBS.map((job) => ({ ...job, percent: 99 }));
    expect(isSame(lines, arrange(moved, columns, { text: '', values: {}, sort: undefined }))).toBe(true);
    const fewer = arrange(JOBS.slice(1), columns, { text: '', values: {}, sort: undefined });
    expect(isSame(lines, fewer)).toBe(false);
    expect(isSame(fewer, lines)).toBe(false);
  });
});
