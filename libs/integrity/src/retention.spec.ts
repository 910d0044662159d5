import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { silentLogger } from '#kernel';
import type { TestDatabase } from '#testing';
import { testDatabase } from '#testing';
import type { RetentionRule } from './retention.ts';
import { keptForDays, Retention } from './retention.ts';
import { RetentionLedger } from './retention-ledger.ts';

const { signal } = new AbortController();
const NOON = Date.parse('2026-03-31T12:00:00Z');
let database: TestDatabase;
let now = NOON;
const retention = async () => {
  const runner = new Retention(new RetentionLedger(database.pool), {
    clock: { now: () => new Date(now).toISOString() },
    log: silentLogger,
  });
  await runner.onModuleInit();
  return runner;
};
const rule = (name: string, days: number, prune: RetentionRule['prune']): RetentionRule => ({
  name,
  setting: `CONTRACTOR_KEEP_${name.toUpperCase()}`,
  keepMs: keptForDays(days),
  prune,
});

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

describe('retention', () => {
  it('removes what is older than a rule says, a slice at a time, until there is no more, and tells when it ran', async () => {
    const asked: (readonly [string, number])[] = [];
    let left = 1200;
    const runner = await retention();
    runner.add(
      rule('things', 30, async (before, limit) => {
        asked.push([before, limit]);
        const count = Math.min(left, limit);
        left -= count;
        return count;
      }),
    );
    expect(await runner.health()).toMatchObject({ rules: [{ rule: 'things', ran: null, removed: 0, total: 0 }] });
    await runner.reconcile(signal);
    expect(asked).toEqual(Array.from({ length: 3 }, () => ['2026-03-01T12:00:00.000Z', 500]));
    expect(left).toBe(0);
    expect(runner.pruned).toEqual([{ name: 'things', removed: 1200 }]);
    const told = { rule: 'things', setting: 'CONTRACTOR_KEEP_THINGS', days: 30, error: null };
    const ran = '2026-03-31T12:00:00.000Z';
    expect(await runner.health()).toEqual({ status: 'ok', rules: [{ ...told, ran, removed: 1200, total: 1200 }] });
  });

  it('looks again when a rule is due, and another server tells of what was removed, too', async () => {
    const times: string[] = [];
    const first = await retention();
    const hourly = rule('hourly', 1, async () => (times.push('hourly'), 1));
    const minutely = { ...rule('minutely', 1, async () => (times.push('minutely'), 1)), everyMs: 60_000 };
    first.add(hourly, minutely);
    for (const minutes of [0, 0.5, 1, 60]) {
      now = NOON + minutes * 60_000;
      await first.reconcile(signal);
    }
    now = NOON;
    expect(times).toEqual(['hourly', 'minutely', 'minutely', 'hourly', 'minutely']);
    const other = await retention();
    other.add(hourly, minutely);
    const ran = '2026-03-31T13:00:00.000Z';
    expect(await other.health()).toMatchObject({
      rules: [
        { rule: 'hourly', ran, removed: 1, total: 2 },
        { rule: 'minutely', ran, removed: 1, total: 3 },
      ],
    });
  });

  it('keeps for ever what is kept for 0 days, and never goes on for ever itself', async () => {
    let slices = 0;
    const prune = async (_: string, limit: number): Promise<number> => ((slices += 1), limit);
    const runner = await retention();
    runner.add(rule('kept', 0, prune));
    await runner.reconcile(signal);
    expect(slices).toBe(0);
    runner.add(rule('endless', 1, prune));
    await runner.reconcile(signal);
    expect(slices).toBe(200);
    expect(() => runner.add(rule('kept', 0, prune))).toThrow('already');
  });

  it('a rule that fails holds up no other, is told, and is tried again', async () => {
    let away = true;
    const runner = await retention();
    runner.add(
      rule('fails', 1, () => (away ? Promise.reject(new Error('no table')) : Promise.resolve(2))),
      rule('goes', 1, async () => 3),
    );
    await expect(runner.reconcile(signal)).rejects.toThrow('no table');
    expect(runner.pruned).toEqual([
      { name: 'fails', removed: 0 },
      { name: 'goes', removed: 3 },
    ]);
    expect(await runner.health()).toMatchObject({
      status: 'degraded',
      reason: 'not removed, although kept long enough: fails (Error: no table)',
    });
    away = false;
    await runner.reconcile(signal);
    expect(await runner.health()).toMatchObject({ status: 'ok', rules: [{ removed: 2 }, { removed: 3, total: 3 }] });
  });

  it('stops where another server takes over', async () => {
    const over = new AbortController();
    const runner = await retention();
    runner.add(rule('x', 1, async (_, limit) => (over.abort(new Error('over')), limit)));
    await expect(runner.reconcile(over.signal)).rejects.toThrow('over');
    expect(runner.pruned).toMatchObject([{ removed: 500 }]);
  });
});
