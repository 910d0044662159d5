import { expect, it } from '@jest/globals';
import { outcomeOf, tookMs } from './outcome.ts';

const [started, ended] = ['2026-01-01T00:00:00.000Z', '2026-01-01T00:01:30.000Z'];

it.each([
  [{ started_at: started, finished_at: ended, canceled_at: null }, 'done', 90_000],
  [{ started_at: started, finished_at: null, canceled_at: ended }, 'cancelled', 90_000],
  [{ started_at: null, finished_at: null, canceled_at: ended }, 'cancelled', undefined],
  [{ started_at: started, finished_at: null, canceled_at: null }, 'under way', undefined],
])('%j was %s', (row, outcome, took) => {
  expect(outcomeOf(row)).toBe(outcome);
  expect(tookMs(row)).toBe(took);
});
