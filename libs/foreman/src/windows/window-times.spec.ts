import { describe, expect, it } from '@jest/globals';
import { assert, constantFrom, integer, property, record, subarray } from 'fast-check';
import { instantOf, isTimeZone, wallTime } from './time-zone.ts';
import { openingAt } from './window-times.ts';
import { windowState } from './site-windows.ts';
import type { Window } from './window.ts';
import { DAYS } from './window.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Zones whose clocks are changed in spring or autumn, by an hour or by half of one, at midnight too, and some that never are. */
const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/Santiago',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Pacific/Apia',
  'America/Havana',
];

const weekly = (values: Partial<Window>): Window => ({
  site: 'lab',
  description: 'Nights',
  days: DAYS,
  start: '22:00',
  timeZone: 'UTC',
  minutes: 60,
  startsAt: null,
  ...values,
});
const at = (text: string): number => Date.parse(text);
const told = (window: Window, instant: string): readonly (string | undefined)[] => {
  const found = openingAt(window, at(instant));
  return [found && new Date(found.from).toISOString(), found && new Date(found.to).toISOString()];
};

describe('the time of clocks in a zone', () => {
  it.each([
    ['Europe/Berlin', '2026-01-15T12:00:00', '2026-01-15T11:00:00.000Z'],
    ['Europe/Berlin', '2026-07-15T12:00:00', '2026-07-15T10:00:00.000Z'],
    // Shown twice: the first one.
    ['Europe/Berlin', '2026-10-25T02:30:00', '2026-10-25T00:30:00.000Z'],
    // Never shown: as much behind the change.
    ['Europe/Berlin', '2026-03-29T02:30:00', '2026-03-29T01:30:00.000Z'],
    ['America/New_York', '2026-11-01T01:30:00', '2026-11-01T05:30:00.000Z'],
    ['Australia/Lord_Howe', '2026-10-04T02:15:00', '2026-10-03T15:45:00.000Z'],
    ['Asia/Kathmandu', '2026-01-01T00:00:00', '2025-12-31T18:15:00.000Z'],
  ])('in %s, %s is %s', (zone, wall, instant) => {
    expect(new Date(instantOf(zone, at(`${wall}Z`))).toISOString()).toBe(instant);
  });

  it('is shown at the instant it is said to be, and at none before, or at none at all', () => {
    const minute = integer({ min: at('2025-01-01T00:00:00Z') / MINUTE, max: at('2028-01-01T00:00:00Z') / MINUTE });
    assert(
      property(constantFrom(...ZONES), minute, (zone, minutes) => {
        const wall = minutes * MINUTE;
        const instant = instantOf(zone, wall);
        // No zone is further from UTC than a day.
        const shown: number[] = [];
        for (let one = wall - DAY; one <= wall + DAY; one += 15 * MINUTE)
          if (wallTime(zone, one) === wall) shown.push(one);
        if (shown.length > 0) expect(instant).toBe(shown[0]);
        else {
          // It falls into a gap, and what clocks show then is behind it by less than the gap is long.
          const ahead = wallTime(zone, instant) - wall;
          expect(ahead).toBeGreaterThan(0);
          expect(ahead).toBeLessThanOrEqual(DAY);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is known for zones that there are', () => {
    expect(ZONES.map(isTimeZone)).toEqual(ZONES.map(() => true));
    expect(['', 'Europe/Nowhere', 'CEST!'].map(isTimeZone)).toEqual([false, false, false]);
  });
});

describe('a window', () => {
  it.each([
    ['before it opens', '2026-11-29T12:00:00Z', '2026-11-29T22:00:00.000Z'],
    ['while it is open', '2026-11-29T22:59:59Z', '2026-11-29T22:00:00.000Z'],
    ['as it closes', '2026-11-29T23:00:00Z', '2026-11-30T22:00:00.000Z'],
  ])('is at its opening, %s', (_, instant, from) => {
    expect(told(weekly({}), instant)[0]).toBe(from);
  });

  it('opens on its days alone, by the clocks of its zone', () => {
    // A Sunday in UTC, and a Monday already in Auckland.
    const window = weekly({ days: ['mon'], start: '00:30', timeZone: 'Pacific/Auckland' });
    expect(told(window, '2026-11-28T12:00:00Z')).toEqual(['2026-11-29T11:30:00.000Z', '2026-11-29T12:30:00.000Z']);
  });

  it('is as long as it says, whatever clocks do meanwhile', () => {
    const window = weekly({ days: ['sun'], start: '01:00', timeZone: 'Europe/Berlin', minutes: 240 });
    expect(told(window, '2026-03-29T00:00:00Z')).toEqual(['2026-03-29T00:00:00.000Z', '2026-03-29T04:00:00.000Z']);
    expect(told(window, '2026-10-24T23:00:00Z')).toEqual(['2026-10-24T23:00:00.000Z', '2026-10-25T03:00:00.000Z']);
  });

  it('of a week is always open, where it opens every day', () => {
    const window = weekly({ minutes: 7 * 24 * 60 });
    expect(windowState([{ id: 1, window }], at('2026-11-29T12:00:00Z'))).toMatchObject({ open: true, id: 1 });
  });

  it('that opens once does so once', () => {
    const window = weekly({ days: [], startsAt: '2026-12-24T18:00:00+01:00' });
    expect(told(window, '2026-11-29T12:00:00Z')).toEqual(['2026-12-24T17:00:00.000Z', '2026-12-24T18:00:00.000Z']);
    expect(told(window, '2026-12-24T18:00:00Z')).toEqual([undefined, undefined]);
  });

  it('opens when clocks in its zone show its time on one of its days, and at no other time', () => {
    const schedule = record({
      timeZone: constantFrom(...ZONES),
      days: subarray([...DAYS], { minLength: 1 }),
      hour: integer({ min: 0, max: 23 }),
      minute: constantFrom(0, 15, 30, 45),
      minutes: integer({ min: 1, max: 7 * 24 * 60 }),
      instant: integer({ min: at('2025-01-01T00:00:00Z') / MINUTE, max: at('2028-01-01T00:00:00Z') / MINUTE }),
    });
    assert(
      property(schedule, ({ timeZone, days, hour, minute, minutes, instant: n }) => {
        const instant = n * MINUTE;
        const two = (value: number) => String(value).padStart(2, '0');
        const window = weekly({ timeZone, days, minutes, start: `${two(hour)}:${two(minute)}` });
        const found = openingAt(window, instant)!;
        expect(found.to - found.from).toBe(minutes * MINUTE);
        expect(found.to).toBeGreaterThan(instant);
        // The clocks show its time, or a time behind a gap that it fell into.
        const shown = new Date(wallTime(timeZone, found.from));
        const wanted = (hour * 60 + minute) * MINUTE;
        const past = (shown.getTime() % DAY) - wanted;
        if (past !== 0) expect(instantOf(timeZone, shown.getTime() - past)).toBe(found.from);
        // And at none of the quarters of an hour from a length before the instant to there: it would have been that one.
        const first = Math.ceil((instant - minutes * MINUTE + 1) / (15 * MINUTE)) * 15 * MINUTE;
        for (
          let one = Math.max(first, instant - 2 * DAY);
          one < found.from && one < instant + 2 * DAY;
          one += 15 * MINUTE
        ) {
          const wall = wallTime(timeZone, one);
          const day = DAYS[new Date(wall).getUTCDay() === 0 ? 6 : new Date(wall).getUTCDay() - 1]!;
          const opens = days.includes(day) && wall % DAY === wanted && instantOf(timeZone, wall) === one;
          expect([new Date(one).toISOString(), opens]).toEqual([new Date(one).toISOString(), false]);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('the windows of a site', () => {
  const night = { id: 1, window: weekly({ start: '22:00' }) };
  const noon = { id: 2, window: weekly({ start: '12:00', minutes: 30 }) };
  it('are open when one of them is', () => {
    expect(windowState([night, noon], at('2026-11-29T12:10:00Z'))).toMatchObject({ open: true, id: 2 });
  });
  it('open next with the one that opens first', () => {
    expect(windowState([night, noon], at('2026-11-29T13:00:00Z'))).toMatchObject({ open: false, id: 1 });
    expect(windowState([night, noon], at('2026-11-29T23:00:00Z'))).toMatchObject({ open: false, id: 2 });
  });
  it('do not open any more, where all of them were open once', () => {
    const once = { id: 3, window: weekly({ days: [], startsAt: '2026-01-01T00:00:00Z' }) };
    expect(windowState([once], at('2026-11-29T12:00:00Z'))).toBeUndefined();
  });
});
