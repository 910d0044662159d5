import { describe, expect, it } from '@jest/globals';
import { Turnstile } from './turnstile.ts';

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
    const turnstile = new Turnstile(2, 10);
    const { task, ends, running, most } = stage();
    const done: number[] = [];
    const all = [1, 2, 3, 4, 5].map(async (n) => {
      await turnstile.pass(task);
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
    const turnstile = new Turnstile(1, 1);
    const { task, ends } = stage();
    const inside = turnstile.pass(task);
    const waits = turnstile.pass(task);
    await expect(turnstile.pass(task)).rejects.toThrow('Too many logins at once');
    ends[0]?.();
    await inside;
    await turn();
    ends[1]?.();
    await waits;
  });

  it('goes on after a task that fails', async () => {
    const turnstile = new Turnstile(1, 5);
    const failing = turnstile.pass(() => Promise.reject(new Error('broken')));
    const next = turnstile.pass(async () => 'next');
    await expect(failing).rejects.toThrow('broken');
    expect(await next).toBe('next');
    expect(await turnstile.pass(async () => 'idle again')).toBe('idle again');
  });
});
