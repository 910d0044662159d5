import { expect, it } from '@jest/globals';
import type { ListOptions, ReadModel, View } from '#read-store';
import { complexes } from './complex/complexes.ts';
import { dependencies } from './dependency/dependencies.ts';
import { foundations } from './foundations.ts';
import { impactOf } from './impact.ts';
import { structures } from './structure/structures.ts';

/** A view of these rows, by model and key. */
function viewOf(rows: readonly [ReadModel<never>, Readonly<Record<string, object>>][]): View {
  const of = (model: unknown) => rows.find(([one]) => one === model)?.[1] ?? {};
  return {
    get: async (model: unknown, key: unknown) => of(model)[String(key)],
    keys: async (model: ReadModel, { where = {} }: ListOptions) => {
      const keys = Object.entries(of(model))
        .filter(([, row]) => Object.entries(where).every(([name, value]) => model.indexes[name]?.(row) === value))
        .map(([key]) => key);
      return { keys, total: keys.length };
    },
  } as unknown as View;
}

const foundation = (more: object = {}) => ({
  locatedAt: '',
  builtAt: '',
  job: null,
  structure: null,
  dependency: null,
  ...more,
});
const structure = (hostname: string, more: object = {}) => ({
  hostname,
  builtAt: '',
  job: null,
  membership: null,
  ...more,
});
const member = { membership: { complex: 'cluster', membership: 1 } };

/** Two hypervisors in a cluster that needs one of them; a virtual machine on it that waits for a switch. */
const view = viewOf([
  [
    foundations,
    {
      host1: foundation({ structure: 1 }),
      host2: foundation({ structure: 2 }),
      host3: foundation({ structure: 3 }),
      vm1: foundation({ structure: 4, complex: 'cluster', dependency: 5 }),
    },
  ],
  [
    structures,
    {
      1: structure('kvm1', member),
      2: structure('kvm2', member),
      3: structure('switch1'),
      4: structure('web1'),
    },
  ],
  [dependencies, { 5: { structure: 3, dependency: null, foundation: 'vm1', builtAt: '', job: null } }],
  [
    complexes,
    { cluster: { description: 'Cluster', builtPercentage: 50, members: [{ structure: 1 }, { structure: 2 }] } },
  ],
] as never);

const named = async (id: string) => (await impactOf(view, id)).affected.map((one) => [one.id, one.because]);

it('what stands on something is affected, a complex only when too few of its members are left', async () => {
  expect(await named('f-host1')).toEqual([['s-1', ['f-host1']]]);
  expect(await impactOf(view, 'f-host1')).toEqual({
    affected: [{ id: 's-1', description: 'kvm1', type: 'Structure', state: 'built', because: ['f-host1'] }],
  });
});

it('what waits for something is affected, and what stands on that', async () => {
  expect(await named('f-host3')).toEqual([
    ['s-3', ['f-host3']],
    ['d-5', ['s-3']],
    ['f-vm1', ['d-5']],
    ['s-4', ['f-vm1']],
  ]);
});

it('what a complex carries is affected with it', async () => {
  expect(await named('c-cluster')).toEqual([
    ['f-vm1', ['c-cluster']],
    ['s-4', ['f-vm1']],
  ]);
});

it('nothing is affected by what is not there', async () =>
  expect(await impactOf(view, 'f-none')).toEqual({ affected: [] }));
