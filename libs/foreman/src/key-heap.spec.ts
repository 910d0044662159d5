import { describe, expect, it } from '@jest/globals';
import { array, assert, constantFrom, integer, property, record } from 'fast-check';
import { KeyHeap } from './key-heap.ts';

describe('keys in order', () => {
  it('come as a sorted list would have them, whatever is put in, moved and taken out', () => {
    const step = record({
      what: constantFrom('set', 'set', 'delete', 'shift'),
      key: integer({ min: 0, max: 12 }),
      order: integer({ min: 0, max: 5 }),
    });
    assert(
      property(array(step, { maxLength: 80 }), (steps) => {
        const heap = new KeyHeap<number>();
        let list: { key: number; order: number }[] = [];
        for (const { what, key, order } of steps) {
          const others = list.filter((one) => one.key !== key);
          if (what === 'set') {
            heap.set(key, order);
            list = [...others, { key, order }].toSorted((one, other) => one.order - other.order);
          } else if (what === 'delete') {
            expect(heap.delete(key)).toBe(others.length < list.length);
            list = others;
          } else expect(heap.shift()).toBe(list.shift()?.key);
          expect(heap.size).toBe(list.length);
          expect(heap.has(key)).toBe(list.some((one) => one.key === key));
          expect(heap.first && { key: heap.first.key, order: heap.first.order }).toEqual(list[0]);
        }
      }),
      { numRuns: 500 },
    );
  });
});
