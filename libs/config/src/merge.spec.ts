import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { Json, JsonMap } from '#kernel';
import { floatOf } from '#kernel';
import { LIMITS } from './limits.ts';
import { merge } from './merge.ts';

/** Processor time this process has had, in milliseconds: what else the machine does is of no matter to it. */
const processorTime = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const merged = (values: JsonMap) => {
  const { values: map, faults } = merge(Object.entries(values));
  return { values: Object.fromEntries(map), faults: Object.fromEntries(faults.map(({ key, error }) => [key, error])) };
};

describe('the texts of a configuration', () => {
  it.each<[JsonMap, JsonMap]>([
    [
      { a: 'x', b: '{{ a }}', c: '{{ b }}{{ b }}' },
      { a: 'x', b: 'x', c: 'xx' },
    ],
    [
      { n: 5, s: '{{ n }}', l: ['{{ n }}', 1], d: { k: '{{ n + 1 }}' } },
      { n: 5, s: '5', l: ['5', 1], d: { k: '6' } },
    ],
    [
      { l: [1, 'a'], s: '{{ l }}', j: '{{ l|tojson }}' },
      { l: [1, 'a'], s: "[1, 'a']", j: '[1, "a"]' },
    ],
    [
      { t: true, f: null, b: '{{ t }} {{ f }} {{ 1.5 }}' },
      { t: true, f: null, b: 'True None 1.5' },
    ],
    [
      { v: floatOf(1), l: [floatOf(2), 2, { d: floatOf(1e22) }], s: 'v{{ v }} {{ l }}', j: '{{ l|tojson }}' },
      {
        v: floatOf(1),
        l: [floatOf(2), 2, { d: floatOf(1e22) }],
        s: "v1.0 [2.0, 2, {'d': 1e+22}]",
        j: '[2.0, 2, {"d": 1e+22}]',
      },
    ],
    [
      { v: floatOf(3), s: '{{ v + 1 }} {{ v|int }} {{ v == 3 }} {{ 4 * v }}' },
      { v: floatOf(3), s: '4.0 3 True 12.0' },
    ],
    [{ s: '{{ missing }}|' }, { s: '|' }],
    [
      { s: '{{ "{{" }}a}}', a: 'deep' },
      { s: 'deep', a: 'deep' },
    ],
    [
      { s: '{# note #}x', r: '{% raw %}{{ a }}{% endraw %}', a: 1 },
      { s: 'x', r: '1', a: 1 },
    ],
    [
      { s: 'text\n\n\n', t: 'a\r\nb' },
      { s: 'text', t: 'a\nb' },
    ],
    [{ s: `text${'\n'.repeat(30)}` }, { s: 'text' }],
    [
      { a: '{{ b }}', b: '{{ a }}' },
      { a: '{{ a }}', b: '{{ b }}' },
    ],
    [{ a: '{{ a }}' }, { a: '{{ a }}' }],
    [
      { self: 1, b: '{{ self }}{{ a }}' },
      { self: 1, b: '1' },
    ],
    [
      { range: 3, b: '{{ range }}' },
      { range: 3, b: '3' },
    ],
  ])('are rendered: %j', (values, result) => expect(merged(values)).toEqual({ values: result, faults: {} }));

  it('are rendered whatever the order of the keys, over as many rounds as they need', () => {
    const chain = Array.from({ length: 15 }, (_, n): [string, Json] => [`k${n}`, n === 0 ? 'end' : `{{ k${n - 1} }}`]);
    expect(new Set(merge(chain).values.values())).toEqual(new Set(['end']));
    expect(new Set(merge(chain.toReversed()).values.values())).toEqual(new Set(['end']));
  });

  it.each<[JsonMap, JsonMap, Record<string, string>]>([
    [{ s: '{{ open', t: '{{ n }}', n: 1 }, { s: '{{ open', t: '1', n: 1 }, { s: 'TemplateSyntaxError' }],
    [{ s: '{{ missing.sub }}', t: 'x' }, { s: '{{ missing.sub }}', t: 'x' }, { s: 'UndefinedError' }],
    [{ 'dash-key': 1, b: '{{ dash-key }}' }, { 'dash-key': 1, b: '{{ dash-key }}' }, { b: 'UndefinedError' }],
    [{ s: '{{ 1 / 0 }}' }, { s: '{{ 1 / 0 }}' }, { s: 'ZeroDivisionError' }],
    [{ l: ['{{ 1 }}', { k: '{{ x.y }}' }] }, { l: ['1', { k: '{{ x.y }}' }] }, { 'l.1.k': 'UndefinedError' }],
    [{ a: 'x{{ a }}', b: '{{ 1 }}' }, { a: 'x{{ a }}', b: '1' }, { a: 'LimitError' }],
    [
      { a: '{{ b }}', b: '{{ c }}', c: '{{ a }}' },
      { a: '{{ b }}', b: '{{ c }}', c: '{{ a }}' },
      { a: 'NotSettled', b: 'NotSettled', c: 'NotSettled' },
    ],
    [{ a: '{{ "x" * 99999999 }}', b: '{{ 1 }}' }, { a: '{{ "x" * 99999999 }}', b: '1' }, { a: 'LimitError' }],
  ])('that are at fault keep their words and are reported: %j', (values, result, faults) =>
    expect(merged(values)).toEqual({ values: result, faults }),
  );

  it('that go in circles are given up soon', () => {
    const begun = processorTime();
    const many = Array.from({ length: 300 }, (_, n): [string, Json] => [`k${n}`, `{{ k${(n + 1) % 300} }}{{ k${n} }}`]);
    const { values, faults } = merge(many);
    expect(processorTime() - begun).toBeLessThan(LIMITS.time + 2000);
    expect(faults).toHaveLength(300);
    expect([...values]).toEqual(many);
  });

  it('that take much together are given up together', () => {
    const heavy = '{% for i in range(30000) %}{% if i == 1 %}{% endif %}{% endfor %}';
    const { faults } = merge(Array.from({ length: 100 }, (_, n): [string, Json] => [`k${n}`, heavy]));
    expect(faults.length).toBeGreaterThan(50);
    expect(faults.at(-1)?.message).toBe('the configuration as a whole takes too long to render');
  });
});

const text = fc.string().filter((value) => !/\{[{%#]|[\r\n]/.test(value));
const json = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    text,
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.array(tie('value')),
    fc.dictionary(text, tie('value')) as fc.Arbitrary<JsonMap>,
  ),
})).value;
const piece = fc.constantFrom(
  '{{ a }}',
  '{{ b }}',
  '{{ c|upper }}',
  '{% for i in d %}{{ i }}{% endfor %}',
  '{{ "{{ a }}" }}',
  'x',
  '{{ a',
  '{% if',
  '\n',
);
const template = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));

describe('for whatever configuration', () => {
  it('without templates nothing changes', () =>
    fc.assert(
      fc.property(fc.array(fc.tuple(text, json)), (values) => {
        const before = new Map(values);
        const { values: after, faults } = merge(values);
        expect([...after]).toEqual([...before]);
        expect(faults).toEqual([]);
      }),
    ));

  it('it comes to an end: settled, or at fault with the words it had', () =>
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), template), (values) => {
        const once = merge(Object.entries(values));
        for (const { key } of once.faults) expect(once.values.get(key)).toBe(values[key]);
        if (once.faults.length > 0) return;
        expect([...merge(once.values).values]).toEqual([...once.values]);
      }),
      { numRuns: 60 },
    ));

  it('no text grows beyond its bound', () =>
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), template), (values) => {
        const small = { ...LIMITS, length: 100, allLength: 250 };
        const { values: after } = merge(Object.entries(values), small);
        const lengths = [...after].map(([key, value]) => (value === values[key] ? 0 : (value as string).length));
        expect(Math.max(0, ...lengths)).toBeLessThanOrEqual(100);
      }),
      { numRuns: 300 },
    ));
});
