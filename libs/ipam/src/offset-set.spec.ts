import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { addOffset, countOf, hasOffset, lowestFree, noOffsets, outside, removeOffset } from './offset-set.ts';

const SIZE = 24;
const step = fc.record({ add: fc.boolean(), offset: fc.integer({ min: 0, max: SIZE - 1 }) });

describe('a set of offsets', () => {
  it('holds what was added and not removed, as runs that never touch', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const set = noOffsets();
        const plain = new Set<number>();
        for (const { add, offset } of steps) {
          (add ? addOffset : removeOffset)(set, BigInt(offset));
          if (add) plain.add(offset);
          else plain.delete(offset);
        }
        const held = Array.from({ length: SIZE }, (_, n) => n).filter((n) => hasOffset(set, BigInt(n)));
        expect(held).toEqual([...plain].toSorted((one, other) => one - other));
        expect(countOf(set)).toBe(BigInt(plain.size));
        for (const [n, first] of set.firsts.entries()) {
          expect(set.lasts[n]! >= first && (n === 0 || set.lasts[n - 1]! + 1n < first)).toBe(true);
        }
        const free = Array.from({ length: SIZE - 2 }, (_, n) => n + 1).find((n) => n !== 3 && !plain.has(n));
        expect(lowestFree(set, { first: 1n, last: BigInt(SIZE - 2) }, 3n)).toBe(
          free === undefined ? undefined : BigInt(free),
        );
        const left = [...plain].filter((n) => n < 4 || n > 9).toSorted((one, other) => one - other);
        expect(outside(set, { first: 4n, last: 9n }, 5)).toEqual({
          some: left.slice(0, 5).map(BigInt),
          count: BigInt(left.length),
        });
      }),
    );
  });

  it('is one run where it has no gap, however long it is, and wherever it lies', () => {
    const set = noOffsets();
    const far = 1n << 64n;
    for (let n = 0n; n < 10_000n; n += 1n) addOffset(set, far + n);
    expect([set.firsts, set.lasts]).toEqual([[far], [far + 9999n]]);
    expect(lowestFree(set, { first: far, last: far + 9999n })).toBeUndefined();
  });
});
