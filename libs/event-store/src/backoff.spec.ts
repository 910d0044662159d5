import { describe, expect, it } from '@jest/globals';
import { backoffMs } from './backoff.ts';

const between = { firstMs: 100, maxMs: 1000 };
const most = (): number => 1;
const least = (): number => 0;

describe('the pause before the next try', () => {
  it('doubles with every failure, up to a maximum', () => {
    expect([1, 2, 3, 4, 5, 1000].map((failures) => backoffMs(failures, between, most))).toEqual([
      100, 200, 400, 800, 1000, 1000,
    ]);
  });

  it('is at least half of that, by chance', () => {
    expect([1, 2, 5].map((failures) => backoffMs(failures, between, least))).toEqual([50, 100, 500]);
    expect(backoffMs(1, between, () => 0.5)).toBe(75);
  });

  it('is that of the first failure where nothing has failed', () => {
    expect(backoffMs(0, between, most)).toBe(100);
  });
});
