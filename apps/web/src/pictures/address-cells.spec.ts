import { describe, expect, it } from '@jest/globals';
import { cellAt, cellsOf, sizeOf } from './address-cells.ts';
import type { Run } from './address-cells.ts';

const run = (first: string, last: string, count: number | string, use = 'Free'): Run => ({ first, last, count, use });

describe('the addresses of a map', () => {
  it('stand one by one, also over the end of an octet', () => {
    const cells = cellsOf([run('10.0.0.254', '10.0.1.1', 4), run('10.0.1.2', '10.0.1.2', 1, 'Address')]);
    expect(cells?.map(({ address, run: { use } }) => `${address} ${use}`)).toEqual([
      '10.0.0.254 Free',
      '10.0.0.255 Free',
      '10.0.1.0 Free',
      '10.0.1.1 Free',
      '10.0.1.2 Address',
    ]);
  });

  it.each<[string, Run]>([
    ['are too many', run('10.0.0.1', '10.0.4.1', 1025)],
    ['are of IPv6', run('2001:db8::1', '2001:db8::8', 8)],
    ['are more than a number can tell', run('2001:db8::1', '2001:db8::ffff:ffff:ffff:ffff', '18446744073709551615')],
  ])('are told by ranges where they %s', (_, one) => {
    expect(cellsOf([one])).toBeUndefined();
  });

  it('are counted', () => {
    expect([
      sizeOf([run('10.0.0.1', '10.0.0.3', 3), run('10.0.0.4', '10.0.0.4', 1)]),
      sizeOf([run('::1', '::2', '99999999999999999999')]),
    ]).toEqual([4, Number.POSITIVE_INFINITY]);
  });
});

it.each<[string, number, number | undefined]>([
  ['ArrowRight', 0, 1],
  ['ArrowRight', 9, 9],
  ['ArrowDown', 1, 5],
  ['ArrowDown', 7, 7],
  ['ArrowUp', 2, 2],
  ['ArrowLeft', 3, 2],
  ['Home', 6, 0],
  ['End', 2, 9],
  ['Enter', 2, undefined],
])('%s leads from cell %i of ten in rows of four to %s', (key, at, expected) => {
  expect(cellAt(key, at, 4, 10)).toBe(expected);
});
