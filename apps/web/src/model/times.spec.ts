import { expect, it } from '@jest/globals';
import { howLongAgo } from './times.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');

it.each([
  ['2026-03-01T11:59:57Z', 'just now'],
  ['2026-03-01T11:59:20Z', '40 seconds ago'],
  ['2026-03-01T11:55:00Z', '5 minutes ago'],
  ['2026-02-28T12:00:00Z', 'yesterday'],
  ['2026-02-27T12:00:00Z', '2 days ago'],
  ['2026-03-01T14:00:00Z', 'in 2 hours'],
  ['2025-02-01T12:00:00Z', 'last year'],
  ['nonsense', 'nonsense'],
])('%s is %s', (time, words) => expect(howLongAgo(time, NOW)).toBe(words));
