import { describe, expect, it } from '@jest/globals';
import { array, assert, constantFrom, integer, oneof, property, string, tuple } from 'fast-check';
import { compareKeys, OrderedKeys } from './ordered-keys.ts';
import type { Key } from './read-model.ts';

/** As the tables sort texts: by the bytes of UTF-8. */
const byBytes = (one: Key, other: Key): number =>
  typeof one === 'number' ? one - Number(other) : Buffer.compare(Buffer.from(one), Buffer.from(String(other)));

describe('ordered keys', () => {
  const texts = string({ unit: 'binary', maxLength: 4 });
  const ages = oneof(texts, constantFrom('\uE000', '\uFFFD', '\u{1F600}', '\u{10000}', '\uD7FF'));

  it('are in the order in which the tables sort', () => {
    assert(property(ages, ages, (one, other) => Math.sign(compareKeys(one, other)) === Math.sign(byBytes(one, other))));
  });

  it.each([
    ['numbers', integer({ min: 0, max: 3000 })],
    ['texts', oneof(ages, integer({ min: 0, max: 3000 }).map(String))],
  ])('hold what a sorted array would, whatever comes and goes: %s', (_, key) => {
    const change = tuple(constantFrom('add', 'add', 'add', 'delete'), key);
    const pages = array(tuple(integer({ min: 0, max: 2200 }), integer({ min: 0, max: 60 })), { maxLength: 5 });
    const all = property(
      array<Key>(key, { maxLength: 2000, size: 'max' }),
      array<[string, Key]>(change, { maxLength: 2000, size: 'max' }),
      pages,
      (begin, changes, looks) => {
        const plain = [...new Set(begin)].sort(byBytes);
        const keys = new OrderedKeys(plain);
        const expected = new Set(plain);
        let told = true;
        for (const [what, one] of changes) {
          told &&= what === 'add' ? keys.add(one) !== expected.has(one) : keys.delete(one) === expected.has(one);
          if (what === 'add') expected.add(one);
          else expected.delete(one);
        }
        expect(told).toBe(true);
        const sorted = [...expected].sort(byBytes);
        expect(keys.length).toBe(sorted.length);
        expect(keys.slice(0)).toEqual(sorted);
        for (const [from, count] of looks)
          expect(keys.slice(from, from + count)).toEqual(sorted.slice(from, from + count));
      },
    );
    assert(all, { numRuns: 12, endOnFailure: true });
  });

  it('stand in blocks that are split and go', () => {
    const keys = new OrderedKeys();
    for (let n = 5000; n > 0; n -= 1) keys.add(n);
    expect(keys.slice(2500, 2503)).toEqual([2501, 2502, 2503]);
    for (let n = 1; n <= 5000; n += 1) keys.delete(n);
    expect([keys.length, keys.slice(0)]).toEqual([0, []]);
    keys.add(7);
    expect(keys.slice(0)).toEqual([7]);
  });
});
