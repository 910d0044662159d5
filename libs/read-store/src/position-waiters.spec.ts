import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { PositionWaiters } from './position-waiters.ts';

describe('those who wait for a position', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('go on when it is reached, or passed', async () => {
    const waiters = new PositionWaiters();
    const all = [waiters.wait(1n, 1000), waiters.wait(2n, 1000), waiters.wait(3n, 1000)];
    waiters.reached(2n);
    jest.advanceTimersByTime(1000);
    expect(await Promise.all(all)).toEqual([true, true, false]);
  });

  it('wait for ever where they may', async () => {
    const waiters = new PositionWaiters();
    const waiting = waiters.wait(1n, Number.POSITIVE_INFINITY);
    jest.advanceTimersByTime(1_000_000_000);
    waiters.reached(1n);
    expect(await waiting).toBe(true);
  });

  it('are told when nothing more will come', async () => {
    const waiters = new PositionWaiters();
    const waiting = waiters.wait(1n, Number.POSITIVE_INFINITY);
    waiters.close();
    expect(await waiting).toBe(false);
  });
});
