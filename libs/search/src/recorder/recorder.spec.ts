import { describe, expect, it } from '@jest/globals';
import type { Json } from '#kernel';
import type { Key, ReadModel } from '#read-store';
import { CachedRow, viewOf } from '#read-store';
import type { Group } from './groups.ts';
import { Recorder } from './recorder.ts';

const COUNT = 1000;
const rows: ReadModel = { name: 'things', version: 1, key: 'integer', history: false, indexes: {}, on: {} };
const keys = Array.from({ length: COUNT }, (_, n) => n + 1);
const view = viewOf({
  cached: async <Row extends object>(_: ReadModel<Row>, wanted: readonly Key[]) =>
    new Map(wanted.map((key) => [key, new CachedRow({} as Row, 1n, 1)])),
  keys: async () => ({ keys, total: COUNT }),
});

/** A recorder over documents whose value `greet` is rendered; `rendered` are those that were. */
function recording() {
  const rendered: Key[] = [];
  const plain = (key: Key): Record<string, Json> => ({ name: `w${key}`, even: Number(key) % 2 === 0 });
  const group: Group = {
    path: 'Test/Thing',
    rows,
    where: {},
    indexes: () => ({}),
    ahead: async () => undefined,
    configuration: async (_, key) => {
      rendered.push(key);
      return { ...plain(key), greet: `hello w${key}` };
    },
    settled: async (key, _, names) => {
      if (names.has('greet')) return undefined;
      return Object.fromEntries(Object.entries(plain(key)).filter(([name]) => names.has(name)));
    },
  };
  const recorder = new Recorder({ Thing: group });
  const find = async (query: object, fields: object = {}) => {
    rendered.length = 0;
    const asked = { group: 'Thing', query: JSON.stringify(query), fields: JSON.stringify(fields), maxResults: 0 };
    const hits = await recorder.find(asked, view, { caller: { source: '' }, now: '' });
    return { hits: hits.map(({ document }) => document), rendered: rendered.length };
  };
  return find;
}

describe('a query over all documents', () => {
  const find = recording();

  it('renders none where neither what is asked nor what is shown has anything to render', async () => {
    const { hits, rendered } = await find({ name: { $in: ['w7', 'w999'] } }, { name: 1 });
    expect([hits, rendered]).toEqual([
      [
        { name: 'w7', _id: 7 },
        { name: 'w999', _id: 999 },
      ],
      0,
    ]);
    expect(await find({ nothing: 1 })).toEqual({ hits: [], rendered: 0 });
    expect((await find({ even: true }, { _id: 1 })).rendered).toBe(0);
  });

  it('renders those that are found where all of them is shown, or a value that is rendered', async () => {
    const whole = { name: 'w7', even: false, greet: 'hello w7', _id: 7 };
    expect(await find({ name: 'w7' })).toEqual({ hits: [whole], rendered: 1 });
    expect(await find({ name: 'w7' }, { greet: 1 })).toEqual({ hits: [{ greet: 'hello w7', _id: 7 }], rendered: 1 });
    expect(await find({ name: 'w7' }, { greet: 0 })).toEqual({
      hits: [{ name: 'w7', even: false, _id: 7 }],
      rendered: 1,
    });
  });

  it('renders all where what is asked may be another once it is rendered', async () => {
    const { hits, rendered } = await find({ $or: [{ name: 'w3' }, { greet: 'hello w7' }] }, { name: 1 });
    expect([hits.map(({ name }) => name), rendered]).toEqual([['w3', 'w7'], COUNT]);
  });
});
