import { describe, expect, it } from '@jest/globals';
import { silentLogger } from '#kernel';
import { Retention } from './retention.ts';

const { signal } = new AbortController();
const retention = () => new Retention({ now: () => '2026-03-31T12:00:00.000000+00:00' }, silentLogger);

describe('retention', () => {
  it('removes what is older than a rule says, a slice at a time, until there is no more', async () => {
    const asked: (readonly [string, number])[] = [];
    let left = 1200;
    const runner = retention();
    runner.add({
      name: 'things',
      setting: 'CONTRACTOR_KEEP_THINGS',
      days: 30,
      prune: async (before, limit) => {
        asked.push([before, limit]);
        const count = Math.min(left, limit);
        left -= count;
        return count;
      },
    });
    await runner.reconcile(signal);
    expect(asked).toEqual(Array.from({ length: 3 }, () => ['2026-03-01T12:00:00.000Z', 500]));
    expect(left).toBe(0);
    expect(runner.pruned).toEqual([{ name: 'things', setting: 'CONTRACTOR_KEEP_THINGS', days: 30, removed: 1200 }]);
  });

  it('keeps for ever what is kept for 0 days, and never goes on for ever itself', async () => {
    let slices = 0;
    const prune = async (_: string, limit: number): Promise<number> => ((slices += 1), limit);
    const runner = retention();
    runner.add({ name: 'kept', setting: 'X', days: 0, prune });
    await runner.reconcile(signal);
    expect(slices).toBe(0);
    runner.add({ name: 'endless', setting: 'Y', days: 1, prune });
    await runner.reconcile(signal);
    expect(slices).toBe(200);
    expect(() => runner.add({ name: 'kept', setting: 'X', days: 0, prune })).toThrow('already');
  });

  it('stops where another server takes over', async () => {
    const over = new AbortController();
    const runner = retention();
    runner.add({ name: 'x', setting: 'X', days: 1, prune: async (_, limit) => (over.abort(new Error('over')), limit) });
    await expect(runner.reconcile(over.signal)).rejects.toThrow('over');
    expect(runner.pruned).toMatchObject([{ removed: 500 }]);
  });
});
