import { expect, it } from '@jest/globals';
import { complexes } from '../complex/complexes.ts';
import { dependencies } from '../dependency/dependencies.ts';
import { foundations } from '../foundations.ts';
import { structures } from '../structure/structures.ts';
import { foundationRow, structureRow, viewOfRows } from '../../test/view-of-rows.ts';
import { impactOf, MAX_AFFECTED } from './impact.ts';
import { MAX_RESOURCES, resourcesOf, servicesIn } from './services.ts';

const member = { membership: { complex: 'cluster', membership: 1 } };
const service = (name: string) => ({ labels: { service: name } });

/** Two hypervisors in a cluster that needs one of them; a virtual machine on it that waits for a switch. */
const view = viewOfRows([
  [
    foundations,
    {
      host1: foundationRow({ structure: 1 }),
      host2: foundationRow({ structure: 2 }),
      host3: foundationRow({ structure: 3, site: 'site2' }),
      vm1: foundationRow({ structure: 4, complex: 'cluster', dependency: 5 }),
    },
  ],
  [
    structures,
    {
      1: structureRow('kvm1', { ...member, foundation: 'host1', ...service('cloud') }),
      2: structureRow('kvm2', { ...member, foundation: 'host2', ...service('cloud') }),
      3: structureRow('switch1', { foundation: 'host3', site: 'site2', ...service('lan') }),
      4: structureRow('web1', { foundation: 'vm1', ...service('web') }),
      5: structureRow('web2', { foundation: 'vm2', builtAt: null, ...service('web') }),
    },
  ],
  [dependencies, { 5: { structure: 3, dependency: null, foundation: 'vm1', builtAt: '', job: null, site: 'site1' } }],
  [
    complexes,
    {
      cluster: {
        description: 'Cluster',
        site: 'site1',
        builtPercentage: 50,
        members: [{ structure: 1 }, { structure: 2 }],
      },
    },
  ],
] as never);

const named = async (...ids: string[]) => (await impactOf(view, ids)).affected.map((one) => [one.id, one.because]);

it('what stands on something is affected, a complex only when too few of its members are left', async () => {
  expect(await named('f-host1')).toEqual([['s-1', ['f-host1']]]);
  expect(await impactOf(view, ['f-host1'])).toEqual({
    affected: [
      { id: 's-1', description: 'kvm1', type: 'Structure', state: 'built', site: 'site1', because: ['f-host1'] },
    ],
    services: [{ service: 'cloud', down: 1, of: 2 }],
    elsewhere: 0,
    more: false,
  });
});

it('what is taken down together takes down what none of it would alone', async () =>
  expect(await named('f-host1', 'f-host2')).toEqual([
    ['s-1', ['f-host1']],
    ['s-2', ['f-host2']],
    ['c-cluster', ['s-1', 's-2']],
    ['f-vm1', ['c-cluster']],
    ['s-4', ['f-vm1']],
  ]));

it('what waits for something is affected, and what stands on that', async () => {
  expect(await named('f-host3')).toEqual([
    ['s-3', ['f-host3']],
    ['d-5', ['s-3']],
    ['f-vm1', ['d-5']],
    ['s-4', ['f-vm1']],
  ]);
});

it('a complex falls with the structure by which it is reached, whatever is left of its members', async () => {
  const its = {
    description: 'Cluster',
    site: 'site1',
    builtPercentage: 50,
    members: [{ structure: 1 }, { structure: 2 }],
  };
  const reached = viewOfRows([
    [foundations, { vm1: foundationRow({ complex: 'cluster' }) }],
    [structures, { 1: structureRow('esx1', member), 2: structureRow('esx2', member), 3: structureRow('vcenter1') }],
    [complexes, { cluster: { ...its, host: { structure: 3, suffices: true } } }],
  ] as never);
  expect((await impactOf(reached, ['s-3'])).affected.map(({ id, because }) => [id, because])).toEqual([
    ['c-cluster', ['s-3']],
    ['f-vm1', ['c-cluster']],
  ]);
});

it('what a complex carries is affected with it', async () => {
  expect(await named('c-cluster')).toEqual([
    ['f-vm1', ['c-cluster']],
    ['s-4', ['f-vm1']],
  ]);
});

it('the services that lose structures are named, what was taken down itself included', async () =>
  expect((await impactOf(view, ['s-3'])).services).toEqual([
    { service: 'lan', down: 1, of: 1 },
    { service: 'web', down: 1, of: 2 },
  ]));

it('nothing is affected by what is not there', async () =>
  expect(await impactOf(view, ['f-none'])).toEqual({ affected: [], services: [], elsewhere: 0, more: false }));

it('who is bound to sites is told how much is affected elsewhere, and not what', async () => {
  const { affected, services, elsewhere } = await impactOf(view, ['f-host3'], ['site2']);
  expect(affected.map(({ id }) => id)).toEqual(['s-3']);
  expect([services, elsewhere]).toEqual([[{ service: 'lan', down: 1, of: 1 }], 3]);
});

it('what carries a service is what its structures stand on and wait for, and what carries that', async () => {
  const { structures: parts, carriers, states, elsewhere, more } = await resourcesOf(view, 'web', {});
  expect(parts.map(({ id }) => id)).toEqual(['s-4', 's-5']);
  expect(carriers.map((one) => [one.id, one.type, one.needed_by])).toEqual([
    ['f-vm1', 'Foundation', ['s-4']],
    ['d-5', 'Dependency', ['f-vm1']],
    ['c-cluster', 'Complex', ['f-vm1']],
    ['s-3', 'Structure', ['d-5']],
    ['s-1', 'Structure', ['c-cluster']],
    ['s-2', 'Structure', ['c-cluster']],
    ['f-host3', 'Foundation', ['s-3']],
    ['f-host1', 'Foundation', ['s-1']],
    ['f-host2', 'Foundation', ['s-2']],
  ]);
  expect([states, elsewhere, more]).toEqual([{ planned: 1, built: 1 }, 0, false]);
  const bound = await resourcesOf(view, 'web', {}, ['site1']);
  expect(bound.carriers.map(({ id }) => id)).not.toContain('s-3');
  expect(bound.elsewhere).toBe(2);
});

it('the structure by which a complex is reached carries what that does', async () => {
  const reached = viewOfRows([
    [foundations, { host3: foundationRow({ structure: 3 }), vm1: foundationRow({ structure: 4, complex: 'cluster' }) }],
    [
      structures,
      {
        3: structureRow('vcenter1', { foundation: 'host3' }),
        4: structureRow('web1', { foundation: 'vm1', ...service('web') }),
      },
    ],
    [
      complexes,
      {
        cluster: {
          description: 'Cluster',
          site: 'site1',
          builtPercentage: 50,
          members: [],
          host: { structure: 3, suffices: true },
        },
      },
    ],
  ] as never);
  const { carriers } = await resourcesOf(reached, 'web', {});
  expect(carriers.map((one) => [one.id, one.needed_by])).toEqual([
    ['f-vm1', ['s-4']],
    ['c-cluster', ['f-vm1']],
    ['s-3', ['c-cluster']],
    ['f-host3', ['s-3']],
  ]);
});

it('a site has services, by the state of their structures', async () => {
  expect(await servicesIn(view, { site: 'site1' })).toEqual({
    services: [
      { service: 'cloud', total: 2, states: { built: 2 } },
      { service: 'web', total: 2, states: { built: 1, planned: 1 } },
    ],
    without: 0,
    more: false,
  });
  expect((await servicesIn(view, { site: 'site3' })).services).toEqual([]);
});

it('no more is named than can be read, and it is said that there is more', async () => {
  const waits = { structure: 1, dependency: null, foundation: null, builtAt: null, job: null, site: 'site1' };
  const many = (length: number, row: object) =>
    Object.fromEntries(Array.from({ length }, (_, n) => [n + 2, row] as const));
  const wide = viewOfRows([
    [dependencies, many(MAX_AFFECTED + 1, waits)],
    [structures, many(MAX_RESOURCES + 1, structureRow('web', service('web')))],
  ] as never);
  const { affected, more } = await impactOf(wide, ['s-1']);
  expect([affected.length, more]).toEqual([MAX_AFFECTED, true]);
  const found = await resourcesOf(wide, 'web', {});
  expect([found.structures.length, found.more]).toEqual([MAX_RESOURCES, true]);
});
