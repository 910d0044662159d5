import { describe, expect, it } from '@jest/globals';
import type { Row } from '../model/types.ts';
import { choicesOf, filterRows } from './filter-rows.ts';

const ROWS: readonly Row[] = [
  { id: 1, hostname: 'web1', state: 'built' },
  { id: 2, hostname: 'web2', state: 'planned' },
  { id: 3, hostname: 'db1', state: 'built' },
];
const columns = ['id', 'hostname', 'state'].map((id) => ({ id, value: (row: Row) => row[id] }));
const ids = (text: string, values: Record<string, string[]> = {}) =>
  filterRows(ROWS, columns, { text, values }).map(({ id }) => id);

describe('rows of a list', () => {
  it('are those that have all words somewhere', () => {
    expect(ids('')).toEqual([1, 2, 3]);
    expect(ids('WEB')).toEqual([1, 2]);
    expect(ids('web built')).toEqual([1]);
    expect(ids('nothing')).toEqual([]);
  });

  it('are those that have one of the values', () => {
    expect(ids('', { state: ['built'] })).toEqual([1, 3]);
    expect(ids('db', { state: ['built', 'planned'] })).toEqual([3]);
    expect(ids('', { state: [] })).toEqual([1, 2, 3]);
  });

  it('tell what there is to choose among', () => {
    expect(choicesOf(ROWS, columns[2]!)).toEqual([
      ['built', 2],
      ['planned', 1],
    ]);
  });
});
