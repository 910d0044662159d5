import { describe, expect, it } from '@jest/globals';
import { endOf, lookAgainIn, minutesLeft } from './session-end.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const MINUTE = 60_000;
const at = (minutes: number) => new Date(NOW + minutes * MINUTE).toISOString();

describe('the end of a session', () => {
  it.each([
    [null, 'far', undefined],
    [at(14 * 24 * 60), 'far', 24 * 60 * MINUTE],
    [at(60), 'far', 45 * MINUTE],
    [at(15), 'near', MINUTE],
    [at(0.5), 'near', MINUTE / 2],
    [at(0), 'over', undefined],
    [at(-5), 'over', undefined],
  ] as const)('at %s is %s', (expires, end, again) => {
    expect([endOf(expires, NOW), lookAgainIn(expires, NOW)]).toEqual([end, again]);
  });

  it('is told in minutes', () => {
    expect([minutesLeft(at(15), NOW), minutesLeft(at(1.2), NOW), minutesLeft(at(0.1), NOW)]).toEqual([
      '15 minutes',
      '2 minutes',
      '1 minute',
    ]);
  });
});
