import { expect, it } from '@jest/globals';
import type { Shelf } from '../test/example-model.ts';
import { shelves, ticker } from '../test/example-model.ts';
import type { ReadModel } from './read-model.ts';
import { MAX_FOLDED, streamTables } from './stream-rows.ts';
import type { Tables } from './table-view.ts';

const listed: ReadModel<Shelf> = {
  ...ticker,
  stream: (key) => `shelf-${key}`,
  past: { rows: shelves, where: { kind: 'odd' }, same: { count: 'count' } },
};

it('so many rows are looked through at most; where others tell all that is asked for, none are', async () => {
  const asked: unknown[] = [];
  const past = {
    read: async () => new Map(),
    keys: async (model: ReadModel, options: object) => {
      asked.push([model.name, options]);
      return { keys: [], total: MAX_FOLDED + 1 };
    },
  };
  const folded: string[] = [];
  const streams = { eventsOf: async (stream: string) => (folded.push(stream), []) };
  const tables = streamTables(streams, 7n, past as unknown as Tables);
  expect((await tables.keys(listed, { where: { count: 3 }, skip: 10, count: 5 })).total).toBe(MAX_FOLDED + 1);
  expect(asked).toEqual([['shelves', { where: { count: 3, kind: 'odd' }, skip: 10, count: 5 }]]);
  const refused = `${MAX_FOLDED + 1} were there then, and ${MAX_FOLDED} are looked through at most: use a filter`;
  await expect(tables.keys(listed, { where: { count: 3, kind: 'even' } })).rejects.toThrow(refused);
  await expect(tables.tally(listed, { by: ['kind'] })).rejects.toThrow(refused);
  expect(folded).toEqual([]);
});
