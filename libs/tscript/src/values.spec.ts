import { describe, expect, it } from '@jest/globals';
import { equal, order } from './compare.ts';
import { copyOf } from './copy.ts';
import { fromJson, toJson, toTaggedJson, untagged } from './json.ts';
import { calculate } from './numbers.ts';
import { Unrecoverable } from './signals.ts';
import { textOf } from './text.ts';
import { type Value, duration, float, kindOf, opaque, secret, truth } from './values.ts';

const walk = (): { visited: number } => ({ visited: 0 });
const number = (value: Value): unknown => (typeof value === 'number' ? value : toTaggedJson(value));
const cyclic: Value[] = [1];
cyclic.push(cyclic);

describe('the text of a value', () => {
  it.each<[Value, string]>([
    [null, 'None'],
    [true, 'True'],
    [-5, '-5'],
    [float(1), '1.0'],
    [float(-0), '-0.0'],
    [float(0.1), '0.1'],
    [float(1e15), '1000000000000000.0'],
    [float(1e16), '1e+16'],
    [float(1.5e-7), '1.5e-07'],
    [float(0.0001), '0.0001'],
    [float(0.00001), '1e-05'],
    [float(123456.789), '123456.789'],
    [float(Infinity), 'inf'],
    [duration(90), '0:01:30'],
    [duration(86400), '1 day, 0:00:00'],
    [duration(10 * 86400 + 3661), '10 days, 1:01:01'],
    [duration(-1), '-1 day, 23:59:59'],
    [duration(1.5), '0:00:01.500000'],
    ['plain', 'plain'],
    [["it's", 'say "x"', '\n\\\u0001é☃\u{1f600}\u200b'], "[\"it's\", 'say \"x\"', '\\n\\\\\\x01é☃😀\\u200b']"],
    [fromJson({ aa: [1, { bb: null }], cc: true }), "{'aa': [1, {'bb': None}], 'cc': True}"],
    [[], '[]'],
    [fromJson({}), '{}'],
    [cyclic, '[1, [...]]'],
    [opaque('Interface', 7), '<Interface>'],
    [[secret('vault/1')], "['********']"],
  ])('%j is %j', (value, text) => {
    expect(textOf(value)).toBe(text);
  });

  it('is cut when it is very long', () => {
    const text = textOf(Array.from({ length: 50_000 }, () => 'word'));
    expect(text.length).toBeLessThan(70_000);
    expect(text.endsWith(' ...')).toBe(true);
  });
});

describe('JSON', () => {
  it.each([
    [null, 'none'],
    [true, 'boolean'],
    [7, 'integer'],
    [{ $int: '9007199254740992' }, 'integer'],
    [7.5, 'float'],
    ['7', 'text'],
    [[7], 'array'],
    [{ seven: 7 }, 'map'],
    [{ $seconds: 7 }, 'duration'],
    [{ $float: 7 }, 'float'],
    [{ $secret: 'seven' }, 'secret'],
    [{ $text: ['a', { $secret: 'seven' }] }, 'secret'],
    [{ $opaque: { type: 'Seven', handle: 7 } }, 'opaque'],
    [
      {
        $map: [
          [7, 'seven'],
          [0.5, 'half'],
        ],
      },
      'map',
    ],
  ])('%j is a value of kind %s and comes back', (json, kind) => {
    const value = fromJson(json);
    expect(kindOf(value)).toBe(kind);
    expect(toTaggedJson(value)).toEqual(json);
    expect(equal(fromJson(toTaggedJson(value)), value, walk())).toBe(true);
  });

  it('for the outside has text keys and no whole floats', () => {
    expect(
      toJson(
        fromJson({
          $map: [
            [1, 2],
            [null, { $float: 3 }],
            [true, 4],
          ],
        }),
      ),
    ).toEqual({ true: 4, null: 3 });
  });

  it('keeps keys that JavaScript holds special', () => {
    const json = JSON.parse('{"__proto__":1,"constructor":2,"10":3}') as unknown;
    expect(JSON.stringify(toJson(fromJson(json)))).toBe('{"10":3,"__proto__":1,"constructor":2}');
  });

  it('from outside can be kept from meaning anything', () => {
    const forged = { value: { $secret: 'stolen' }, list: [{ $seconds: 5 }] };
    const value = fromJson(untagged(forged));
    expect(textOf(value)).toBe("{'value': {'$secret': 'stolen'}, 'list': [{'$seconds': 5}]}");
  });

  it.each<[unknown]>([[2 ** 53], [1e300], [() => 1], [Symbol('x')], [{ $seconds: 'x' }], [{ $int: '2e5' }]])(
    '%p is no value',
    (json) => {
      expect(() => fromJson(json)).toThrow(Unrecoverable);
    },
  );

  it('does not take a cycle', () => {
    expect(() => toJson(cyclic)).toThrow('nested deeper');
    const json: unknown[] = [];
    json.push(json);
    expect(() => fromJson(json)).toThrow('nested deeper');
  });
});

describe('arithmetic', () => {
  it.each<[Value, Parameters<typeof calculate>[0], Value, unknown]>([
    [7, '+', 3, 10],
    [2 ** 53 - 1, '+', 1, 2 ** 53],
    [-(2 ** 53), '+', -0, -(2 ** 53)],
    [7, '/', 2, 3.5],
    [8, '/', 2, { $float: 4 }],
    [-7, '%', 3, 2],
    [7, '%', -3, -2],
    [-7.5, '%', 2, 0.5],
    [6, '%', 3, 0],
    [2, '^', 53, 2 ** 53],
    [2, '^', -1, 0.5],
    [10, '^', -5, 0.00001],
    [0, '^', 0, 1],
    [-1, '^', 99, -1],
    [9, '^', 0.5, { $float: 3 }],
    [10, '^', 20, 'refused'],
    [2 ** 53, '+', 1, 'refused'],
    [2 ** 31, '*', 2 ** 31, 'refused'],
    [1, '/', 0, 'refused'],
    [0, '^', -1, 'refused'],
    [-8, '^', 0.5, 'refused'],
    [10, '^', 400, 'refused'],
    [12, '&', 10, 8],
    [-1, '&', 255, 255],
    [2 ** 40, '|', 1, 2 ** 40 + 1],
    [-(2 ** 40), '&', 2 ** 41 - 1, 2 ** 40],
    [true, '&', false, false],
    [true, '|', 0, 1],
    [true, '+', true, 2],
    [1.5, '&', 1, 'refused'],
    ['1', '+', 1, 'refused'],
    [1, '+', duration(1), 'refused'],
    [secret('one'), '*', 1, 'refused'],
  ])('%p %s %p is %p', (left, operator, right, result) => {
    const value = (side: Value): Value => (typeof side === 'number' && !Number.isInteger(side) ? float(side) : side);
    const act = (): unknown => number(calculate(operator, value(left), value(right), 1));
    if (result === 'refused') expect(act).toThrow();
    else expect(act()).toEqual(result);
  });

  it('with floats may leave the numbers there are', () => {
    expect(textOf(calculate('*', float(1e308), 10, 1))).toBe('inf');
  });
});

describe('comparing', () => {
  it.each<[Value, Value, boolean]>([
    [1, float(1), true],
    [true, 1, true],
    [1, '1', false],
    [null, false, false],
    [fromJson([1, { aa: 2 }]), fromJson([1, { aa: 2 }]), true],
    [fromJson({ aa: 1, bb: 2 }), fromJson({ bb: 2, aa: 1 }), true],
    [fromJson({ aa: 1 }), fromJson({ aa: 2 }), false],
    [duration(60), duration(60), true],
    [duration(60), 60, false],
    [opaque('Box', { id: 1 }), opaque('Box', { id: 1 }), true],
    [opaque('Box', { id: 1 }), opaque('Box', { id: 2 }), false],
    [secret('one'), secret('one'), true],
    [secret('one'), secret('two'), false],
    [secret('one'), 'one', false],
    [cyclic, cyclic, true],
  ])('%p == %p is %p', (left, right, result) => {
    expect(equal(left, right, walk())).toBe(result);
    expect(equal(right, left, walk())).toBe(result);
  });

  it.each<[Value, Value]>([
    [1, 2],
    [false, true],
    [1, float(1.5)],
    ['B', 'a'],
    ['ab', 'abc'],
    ['\uffff', '\u{10000}'],
    [
      [1, 2],
      [1, 3],
    ],
    [[1], [1, 0]],
    [duration(59), duration(60)],
  ])('%p comes before %p', (left, right) => {
    expect(order(left, right, walk())).toBeLessThan(0);
    expect(order(right, left, walk())).toBeGreaterThan(0);
  });

  it.each<[Value, Value]>([
    [null, 1],
    ['a', 1],
    [fromJson({}), fromJson({})],
    [[null], [1]],
    [secret('one'), secret('two')],
  ])('%p and %p have no order', (left, right) => {
    expect(() => order(left, right, walk())).toThrow('have no order');
  });

  it('ends with what is too much to compare', () => {
    let pair: readonly [Value, Value] = [[1], [1]];
    for (let round = 0; round < 60; round += 1)
      pair = [
        [pair[0], pair[0]],
        [pair[1], pair[1]],
      ];
    expect(() => equal(...pair, walk())).toThrow('more than 250000 elements');
  });
});

describe('values', () => {
  it.each<[Value, boolean]>([
    [null, false],
    [0, false],
    [float(0), false],
    [duration(0), false],
    ['', false],
    [[], false],
    [fromJson({}), false],
    [-1, true],
    [' ', true],
    [[null], true],
    [secret('x'), true],
    [opaque('Box', null), true],
  ])('%p counts as %p', (value, result) => {
    expect(truth(value)).toBe(result);
  });

  it('are copied with what they share', () => {
    const inner: Value = [1];
    const copy = copyOf([inner, inner, cyclic]) as Value[];
    expect(copy[0]).not.toBe(inner);
    expect(copy[0]).toBe(copy[1]);
    expect((copy[2] as Value[])[1]).toBe(copy[2]);
  });
});
