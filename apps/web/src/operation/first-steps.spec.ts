import { describe, expect, it } from '@jest/globals';
import { blockIn, nextStep } from './first-steps.ts';

const nothing = { sites: 0, networks: 0, blueprints: 0, structures: 0, built: 0 };

describe('the first steps', () => {
  it.each([
    [nothing, 'site'],
    [{ ...nothing, sites: 1 }, 'network'],
    [{ ...nothing, sites: 1, blueprints: 3 }, 'network'],
    [{ ...nothing, sites: 1, networks: 1 }, 'resources'],
    [{ ...nothing, sites: 1, networks: 1, blueprints: 3 }, 'machine'],
    [{ ...nothing, sites: 1, networks: 1, blueprints: 3, structures: 1 }, 'watch'],
    [{ sites: 1, networks: 1, blueprints: 3, structures: 1, built: 1 }, undefined],
  ])('go on where one is: %j', (had, step) => {
    expect(nextStep(had)).toBe(step);
  });

  it.each([
    ['10.0.0.0/24', { subnet: '10.0.0.0', prefix: 24 }],
    [' 2001:db8::/64 ', { subnet: '2001:db8::', prefix: 64 }],
    ['10.0.0.0', undefined],
    ['10.0.0.0/33', undefined],
    ['here/24', undefined],
  ])('read a block of addresses: %s', (text, block) => {
    expect(blockIn(text)).toEqual(block);
  });
});
