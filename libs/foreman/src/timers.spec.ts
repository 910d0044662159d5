import v8 from 'node:v8';
import vm from 'node:vm';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { systemClock } from '#event-store';
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

  it.each([
    ['the time they were set to', 500, 500],
    ['the latest time', 2000, 1000],
  ])('ring at %s, whichever is earlier', (_, set, rings) => {
    alarms.set(1, NOON + set);
    alarms.atTheLatest(1, NOON + 1000);
    alarms.atTheLatest(2, NOON + DAY);
    pass(rings - 1);
    expect(rung).toEqual([]);
    pass(DAY);
    expect(rung).toEqual([1, 2]);
  });

  it('are taken back', () => {
    alarms.set(1, NOON + 1000);
    alarms.set(1, undefined);
    pass(DAY);
    expect(rung).toEqual([]);
  });

  it('ring at their time also where it is further off than a timer goes', () => {
    alarms.set(1, NOON + 30 * DAY);
    jest.setSystemTime(NOON + 30 * DAY - 2000);
    pass(1999);
    expect(rung).toEqual([]);
    pass(1001);
    expect(rung).toEqual([1]);
  });

  it('ring the first of several first, whatever the order they were set in', () => {
    for (const [key, wait] of [
      [1, 3000],
      [2, 1500],
      [3, 1500],
      [4, 500],
    ] as const)
      alarms.set(key, NOON + wait);
    pass(5000);
    expect(rung).toEqual([4, 2, 3, 1]);
  });

  it('ring within a second when the clock jumps past their time', () => {
    alarms.set(1, NOON + 3_600_000);
    jest.setSystemTime(NOON + 3_600_001);
    pass(1000);
    expect(rung).toEqual([1]);
  });

  it('of the clock of the log ring after about their time where the clock of the machine is set back', () => {
    alarms.stop();
    const clock = systemClock();
    alarms = new Timers((key) => rung.push(key), clock.millis);
    alarms.set(1, clock.millis() + 8000);
    pass(1000);
    jest.setSystemTime(NOON - 3_600_000);
    pass(6000);
    expect(rung).toEqual([]);
    pass(2000);
    expect(rung).toEqual([1]);
  });

  it('of the clock of the log ring as soon as it is right again', () => {
    alarms.stop();
    jest.setSystemTime(NOON - 3_600_000);
    const clock = systemClock();
    alarms = new Timers((key) => rung.push(key), clock.millis);
    alarms.set(1, NOON + 8000);
    pass(4000);
    jest.setSystemTime(NOON + 9000);
    pass(1000);
    expect(rung).toEqual([1]);
  });

  it('are silent once they are stopped', () => {
    alarms.set(1, NOON + 1000);
    alarms.stop();
    pass(DAY);
    expect(rung).toEqual([]);
  });

  it('are 100,000 behind one timer of the runtime, and ring each once in the order of their times', () => {
    const count = 100_000;
    const orders: number[] = [];
    alarms.stop();
    alarms = new Timers((key) => orders.push(key));
    // Every key at a time of its own, in no order, and each set twice.
    for (let n = 0; n < count; n += 1) alarms.set(n, NOON + DAY);
    for (let n = 0; n < count; n += 1) alarms.set((n * 7919) % count, NOON + 10 + ((n * 7919) % count));
    expect(alarms.size).toBe(count);
    expect(jest.getTimerCount()).toBe(1);
    // A jump of the clock over all of them.
    jest.setSystemTime(NOON + DAY);
    pass(1000);
    expect(orders).toEqual(Array.from({ length: count }, (_, n) => n));
    expect([alarms.size, jest.getTimerCount()]).toEqual([0, 0]);
  });

  it('of 100,000 keys cost what rings, not what waits', () => {
    const count = 100_000;
    jest.useFakeTimers({ now: NOON, doNotFake: ['hrtime'] });
    for (let n = 0; n < count; n += 1) alarms.set(n, NOON + DAY + n);
    const begun = process.hrtime.bigint();
    // A thousand looks at which nothing is due. One that goes through all keys takes some milliseconds.
    pass(1_000_000);
    expect(rung).toEqual([]);
    expect(Number(process.hrtime.bigint() - begun) / 1e6).toBeLessThan(1000);
  });

  it('take less than 250 bytes each', () => {
    jest.useRealTimers();
    v8.setFlagsFromString('--expose-gc');
    const collect = vm.runInNewContext('gc') as () => void;
    const kept = new Timers(() => undefined);
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let n = 0; n < 100_000; n += 1) kept.set(n, Date.now() + DAY);
    collect();
    const each = (process.memoryUsage().heapUsed - before) / 100_000;
    kept.stop();
    expect(each).toBeLessThan(250);
    expect(each).toBeGreaterThan(10);
  });
});
