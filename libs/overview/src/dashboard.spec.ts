import { describe, expect, it } from '@jest/globals';
import { foundations, structures } from '#building';
import { holds, jobs, subcontractors } from '#foreman';
import { addressBlocks } from '#ipam';
import type { Key, ListOptions, ReadModel } from '#read-store';
import { CachedRow, fulfils, viewOf } from '#read-store';
import { sites } from '#site';
import { dashboardOf } from './dashboard.ts';

const MOMENT = '2026-01-01T00:00:00.000000+00:00';
const built = { locatedAt: MOMENT, builtAt: MOMENT };
const agent = { agent: 'a', transport: 'wire', since: MOMENT, lastSeen: MOMENT };

/** Two sites, one within the other. */
const ROWS: readonly (readonly [ReadModel<never>, Readonly<Record<string, object>>])[] = [
  [sites as never, { berlin: { parent: null }, cellar: { parent: 'berlin' }, paris: { parent: null } }],
  [
    foundations as never,
    {
      host1: { site: 'berlin', ...built },
      host2: { site: 'cellar', locatedAt: null, builtAt: null },
      host3: { site: 'paris', ...built },
    },
  ],
  [structures as never, { 1: { site: 'paris', builtAt: null } }],
  [
    jobs as never,
    {
      1: { site: 'cellar', stage: 'error', slow: false, target: {} },
      2: { site: 'paris', stage: 'queued', slow: true, target: {} },
    },
  ],
  [holds as never, { '1-1': { site: 'cellar', state: 'open' } }],
  [addressBlocks as never, { 1: { site: 'berlin', name: 'main', subnet: '10.0.0.0', prefix: 30, gatewayOffset: 1 } }],
  [
    subcontractors as never,
    {
      'berlin.a': { ...agent, site: 'berlin', present: true, modules: { iputils: 5, ssh: null } },
      'all.b': { ...agent, agent: 'b', site: null, present: true, modules: { ssh: 1, constructor: 2 } },
      'paris.c': { ...agent, agent: 'c', site: 'paris', present: false, modules: { ssh: 1 } },
    },
  ],
];

const view = viewOf({
  cached: async <Row extends object>(model: ReadModel<Row>, keys: readonly Key[]) =>
    new Map(
      rowsOf(model as never).flatMap(([key, row]) =>
        keys.includes(key) ? [[key, new CachedRow(row as Row, 1n, 1)] as const] : [],
      ),
    ),
  keys: async (model: ReadModel, { where = {}, count }: ListOptions = {}) => {
    const keys = rowsOf(model as never).flatMap(([key, row]) => (fulfils(model, row, where) ? [key] : []));
    return { keys: keys.slice(0, count), total: keys.length };
  },
});

const rowsOf = (model: ReadModel<never>): [Key, object][] =>
  Object.entries(ROWS.find(([{ name }]) => name === model.name)?.[1] ?? {}).map(([key, row]) => [
    model.key === 'integer' ? Number(key) : key,
    row,
  ]);

const everything = { site: null, bound: undefined, sees: () => true, now: MOMENT };

describe('the dashboard', () => {
  it('counts everything there is', async () => {
    expect(await dashboardOf(view, everything)).toEqual({
      at: MOMENT,
      site: null,
      foundations: { total: 3, states: { built: 2, planned: 1 } },
      structures: { total: 1, states: { planned: 1 } },
      jobs: { total: 2, states: { error: 1, queued: 1 }, slow: 1, held: 1 },
      waves: { total: 0, states: {} },
      addresses: {
        blocks: 1,
        used: 1,
        ipv4: { usable: 2, used: 1, percent: 50 },
        full: 0,
        fullest: [{ id: 1, name: 'main', site: 'berlin', subnet: '10.0.0.0/30', used: 1, percent: 50 }],
      },
      subcontractors: {
        present: 2,
        modules: { iputils: 1, ssh: 2, constructor: 1 },
        gone: [{ id: 'paris.c', agent: 'c', site: 'paris', since: MOMENT, modules: ['ssh'] }],
      },
    });
  });

  it('counts a site with those within it, and who serves every site', async () => {
    const {
      foundations: machines,
      jobs: work,
      subcontractors: agents,
    } = await dashboardOf(view, {
      ...everything,
      site: 'berlin',
    });
    expect([machines?.total, work?.total, work?.slow, work?.held]).toEqual([2, 1, 0, 1]);
    expect([agents?.present, agents?.gone]).toEqual([2, []]);
  });

  it('tells nobody of what they may not see', async () => {
    const { at: _, site: __, ...parts } = await dashboardOf(view, { ...everything, sees: () => false });
    expect([...new Set(Object.values(parts))]).toEqual([null]);
    const bound = await dashboardOf(view, { ...everything, bound: ['paris'] });
    expect([bound.foundations?.total, bound.jobs?.total, bound.addresses?.blocks, bound.waves]).toEqual([
      1,
      1,
      0,
      null,
    ]);
    expect((await dashboardOf(view, { ...everything, site: 'berlin', bound: ['paris'] })).foundations?.total).toBe(0);
  });
});
