import { describe, expect, it } from '@jest/globals';
import type { HealthState } from './health-registry.ts';
import { HealthRegistry } from './health-registry.ts';

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
