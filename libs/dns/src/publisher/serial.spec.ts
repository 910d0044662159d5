import { describe, expect, it } from '@jest/globals';
import { assert, constantFrom, integer, oneof, property } from 'fast-check';
import { isLaterSerial, nextSerial } from './serial.ts';

const LAST = 2 ** 32 - 1;
const serial = () => oneof(integer({ min: 0, max: LAST }), constantFrom(0, 1, 2 ** 31, LAST - 1, LAST));

describe('serials', () => {
  it.each([
    [2, 1, true],
    [1, 2, false],
    [1, 1, false],
    [0, LAST, true],
    [2 ** 31 - 1, 0, true],
    [2 ** 31, 0, false],
  ])('%d is later than %d: %s', (a, b, later) => {
    expect(isLaterSerial(a, b)).toBe(later);
  });

  it.each([
    ['the first one is the second it is made in', [], 1_800_000_000, 1_800_000_000],
    ['a later second', [1_799_999_999], 1_800_000_000.9, 1_800_000_000],
    ['the same second again', [1_800_000_000], 1_800_000_000, 1_800_000_001],
    ['a clock that was set back', [1_800_000_000], 1_700_000_000, 1_800_000_001],
    ['minutes, as they were counted before', [29_900_000], 1_800_000_000, 1_800_000_000],
    ['a date, which is later than any second so far', [2_026_112_900], 1_800_000_000, 2_026_112_901],
    ['one that is served and later than ours', [1_800_000_000, 1_800_000_500], 1_800_000_001, 1_800_000_501],
    ['the last one of all, which seconds are behind', [LAST], 1_800_000_000, 1_800_000_000],
    ['the last one of all, and no second is later', [LAST], 2 ** 31 + 5, 1],
  ])('%s', (_, before, seconds, next) => {
    expect(nextSerial(before, seconds)).toBe(next);
  });

  it('are later than the one before, never 0, whatever the clock says', () => {
    assert(
      property(serial(), integer({ min: 0, max: 2 ** 33 }), (before, seconds) => {
        const next = nextSerial([before], seconds);
        expect(isLaterSerial(next, before)).toBe(true);
        expect(next).toBeGreaterThan(0);
        expect(next).toBeLessThanOrEqual(LAST);
      }),
    );
  });
});
