import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Timers } from './timers.ts';

const NOON = Date.parse('2026-05-01T12:00:00.000Z');
const DAY = 24 * 3600 * 1000;

describe('alarms', () => {
  let rung: number[];
  let alarms: Timers;
  beforeEach(() => {
    jest.useFakeTimers({ now: NOON });
    rung = [];
    alarms = new Timers((key) => rung.push(key));
  });
  afterEach(() => {
    alarms.stop();
    jest.useRealTimers();
  });
  const pass = (milliseconds: number) => jest.advanceTimersByTime(milliseconds);

  it('ring at their time, each once', () => {
    alarms.set(1, NOON + 1000);
    alarms.set(2, NOON + 2000);
    pass(999);
    expect(rung).toEqual([]);
    pass(1);
    expect(rung).toEqual([1]);
    pass(DAY);
    expect(rung).toEqual([1, 2]);
  });

  it('ring at once where their time has passed', () => {
    alarms.set(1, NOON - DAY);
    pass(1);
    expect(rung).toEqual([1]);
  });

  it.each([
    ['later', 2000],
    ['earlier', 500],
  ])('ring at the time they were set to last, if it is %s', (_, wait) => {
    alarms.set(1, NOON + 1000);
    alarms.set(1, NOON + wait);
    pass(wait - 1);
    expect(rung).toEqual([]);
    pass(DAY);
    expect(rung).toEqual([1]);
  });

  it('are taken back', () => {
    alarms.set(1, NOON + 1000);
    alarms.set(1, undefined);
    pass(DAY);
    expect(rung).toEqual([]);
  });

  it('for a time further off than a timer goes ring before it, not at once', () => {
    alarms.set(1, NOON + 100 * DAY);
    pass(24 * DAY);
    expect(rung).toEqual([]);
    pass(DAY);
    expect(rung).toEqual([1]);
  });

  it('are silent once they are stopped', () => {
    alarms.set(1, NOON + 1000);
    alarms.stop();
    pass(DAY);
    expect(rung).toEqual([]);
  });
});
