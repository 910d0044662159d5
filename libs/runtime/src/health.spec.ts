import { describe, expect, it } from '@jest/globals';
import type { HealthState } from './health.ts';
import { healthOf, HealthRegistry } from './health.ts';

const fine = {
  ready: true,
  head: 12n,
  reached: 12n,
  projecting: true,
  quarantined: new Map([['sites', new Set<string>()]]),
  adapters: { log: 'postgres' },
};
const checks = (...states: readonly HealthState[]) => ({
  checks: Object.fromEntries(states.map((state, n) => [`part ${n}`, state])),
});

describe('health', () => {
  it.each([
    ['is ok when all is well', {}, { status: 'ok', lag: 0, quarantine: {}, checks: {} }],
    ['tells how far the rows are behind', { reached: 2n }, { status: 'ok', lag: 10 }],
    ['is never behind less than nothing', { reached: 20n }, { lag: 0 }],
    [
      'is degraded while a row is in quarantine, and names it',
      { quarantined: new Map([['sites', new Set(['site1'])]]) },
      { status: 'degraded', ready: true, quarantine: { sites: ['site1'] } },
    ],
    ['is down while the log does not answer', { head: undefined }, { status: 'down', ready: false, lag: null }],
    ['is starting until it is ready', { ready: false }, { status: 'starting', ready: false }],
    [
      'is starting until it is ready, whatever is down',
      { ready: false, ...checks({ status: 'down' }) },
      { status: 'starting', ready: false },
    ],
    [
      'is degraded while a part is, and says why',
      checks({ status: 'ok' }, { status: 'degraded', reason: 'full' }),
      {
        status: 'degraded',
        ready: true,
        checks: { 'part 0': { status: 'ok' }, 'part 1': { status: 'degraded', reason: 'full' } },
      },
    ],
    [
      'is as its worst part',
      checks({ status: 'down' }, { status: 'starting' }, { status: 'degraded' }),
      { status: 'down', ready: false },
    ],
    ['waits for a part that starts', checks({ status: 'starting' }), { status: 'starting', ready: false }],
  ])('%s', (_, facts, expected) => {
    expect(healthOf({ ...fine, ...facts })).toMatchObject(expected);
  });
});

describe('the health indicators', () => {
  it('are asked by name, each time', async () => {
    const registry = new HealthRegistry();
    let asked = 0;
    registry.register('wire', async () => ({ status: 'degraded', reason: 'no NATS', tries: (asked += 1) }));
    const remove = registry.register('database', async () => ({ status: 'ok' }));
    const wire = { status: 'degraded', reason: 'no NATS' };
    expect(await registry.check()).toEqual({ database: { status: 'ok' }, wire: { ...wire, tries: 1 } });
    remove();
    expect(await registry.check()).toEqual({ wire: { ...wire, tries: 2 } });
  });

  it('have names of their own', () => {
    const registry = new HealthRegistry();
    registry.register('wire', async () => ({ status: 'ok' }));
    expect(() => registry.register('wire', async () => ({ status: 'ok' }))).toThrow(
      'there is a health indicator "wire" already',
    );
  });

  it('are down where they fail, also at once', async () => {
    const registry = new HealthRegistry();
    registry.register('one', async () => Promise.reject(new Error('no\nanswer')));
    registry.register('several', async () =>
      Promise.reject(new AggregateError([new Error('not here'), new Error('not there')])),
    );
    registry.register('thrown', () => {
      throw new TypeError('a bug');
    });
    expect(await registry.check()).toEqual({
      one: { status: 'down', reason: 'no answer' },
      several: { status: 'down', reason: 'not here, not there' },
      thrown: { status: 'down', reason: 'a bug' },
    });
  });

  it('are down where they take too long, are not asked again meanwhile, and hold up no other', async () => {
    const registry = new HealthRegistry({ timeoutMs: 10 });
    let asked = 0;
    let answer: (state: HealthState) => void = () => undefined;
    registry.register('slow', () => {
      asked += 1;
      return new Promise((resolve) => (answer = resolve));
    });
    registry.register('quick', async () => ({ status: 'ok' }));
    const late = { quick: { status: 'ok' }, slow: { status: 'down', reason: 'no answer within 10 ms' } };
    expect(await Promise.all([registry.check(), registry.check()])).toEqual([late, late]);
    expect(await registry.check()).toEqual(late);
    expect(asked).toBe(1);
    answer({ status: 'ok' });
    await new Promise((resolve) => setImmediate(resolve));
    const again = registry.check();
    await new Promise((resolve) => setImmediate(resolve));
    answer({ status: 'degraded' });
    expect((await again)['slow']).toEqual({ status: 'degraded' });
    expect(asked).toBe(2);
  });
});
