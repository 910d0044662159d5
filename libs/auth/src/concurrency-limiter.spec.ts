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

/** Tasks of these sources on one limiter, ended one by one; whose were done, in order, and whose were refused. */
async function played(limiter: ConcurrencyLimiter, sources: readonly string[]) {
  const { task, ends } = stage();
  const done: string[] = [];
  const refused: string[] = [];
  const all = sources.map((source, n) =>
    limiter.run(source, task).then(
      () => void done.push(`${source}${n}`),
      () => void refused.push(`${source}${n}`),
    ),
  );
  await turn();
  for (let n = 0; n < ends.length; n += 1) {
    ends[n]?.();
    await turn();
  }
  await Promise.all(all);
  return { done, refused };
}

describe('a limiter of what runs at once', () => {
  it('lets so many run at a time, in the order they came', async () => {
    const limiter = new ConcurrencyLimiter(2, 10);
    const { task, ends, running, most } = stage();
    const done: number[] = [];
    const all = [1, 2, 3, 4, 5].map(async (n) => {
      await limiter.run('a', task);
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
    const limiter = new ConcurrencyLimiter(1, 1);
    const { task, ends } = stage();
    const inside = limiter.run('a', task);
    const waits = limiter.run('a', task);
    await expect(limiter.run('a', task)).rejects.toThrow('Too many logins at once');
    await expect(limiter.run('b', task)).rejects.toThrow('Too many logins at once');
    ends[0]?.();
    await inside;
    await turn();
    ends[1]?.();
    await waits;
  });

  it.each<[string, string, string[], string[]]>([
    ['takes turns between sources', 'aaabbc', ['a0', 'a1', 'b3', 'c5', 'a2', 'b4'], []],
    [
      'takes the last of whoever has most waiting where there is no room',
      'aaaaaab',
      ['a0', 'a1', 'b6', 'a2', 'a3', 'a4'],
      ['a5'],
    ],
    ['gives each of many the same', 'aaaaaabbbb', ['a0', 'a1', 'b6', 'a2', 'b7', 'a3'], ['b8', 'b9', 'a5', 'a4']],
  ])('%s', async (_, sources, done, refused) => {
    expect(await played(new ConcurrencyLimiter(1, 5), sources.split(''))).toEqual({ done, refused });
  });

  it('lets one in at once where another source has asked a hundred times', async () => {
    const sources = [...Array<string>(150).fill('a'), 'b'];
    const { done, refused } = await played(new ConcurrencyLimiter(2, 100), sources);
    expect(done.indexOf('b150')).toBeLessThanOrEqual(3);
    expect(refused).toHaveLength(49);
  });

  it('goes on after a task that fails', async () => {
    const limiter = new ConcurrencyLimiter(1, 5);
    const failing = limiter.run('a', () => Promise.reject(new Error('broken')));
    const next = limiter.run('a', async () => 'next');
    await expect(failing).rejects.toThrow('broken');
    expect(await next).toBe('next');
    expect(await limiter.run('b', async () => 'idle again')).toBe('idle again');
  });
});
