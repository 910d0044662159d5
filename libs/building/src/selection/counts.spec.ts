import { expect, it } from '@jest/globals';
import { blueprints } from '#blueprint';
import { sites } from '#site';
import { structures } from '../structure/structures.ts';
import { structureRow, viewOfRows } from '../../test/view-of-rows.ts';
import { countsOf, MAX_GROUPS } from './counts.ts';

const at = (site: string, blueprint: string, builtAt: string | null = '') =>
  structureRow('x', { site, blueprint, builtAt });

/** A campus with two halls; `web` and `db` come from `linux`, and `appliance` from both. */
const view = viewOfRows([
  [
    structures,
    {
      1: at('hall1', 'web'),
      2: at('hall1', 'web', null),
      3: at('hall2', 'db'),
      4: at('hall2', 'appliance'),
      5: at('abroad', 'linux'),
    },
  ],
  [
    blueprints,
    {
      linux: { parents: [] },
      web: { parents: ['linux'] },
      db: { parents: ['linux'] },
      appliance: { parents: ['web', 'db'] },
    },
  ],
  [
    sites,
    { campus: { parent: null }, hall1: { parent: 'campus' }, hall2: { parent: 'campus' }, abroad: { parent: null } },
  ],
] as never);

it('counts what each blueprint and site has itself, and with what is below it, once each', async () => {
  const { total, states, blueprints: by, sites: where, more } = await countsOf(view, 'Structure', {});
  expect([total, states, more]).toEqual([5, { built: 4, planned: 1 }, false]);
  expect(by).toEqual([
    { name: 'linux', parents: [], own: 1, total: 5, states: { built: 1 } },
    { name: 'web', parents: ['linux'], own: 2, total: 3, states: { built: 1, planned: 1 } },
    { name: 'db', parents: ['linux'], own: 1, total: 2, states: { built: 1 } },
    { name: 'appliance', parents: ['web', 'db'], own: 1, total: 1, states: { built: 1 } },
  ]);
  expect(where.map(({ name, own, total: all }) => [name, own, all])).toEqual([
    ['campus', 0, 4],
    ['hall1', 2, 2],
    ['hall2', 2, 2],
    ['abroad', 1, 1],
  ]);
});

it('shows no parents beyond what is selected', async () => {
  const where = { blueprint: { any: ['web', 'appliance'] }, site: { any: ['hall1', 'hall2'] } };
  const { blueprints: by, sites: at } = await countsOf(view, 'Structure', where);
  expect(by.map(({ name, own, total }) => [name, own, total])).toEqual([
    ['web', 2, 3],
    ['appliance', 1, 1],
  ]);
  expect(at.map(({ name }) => name)).toEqual(['hall1', 'hall2']);
});

it('counts nothing where nothing is selected', async () =>
  expect(await countsOf(view, 'Structure', { site: 'nowhere' })).toEqual({
    total: 0,
    states: {},
    blueprints: [],
    sites: [],
    more: false,
  }));

it('names so many at most, and says that there are more', async () => {
  const rows = Object.fromEntries(Array.from({ length: MAX_GROUPS + 1 }, (_, n) => [n, at(`site${n}`, 'web')]));
  const { total, sites: named, more } = await countsOf(viewOfRows([[structures, rows]] as never), 'Structure', {});
  expect([total, named.length, more]).toEqual([MAX_GROUPS + 1, MAX_GROUPS, true]);
});
