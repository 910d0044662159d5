import { describe, expect, it } from '@jest/globals';
import { recordedLog } from '#testing';
import { MAX_UNKNOWN_SITES, SiteCheck, THERE_FOR_MS } from './site-check.ts';

describe('sites that agents ask for', () => {
  const there = new Set(['berlin']);

  it('are there or not; who asks for others is logged once and told for ten minutes', async () => {
    const { log, lines } = recordedLog();
    let now = 0;
    const check = new SiteCheck(
      async () => there,
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

  it('are looked up together, and again after half a minute', async () => {
    const { log } = recordedLog();
    const made = new Set(Array.from({ length: 1000 }, (_, n) => `s${n}`));
    let now = 0;
    const looks: number[] = [];
    const check = new SiteCheck(
      async (sites) => {
        looks.push(sites.length);
        return made;
      },
      log,
      () => now,
    );
    const all = async () => (await Promise.all([...made].map((site) => check.hasLately(site, 'a')))).every(Boolean);
    expect([await all(), looks]).toEqual([true, [1000]]);
    now = THERE_FOR_MS - 1;
    expect([await all(), looks]).toEqual([true, [1000]]);
    now = THERE_FOR_MS;
    made.delete('s7');
    expect([await check.hasLately('s0', 'a'), await check.hasLately('s1', 'a'), looks]).toEqual([
      true,
      true,
      [1000, 1000],
    ]);
    expect([await check.hasLately('s7', 'a'), check.unknown]).toEqual([false, [{ site: 's7', agent: 'a' }]]);
  });

  it('are forgotten when they are there, and where there are too many', async () => {
    const { log } = recordedLog();
    const made = new Set<string>();
    const check = new SiteCheck(async () => made, log);
    await check.has('paris', 'a1');
    made.add('paris');
    await check.has('paris', 'a1');
    expect(check.unknown).toEqual([]);
    for (let n = 0; n < 3 * MAX_UNKNOWN_SITES; n += 1) await check.has(`${n} ${'x'.repeat(5000)}`, 'y'.repeat(5000));
    expect(check.unknown).toHaveLength(MAX_UNKNOWN_SITES);
    expect(JSON.stringify(check.unknown).length).toBeLessThan(300 * MAX_UNKNOWN_SITES);
  });
});
