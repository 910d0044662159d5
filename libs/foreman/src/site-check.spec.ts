import { describe, expect, it } from '@jest/globals';
import { recordedLog } from '#testing';
import { MAX_UNKNOWN_SITES, SiteCheck } from './site-check.ts';

describe('sites that agents ask for', () => {
  const there = new Set(['berlin']);

  it('are there or not; who asks for others is logged once and told for ten minutes', async () => {
    const { log, lines } = recordedLog();
    let now = 0;
    const check = new SiteCheck(
      async (site) => there.has(site),
      log,
      () => now,
    );
    expect([await check.has('berlin', 'a1'), await check.has('paris', 'a2'), await check.has('paris', 'a3')]).toEqual([
      true,
      false,
      false,
    ]);
    expect(lines).toEqual([expect.objectContaining({ level: 'warn', site: 'paris', agent: 'a2' })]);
    expect(check.unknown).toEqual([{ site: 'paris', agent: 'a3' }]);
    now = 600_000;
    expect(check.unknown).toEqual([]);
  });

  it('are forgotten when they are there, and where there are too many', async () => {
    const { log } = recordedLog();
    const made = new Set<string>();
    const check = new SiteCheck(async (site) => made.has(site), log);
    await check.has('paris', 'a1');
    made.add('paris');
    await check.has('paris', 'a1');
    expect(check.unknown).toEqual([]);
    for (let n = 0; n < 3 * MAX_UNKNOWN_SITES; n += 1) await check.has(`${n} ${'x'.repeat(5000)}`, 'y'.repeat(5000));
    expect(check.unknown).toHaveLength(MAX_UNKNOWN_SITES);
    expect(JSON.stringify(check.unknown).length).toBeLessThan(300 * MAX_UNKNOWN_SITES);
  });
});
