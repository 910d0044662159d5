import { describe, expect, it } from '@jest/globals';
import { ConcurrencyLimiter } from './concurrency-limiter.ts';

/** Tasks that end when they are told to. */
function stage() {
  const ends: (() => void)[] = [];
  let running = 0;
  let most = 0;
  const task = async (): Promise<void> => {
    running += 1;
    most = Math.max(most, running);
    await new Promise<void>((resolve) => ends.push(resolve));
    running -= 1;
  };
  return { task, ends, running: () => running, most: () => most };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('a turnstile', () => {
  it('lets so many pass at a time, in the order they came', async () => {
    const turnstile = new ConcurrencyLimiter(2, 10);
    const { task, ends, running, most } = stage();
    const done: number[] = [];
    const all = [1, 2, 3, 4, 5].map(async (n) => {
      await turnstile.run(task);
      done.push(n);
    });
    await turn();
    expect(running()).toBe(2);
    for (let n = 0; n < 5; n += 1) {
      ends[n]?.();
      await turn();
    }
    await Promise.all(all);
    expect(done).toEqual([1, 2, 3, 4, 5]);
    expect(most()).toBe(2);
  });

  it('refuses whoever comes when too many wait', async () => {
    const turnstile = new ConcurrencyLimiter(1, 1);
    const { task, ends } = stage();
    const inside = turnstile.run(task);
    const waits = turnstile.run(task);
    await expect(turnstile.run(task)).rejects.toThrow('Too many logins at once');
    ends[0]?.();
    await inside;
    await turn();
    ends[1]?.();
    await waits;
  });

  it('goes on after a task that fails', async () => {
    const turnstile = new ConcurrencyLimiter(1, 5);
    const failing = turnstile.run(() => Promise.reject(new Error('broken')));
    const next = turnstile.run(async () => 'next');
    await expect(failing).rejects.toThrow('broken');
    expect(await next).toBe('next');
    expect(await turnstile.run(async () => 'idle again')).toBe('idle again');
  });
});
