import { describe, expect, it } from '@jest/globals';
import type { Found } from './found.ts';
import { grouped, reasonOf } from './found.ts';

const web1: Found = { model: 'Building/Structure', id: '1', name: 'web1', site: 's', by: 'host name', value: 'web1' };

describe('what is found', () => {
  it('stands by kind, in the order in which it was found', () => {
    const all = ['b1', 'a1', 'b2', 'c1', 'a2'];
    expect(grouped(all, (one) => one.slice(0, 1))).toEqual([
      { label: 'b', items: ['b1', 'b2'] },
      { label: 'a', items: ['a1', 'a2'] },
      { label: 'c', items: ['c1'] },
    ]);
  });

  it.each([
    [{}, ''],
    [{ by: 'MAC', value: '52:54:00:77:00:02' }, 'MAC 52:54:00:77:00:02'],
    [{ by: 'configuration', value: 'ntp=ntp1' }, 'configuration ntp=ntp1'],
  ])('says why, where its name does not: %j', (what, reason) => {
    expect(reasonOf({ ...web1, ...what })).toBe(reason);
  });
});
