import { describe, expect, it } from '@jest/globals';
import type { Json } from '#kernel';
import { pairsOf } from '#kernel';
import { servedLayer } from './configuration.ts';
import { ConfigurationCache } from './configuration-cache.ts';
import { mergedConfiguration } from './merged-configuration.ts';

const served = { contractorUrl: 'http://contractor', pxeUrl: 'http://static/pxe/' };

/** A cache, and what it is asked for; `made` counts how often something was made. */
function asking(maxLength?: number) {
  const cache = new ConfigurationCache(maxLength);
  const asked = { made: 0 };
  const ask = async (key: string, parts: readonly unknown[], now: string, values: readonly [string, Json][]) => {
    const { configuration, faults } = await cache.of(key, { parts, now }, () => {
      asked.made += 1;
      const layer = { source: { kind: 'Site', id: 'site1' }, values };
      return mergedConfiguration([layer, servedLayer(served, { now, changed: ['then'] })], []);
    });
    return { configuration, faults };
  };
  return { cache, asked, ask };
}

describe('configurations in memory', () => {
  const row = {};
  const values: [string, Json][] = [
    ['a', '{{ b }}'],
    ['10', 'x'],
    ['9', 'y'],
    ['b', 1],
    ['c', '{{ open'],
  ];

  it('are given again with the moment they are asked at, as long as all they are made of is the very same', async () => {
    const { ask, asked } = asking();
    const first = await ask('1', [row, 'x'], 'one', values);
    const second = await ask('1', [row, 'x'], 'two', values);
    expect(asked.made).toBe(1);
    expect(second).toEqual({ ...first, configuration: { ...first.configuration, __timestamp: 'two' } });
    expect(second.faults).toMatchObject([{ key: 'c' }]);
    expect(pairsOf(second.configuration).map(([key]) => key)).toEqual(pairsOf(first.configuration).map(([key]) => key));
    expect(pairsOf(second.configuration)[0]?.[0]).toBe('10');
    await ask('1', [{}, 'x'], 'three', values);
    await ask('1', [row], 'four', values);
    await ask('2', [row], 'five', values);
    expect(asked.made).toBe(4);
  });

  it.each([
    ['{{ __timestamp }}'],
    ['{% set x = __timestamp %}{{ x }}'],
    ['{{ "{{ __time" ~ "stamp }}" }}'],
    ['{% for i in [__timestamp] %}{{ i }}{% endfor %}'],
    ['{% macro m() %}{{ __timestamp }}{% endmacro %}{{ m() }}'],
  ])('in which %s tells the moment are made anew', async (text) => {
    const { ask, asked } = asking();
    for (const now of ['one', 'two']) {
      expect((await ask('1', [row], now, [['a', text]])).configuration).toMatchObject({ a: now, __timestamp: now });
    }
    expect(asked.made).toBe(2);
  });

  it('take no more than they may: those that were not asked for longest go first', async () => {
    const { cache, ask, asked } = asking(1000);
    const large: [string, Json][] = [['a', 'x'.repeat(300)]];
    for (const key of ['1', '2', '1', '3']) await ask(key, [row], 'now', large);
    expect([asked.made, cache.length <= 1000]).toEqual([3, true]);
    await ask('1', [row], 'now', large);
    expect(asked.made).toBe(3);
    await ask('2', [row], 'now', large);
    expect(asked.made).toBe(4);
    await ask('4', [row], 'now', [['a', 'x'.repeat(2000)]]);
    expect(cache.length).toBeLessThanOrEqual(1000);
  });
});
