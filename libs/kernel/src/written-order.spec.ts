import { expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { writeJson } from './integral-float.ts';
import { inWrittenOrder, objectOf, pairsOf, parseJson } from './written-order.ts';

const pairs = (text: string) => pairsOf(parseJson(text) as Record<string, unknown>);

it.each([
  [
    '{"10": 1, "9": 2}',
    [
      ['10', 1],
      ['9', 2],
    ],
  ],
  [
    '{"b": 1, "a": 2, "1": 3}',
    [
      ['b', 1],
      ['a', 2],
      ['1', 3],
    ],
  ],
  [
    '{"10:VM": 1, "10": 2}',
    [
      ['10:VM', 1],
      ['10', 2],
    ],
  ],
  [
    '{"1": "\\"2\\": 3", "0": 4}',
    [
      ['1', '"2": 3'],
      ['0', 4],
    ],
  ],
  [
    '{"1": 1, "0": 2, "1": 3}',
    [
      ['1', 3],
      ['0', 2],
    ],
  ],
  [
    '{"__proto__": 1, "2": 2, "1": 3}',
    [
      ['__proto__', 1],
      ['2', 2],
      ['1', 3],
    ],
  ],
])('%s keeps its order', (text, expected) => expect(pairs(text)).toEqual(expected));

it('is the same objects else', () => {
  expect(parseJson('{"2": {"k": [1, {"1": null, "0": true}]}, "1": "x"}')).toEqual({
    '2': { k: [1, { '1': null, '0': true }] },
    '1': 'x',
  });
  expect(() => parseJson('{"1": }')).toThrow(SyntaxError);
});

it.each(['{"b":1,"10":{"2":[{"9":1.0,"a":null},"x"],"1":true},"2":2.5}', '[1.0,"x"]', '1.0', 'null'])(
  '%s is written as it was',
  (text) => expect(writeJson(inWrittenOrder(parseJson(text)))).toBe(text),
);

it('is written in the order of the pairs', () => {
  const object = objectOf<unknown>([
    ['10', { a: 1 }],
    ['9', 2],
    ['a', 3],
  ]);
  expect(JSON.stringify(object)).toBe('{"10":{"a":1},"9":2,"a":3}');
  expect(Object.entries(object)).toEqual([
    ['10', { a: 1 }],
    ['9', 2],
    ['a', 3],
  ]);
  expect(object['9']).toBe(2);
  expect(
    JSON.stringify(
      objectOf([
        ['a', 1],
        ['b', 2],
      ]),
    ),
  ).toBe('{"a":1,"b":2}');
});

it('comes back as it went, whatever the keys', () => {
  const key = fc.oneof(fc.string(), fc.nat().map(String), fc.constantFrom('10:VM', '<10', '"', 'k', '\\'));
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(key, fc.jsonValue()), { selector: ([name]) => name }), (entries) => {
      // What JSON does not tell apart is no difference; from 1e21 on JavaScript writes integers as floats.
      const before = parseJson(JSON.stringify(entries)) as typeof entries;
      expect(pairs(writeJson(objectOf(before)))).toEqual(before);
    }),
  );
});
