import { expect, it } from '@jest/globals';
import { percentDone, remainingText } from './rebuild.ts';

const course = { id: null, models: [], events: 0, rate: 0, remaining: null };

it.each([
  [course, 0],
  [{ ...course, events: 500, rate: 100, remaining: 5 }, 50],
  [{ ...course, events: 999, rate: 100, remaining: 1 }, 90],
  [{ ...course, events: 1000, rate: 100, remaining: 0 }, 100],
])('how much of a rebuild is done is told by its pace (%#)', (of, percent) => {
  expect(percentDone(of)).toBe(percent);
});

it.each([
  [null, 'how long it takes is not known yet'],
  [0, '0 s left'],
  [59, '59 s left'],
  [61, '2 min left'],
  [7200, '2 h left'],
])('how long it takes is told in words: %s', (seconds, text) => {
  expect(remainingText(seconds)).toBe(text);
});
