import { expect, it } from '@jest/globals';
import type { Json } from '#kernel';
import { parseJson } from '#kernel';
import { mergePatch } from './merge-patch.ts';

// The examples of RFC 7396, appendix A.
it.each<[Json, Json, Json]>([
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b' }, { a: null }, {}],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  [
    ['a', 'b'],
    ['c', 'd'],
    ['c', 'd'],
  ],
  [{ a: 'b' }, ['c'], ['c']],
  [{ a: 'foo' }, null, null],
  [{ a: 'foo' }, 'bar', 'bar'],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: 'b', c: null }, { a: 'b' }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
])('%j patched with %j is %j', (value, patch, merged) => {
  expect(mergePatch(value, patch)).toEqual(merged);
});

it('takes no key for more than a key', () => {
  const patch = JSON.parse('{"__proto__": {"x": 1}}') as Json;
  expect(JSON.stringify(mergePatch({}, patch))).toBe('{"__proto__":{"x":1}}');
});

it('keys stay in the order they were written, those that look like numbers too', () => {
  const value = parseJson('{"b": 1, "10": 2, "9": {"y": 1, "1": 2}}') as Json;
  const patch = parseJson('{"z": 1, "2": 3, "10": 4, "9": {"x": 1, "0": 2}}') as Json;
  expect(JSON.stringify(mergePatch(value, patch))).toBe('{"b":1,"10":4,"9":{"y":1,"1":2,"x":1,"0":2},"z":1,"2":3}');
});
