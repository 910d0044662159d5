import { describe, expect, it, jest } from '@jest/globals';
import { Signal } from './signal.ts';

const LONG = 3_600_000;

/** Whether a promise is settled by now. */
async function settled(promise: Promise<unknown>): Promise<boolean> {
  return Promise.race([promise.then(() => true), Promise.resolve().then(() => Promise.resolve(false))]);
}

describe('the bell', () => {
  it('wakes everybody who waits', async () => {
    const bell = new Signal();
    const waiting = [bell.wait(bell.count, LONG), bell.wait(bell.count, LONG)];
    expect(await settled(Promise.any(waiting))).toBe(false);
    bell.notify();
    await Promise.all(waiting);
  });

  it('lets nobody wait who took the count before it rang', async () => {
    const bell = new Signal();
    const before = bell.count;
    bell.notify();
    await bell.wait(before, LONG);
    const again = bell.wait(bell.count, LONG);
    expect(await settled(again)).toBe(false);
    bell.close();
    await again;
  });

  it('lets nobody wait for longer than they want to', async () => {
    jest.useFakeTimers();
    try {
      const bell = new Signal();
      const waiting = bell.wait(bell.count, 1000);
      jest.advanceTimersByTime(999);
      expect(await settled(waiting)).toBe(false);
      jest.advanceTimersByTime(1);
      await waiting;
    } finally {
      jest.useRealTimers();
    }
  });

  it('wakes everybody when it is taken down, and holds nobody after that', async () => {
    const bell = new Signal();
    const waiting = bell.wait(bell.count, LONG);
    bell.close();
    await waiting;
    await bell.wait(bell.count, LONG);
  });
});
