import { expect, it } from '@jest/globals';
import { nextSpan } from './spans.ts';

it('a list is read from its end, a small part first', () => {
  expect(nextSpan(2345, undefined)).toEqual({ from: 2295, count: 50 });
  expect(nextSpan(2295, 1)).toEqual({ from: 1295, count: 1000 });
  expect(nextSpan(295, 3)).toEqual({ from: 0, count: 295 });
  expect(nextSpan(0, 4)).toBeUndefined();
  expect(nextSpan(0, undefined)).toBeUndefined();
});
