import { expect, it } from '@jest/globals';
import { durationText } from './durations.ts';

it.each([
  [0, '0 s'],
  [240, '240 ms'],
  [42_400, '42 s'],
  [65_000, '1 min 5 s'],
  [3_600_000, '1 h'],
  [3_905_000, '1 h 5 min'],
  [90_000_000, '1 d 1 h'],
  [-5, '0 s'],
])('%d milliseconds are %s', (milliseconds, text) => expect(durationText(milliseconds)).toBe(text));
