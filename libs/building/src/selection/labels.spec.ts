import { describe, expect, it } from '@jest/globals';
import type { JsonMap, UnitOfWork } from '#kernel';
import { IntegralFloat } from '#kernel';
import { labelsFrom, labelTags, MAX_LABEL_VALUE, MAX_LABELS, serviceOf } from './labels.ts';

/** What is noted about labels, and what they are kept as. */
const read = (given: JsonMap) => {
  const faults: string[] = [];
  const work = { fault: (_field: string, code: string, text: string) => faults.push(`${code} ${text}`) };
  return { labels: labelsFrom(work as unknown as UnitOfWork, given), faults };
};
const text = (length: number) => 'x'.repeat(length);

describe('labels', () => {
  it.each<[JsonMap]>([
    [{}],
    [{ rack: 'r1' }],
    [{ a: '' }],
    [{ 'example.org/rack_no.1': 'Zeile 7, links' }],
    [{ [text(63)]: text(MAX_LABEL_VALUE) }],
    [{ [`${text(100)}/${text(63)}`]: 'x' }],
    [{ service: 'web' }],
    [{ service: 'Mail.relay_2-b' }],
    [Object.fromEntries(Array.from({ length: MAX_LABELS }, (_, n) => [`k${n}`, 'x']))],
  ])('may be %j', (given) => {
    expect(read(given).faults).toEqual([]);
    expect(read(given).labels).toEqual(given);
  });

  it.each<[JsonMap, string]>([
    [{ '': 'x' }, '"" is no key of a label'],
    [{ '-rack': 'x' }, '"-rack" is no key of a label'],
    [{ 'rack.': 'x' }, '"rack." is no key of a label'],
    [{ 'a=b': 'x' }, '"a=b" is no key of a label'],
    [{ 'a b': 'x' }, '"a b" is no key of a label'],
    [{ 'Example.org/rack': 'x' }, '"Example.org/rack" is no key of a label'],
    [{ 'a/b/c': 'x' }, '"a/b/c" is no key of a label'],
    [{ [text(64)]: 'x' }, 'is no key of a label'],
    [{ [`${text(101)}/a`]: 'x' }, 'is no key of a label'],
    [{ rack: 1 }, 'the value of "rack" must be text'],
    [{ rack: new IntegralFloat(1) }, 'the value of "rack" must be text'],
    [{ rack: null }, 'the value of "rack" must be text'],
    [{ rack: text(MAX_LABEL_VALUE + 1) }, `the value of "rack" must be at most ${MAX_LABEL_VALUE} characters long`],
    [{ rack: 'a\u001Fb' }, 'the value of "rack" must be without control characters'],
    [{ service: 'web,mail' }, '"web,mail" is no service'],
    [{ service: '' }, '"" is no service'],
    [
      Object.fromEntries(Array.from({ length: MAX_LABELS + 1 }, (_, n) => [`k${n}`, 'x'])),
      `TOO_MANY there may be at most ${MAX_LABELS} labels`,
    ],
  ])('may not be %j', (given, fault) => {
    const { faults } = read(given);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(fault);
  });

  it('are kept in the order of their keys, so that another order is no change', () =>
    expect(Object.keys(read({ b: '1', a: '2' }).labels)).toEqual(['a', 'b']));

  it('are found by what they say, and by being there', () => {
    expect(labelTags({ labels: { env: 'prod', service: 'web' } })).toEqual([
      'env',
      'env=prod',
      'service',
      'service=web',
    ]);
    expect(labelTags({})).toEqual([]);
    expect(serviceOf({ labels: { service: 'web' } })).toBe('web');
    expect(serviceOf({ labels: { env: 'prod' } })).toBeNull();
  });
});
