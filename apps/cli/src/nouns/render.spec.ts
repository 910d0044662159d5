import { describe, expect, it } from '@jest/globals';
import { detailed, keyValues, lineOf, listed } from './render.ts';

describe('what is shown', () => {
  it.each<[unknown, string]>([
    [null, '-'],
    ['', '-'],
    [undefined, '-'],
    [[], '-'],
    [{}, '-'],
    [0, '0'],
    [true, 'yes'],
    [false, 'no'],
    ['2026-03-01T12:00:00.123456+00:00', '2026-03-01 12:00:00'],
    ['2026-03-01T12:00:00Z', '2026-03-01 12:00:00'],
    ['2026-03-01T12:00:00+02:00', '2026-03-01T12:00:00+02:00'],
    [['a', 1], 'a 1'],
    [{ a: [1] }, '{"a":[1]}'],
  ])('%j as %s', (value, text) => expect(lineOf(value)).toBe(text));

  it('objects as a table as wide as they need it, and as they are', () => {
    const objects = [
      { id: 1, name: 'a long name', _links: {} },
      { id: 22, name: null, _links: {} },
    ];
    expect(listed(objects, { ID: 'id', NAME: 'name', TWICE: ({ id }) => 2 * Number(id) })).toEqual({
      json: [
        { id: 1, name: 'a long name' },
        { id: 22, name: null },
      ],
      text: ['ID  NAME         TWICE', '1   a long name  2', '22  -            44'].join('\n'),
    });
    expect(listed([], { ID: 'id' }).text).toBe('ID');
  });

  it('an object as labels and values, maps and long texts below', () => {
    const object = { name: 'x', map: { a: 1, b: 'two' }, text: 'one\n\n  two\n', none: {}, _links: {} };
    expect(detailed(object, { Name: 'name', Map: 'map', 'Long Text': 'text', None: 'none' })).toEqual({
      json: { name: 'x', map: { a: 1, b: 'two' }, text: 'one\n\n  two\n', none: {} },
      text: ['Name:      x', 'Map:', '  a: 1', '  b: two', 'Long Text:', '  one', '', '    two', 'None:      -'].join(
        '\n',
      ),
    });
  });

  it('a map as keys and values in their order', () =>
    expect(keyValues({ b: 'text', a: [1, { c: null }] }).text).toBe('a:\t[1,{"c":null}]\nb:\ttext'));
});
