import { describe, expect, it } from '@jest/globals';
import { compareVersions, isAsWanted } from './versions.ts';

describe('versions of firmware', () => {
  it.each([
    ['2.4.1', '2.4.1', 0],
    ['2.10.1', '2.9', 1],
    ['2.4', '2.4.1', -1],
    ['U32 v2.50', 'U32 v2.46', 1],
    ['1.0-rc1', '1.0.1', -1],
    ['7.00.00.171', '7.00.00.172', -1],
  ])('%s and %s are compared part by part', (one, other, order) => {
    expect(Math.sign(compareVersions(one, other))).toBe(order);
    expect(Math.sign(compareVersions(other, one))).toBe(-order + 0);
  });

  it.each([
    ['2.4.1', '2.4.1', true],
    ['2.4.2', '2.4.1', false],
    ['2.4.2', '>=2.4.1', true],
    ['2.4.2', '>= 2.5', false],
    [null, '>=0', false],
  ])('%s is as wanted by %s: %p', (version, wanted, is) => {
    expect(isAsWanted(version, wanted)).toBe(is);
  });
});
