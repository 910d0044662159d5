import { expect, it } from '@jest/globals';
import { scopeOf } from './token-scope.ts';

it.each([
  [{ permissions: [], read_only: false, sites: [] }, 'Everything you may do'],
  [{ permissions: [], read_only: true, sites: [] }, 'Everything you may do · reading only'],
  [{ permissions: ['a', 'b'], read_only: false, sites: ['berlin', 'paris'] }, 'a, b · at berlin, paris'],
  [{ permissions: ['a', 'b', 'c', 'd'], read_only: false, sites: [] }, '4 permissions'],
])('a token %j is for: %s', (row, text) => expect(scopeOf(row)).toBe(text));
