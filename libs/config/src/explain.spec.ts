import { expect, it } from '@jest/globals';
import { explain } from './explain.ts';
import type { Layer } from './layer.ts';

const first = { position: '3', actor: 'root', at: '2026-01-01T00:00:00.000000+00:00' };
const second = { position: '9', actor: 'ann', at: '2026-01-02T00:00:00.000000+00:00' };

const world: Layer = {
  source: { kind: 'Site', id: 'world', ...first },
  values: [
    ['dns', ['a']],
    ['gone', 1],
  ],
};
const site: Layer = {
  source: { kind: 'Site', id: 'site1' },
  values: [
    ['>dns', ['b']],
    ['url', 'http://{{ dns.0 }}/'],
    ['~gone', null],
    ['bad', '{{ x.y }}'],
  ],
  attributes: [['_site', 'site1']],
  origins: { '>dns': second, url: first },
};

it('tells for every name which layer, object and event gave it its value, and what each operator did', async () => {
  const { names, faults } = await explain([world, site]);
  const ofWorld = { kind: 'Site', id: 'world', ...first };
  const ofSite = { kind: 'Site', id: 'site1' };
  expect(names).toEqual([
    {
      name: 'dns',
      value: ['a', 'b'],
      steps: [
        { source: ofWorld, key: 'dns', operator: 'set', value: ['a'], before: undefined, after: ['a'] },
        {
          source: { ...ofSite, ...second },
          key: '>dns',
          operator: 'append',
          value: ['b'],
          before: ['a'],
          after: ['a', 'b'],
        },
      ],
    },
    {
      name: 'gone',
      value: undefined,
      steps: [
        { source: ofWorld, key: 'gone', operator: 'set', value: 1, before: undefined, after: 1 },
        { source: ofSite, key: '~gone', operator: 'drop', value: null, before: 1, after: undefined },
      ],
    },
    {
      name: 'bad',
      value: '{{ x.y }}',
      steps: [
        { source: ofSite, key: 'bad', operator: 'set', value: '{{ x.y }}', before: undefined, after: '{{ x.y }}' },
      ],
    },
    {
      name: 'url',
      value: 'http://{{ dns.0 }}/',
      rendered: 'http://a/',
      steps: [
        {
          source: { ...ofSite, ...first },
          key: 'url',
          operator: 'set',
          value: 'http://{{ dns.0 }}/',
          before: undefined,
          after: 'http://{{ dns.0 }}/',
        },
      ],
    },
    {
      name: '_site',
      value: 'site1',
      steps: [{ source: ofSite, key: '_site', operator: 'set', value: 'site1', before: undefined, after: 'site1' }],
    },
  ]);
  expect(faults).toEqual([{ key: 'bad', error: 'UndefinedError', message: "'x' is undefined" }]);
});

it('lets others have their turn while it works on thousands of values', async () => {
  const values = Array.from({ length: 5000 }, (_, n) => [`key_${n}`, n % 2 ? `{{ key_${n - 1} }}` : 'x'] as const);
  let turns = 0;
  let done = false;
  const others = (): void => {
    turns += 1;
    if (!done) setImmediate(others);
  };
  setImmediate(others);
  const { names } = await explain([{ source: { kind: 'Site', id: 'large' }, values }]);
  done = true;
  expect(names).toHaveLength(5000);
  expect(turns).toBeGreaterThan(3);
});
