import { describe, expect, it } from '@jest/globals';
import type { Row } from '../model/types.ts';
import { asCsv, asJson } from './export-rows.ts';

const ROWS: readonly Row[] = [{ name: 'a "b", c', offset: -3, note: '=1+1', map: { x: 1 }, none: null }];
const columns = ['name', 'offset', 'note', 'map', 'none'].map((id) => ({ id, value: (row: Row) => row[id] }));

describe('rows in a file', () => {
  it('are CSV that no spreadsheet carries out', () => {
    expect(asCsv(ROWS, columns)).toBe('name,offset,note,map,none\r\n"a ""b"", c",-3,\'=1+1,"{""x"":1}",\r\n');
  });

  it('are JSON as the API tells it', () => {
    expect(JSON.parse(asJson(ROWS, columns))).toEqual(ROWS);
  });
});
