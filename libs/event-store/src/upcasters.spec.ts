import { describe, expect, it } from '@jest/globals';
import type { Upcasters } from './upcasters.ts';
import { currentVersion, mergeUpcasters, upcast } from './upcasters.ts';

/** A box had a price in euros, then one in cents, then one with its currency. */
const upcasters: Upcasters = {
  BoxSold: [
    ({ euros }: { euros: number }) => ({ cents: euros * 100 }),
    ({ cents }: { cents: number }) => ({ price: { cents, currency: 'EUR' } }),
  ],
};

describe('an event that was written in an old shape', () => {
  it.each([
    [1, { euros: 5 }],
    [2, { cents: 500 }],
    [3, { price: { cents: 500, currency: 'EUR' } }],
  ])('of version %d has the shape of today', (version, data) => {
    expect(upcast(upcasters, 'BoxSold', version, data)).toEqual({ price: { cents: 500, currency: 'EUR' } });
  });

  it.each(['BoxLost', 'constructor', '__proto__'])('is left as it is where its type never changed (%s)', (type) => {
    expect(upcast(upcasters, type, 1, { euros: 5 })).toEqual({ euros: 5 });
    expect(currentVersion(upcasters, type)).toBe(1);
  });

  it('is followed by events of the newest version', () => {
    expect(currentVersion(upcasters, 'BoxSold')).toBe(3);
  });
});

describe('the upcasters of several modules', () => {
  it('are one', () => {
    const other: Upcasters = { BoxLost: [() => ({})] };
    const merged = mergeUpcasters([upcasters, {}, other]);
    expect([currentVersion(merged, 'BoxSold'), currentVersion(merged, 'BoxLost')]).toEqual([3, 2]);
  });

  it('may not claim the same type of event', () => {
    expect(() => mergeUpcasters([upcasters, { BoxSold: [] }])).toThrow('two modules have upcasters for BoxSold');
  });
});
