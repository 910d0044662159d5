import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { assert, bigInt, property } from 'fast-check';
import { microsOf, systemClock } from './clock.ts';

/** A clock on a wall that shows these milliseconds, one after the other. */
function clockOn(...milliseconds: readonly number[]): ReturnType<typeof systemClock> {
  const wall = jest.spyOn(Date, 'now');
  for (const time of milliseconds) wall.mockReturnValueOnce(time);
  return systemClock();
}

const NOON = Date.parse('2026-05-01T12:00:00.000Z');

afterEach(() => {
  jest.restoreAllMocks();
});

describe('the clock', () => {
  it('tells the time of the wall, in ISO 8601 with microseconds', () => {
    expect(clockOn(NOON).now()).toBe('2026-05-01T12:00:00.000000+00:00');
  });

  it('never tells the same moment twice, and goes on with the wall', () => {
    const clock = clockOn(NOON, NOON, NOON, NOON + 1);
    expect([clock.now(), clock.now(), clock.now(), clock.now()]).toEqual([
      '2026-05-01T12:00:00.000000+00:00',
      '2026-05-01T12:00:00.000001+00:00',
      '2026-05-01T12:00:00.000002+00:00',
      '2026-05-01T12:00:00.001000+00:00',
    ]);
  });

  it('does not follow a wall that is set back', () => {
    const clock = clockOn(NOON, NOON - 3_600_000);
    expect([clock.now(), clock.now()]).toEqual([
      '2026-05-01T12:00:00.000000+00:00',
      '2026-05-01T12:00:00.000001+00:00',
    ]);
  });

  it.each([
    ['earlier than it shows', '2026-05-01T11:59:59.999999+00:00', '2026-05-01T12:00:00.000000+00:00'],
    ['the moment it shows', '2026-05-01T12:00:00.000000+00:00', '2026-05-01T12:00:00.000001+00:00'],
    ['later, as another server told it', '2026-05-01T13:00:00.000999+00:00', '2026-05-01T13:00:00.001000+00:00'],
  ])('is later than a moment %s', (_, notBefore, told) => {
    expect(clockOn(NOON).now(notBefore)).toBe(told);
  });

  it('tells times that sort as texts as they follow each other, and can be read back', () => {
    const moments = bigInt({ min: 0n, max: 253_402_300_799_000_000n });
    const told = (micros: bigint) => clockOn(0).now(isoOf(micros));
    assert(
      property(moments, moments, (one, other) => {
        expect(microsOf(told(one))).toBe(one + 1n);
        expect(told(one) < told(other)).toBe(one < other);
      }),
    );
  });
});

const isoOf = (micros: bigint): string =>
  `${new Date(Number(micros / 1000n)).toISOString().slice(0, 23)}${String(micros % 1000n).padStart(3, '0')}+00:00`;
