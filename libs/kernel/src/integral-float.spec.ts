import { expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { floatOf, IntegralFloat, numberIn, writeJson } from './integral-float.ts';
import { parseJson, parseStored } from './written-order.ts';

const READERS = [parseJson, parseStored] as const;

it.each([
  ['1.0', '1.0'],
  ['-0.0', '-0.0'],
  ['0.0', '0.0'],
  [' 2.000 ', '2.0'],
  ['1e3', '1000.0'],
  ['1.5E1', '15.0'],
  ['1e22', '10000000000000000000000.0'],
  ['[1.0,1,1.5,"1.0",{"a":3.0}]', '[1.0,1,1.5,"1.0",{"a":3.0}]'],
  ['{"a": 1.0 , "b": [ 2.0 ]}', '{"a":1.0,"b":[2.0]}'],
  ['{"10":1.0,"9":"x"}', '{"9":"x","10":1.0}'],
  ['{"1.0":"\\"2.0,","b":-7.0}', '{"1.0":"\\"2.0,","b":-7.0}'],
])('%s comes out as %s', (text, written) => expect(writeJson(parseJson(text))).toBe(written));

it.each(['1', '-0', '1.5', '1e-3', '"1.0"', '{"a":"x:1.0,"}', '["10.0.0.0,", 1]', '9007199254740991', 'null'])(
  '%s is what it is for JSON.parse',
  (text) => {
    for (const read of READERS) expect(read(text)).toEqual(JSON.parse(text));
  },
);

it('takes for JSON only what JSON.parse takes', () => {
  for (const text of ['{"a":1.0', '1.', '.0', '[01.0]', '1.0.0', 'f1.0']) {
    expect(() => parseJson(text)).toThrow(SyntaxError);
  }
});

it('comes back as it went, wherever it stands', () => {
  const number = fc.oneof(
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(floatOf),
    fc.integer().map((whole) => new IntegralFloat(whole)),
    fc.string(),
    fc.constantFrom('1.0', 'f1.0', '"1.0,', null, true),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      number,
      fc.array(tie('value')),
      fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('1.0', '10', 'f')), tie('value')),
    ),
  }));
  fc.assert(
    fc.property(value, (before) => {
      const text = writeJson(before);
      for (const read of READERS) expect(writeJson(read(text))).toBe(text);
      // For every other reader of JSON it is the same number.
      expect(JSON.stringify(JSON.parse(text))).toBe(JSON.stringify(before));
    }),
  );
});

it('is another value than the integer, and acts as the number it is', () => {
  const one = floatOf(1);
  expect(one).not.toEqual(1);
  expect(one).toEqual(new IntegralFloat(1));
  expect([numberIn(one), numberIn(1), numberIn('1'), numberIn(new Date())]).toEqual([1, 1, undefined, undefined]);
  expect(Number(one) + 1).toBe(2);
  expect(JSON.stringify({ one })).toBe('{"one":1}');
  expect(floatOf(1.5)).toBe(1.5);
});

it('leaves nothing behind where something cannot be written', () => {
  const bad = {
    toJSON(): never {
      throw new Error('not this');
    },
  };
  expect(() => writeJson([floatOf(1), bad])).toThrow('not this');
  expect(JSON.stringify(floatOf(1))).toBe('1');
});
