import { describe, expect, it } from '@jest/globals';
import { foundationRow, structureRow, viewOfRows } from '../../test/view-of-rows.ts';
import { complexes } from '../complex/complexes.ts';
import { dependencies } from '../dependency/dependencies.ts';
import { foundations } from '../foundations.ts';
import { structures } from '../structure/structures.ts';
import type { Graph } from './graph.ts';
import { graphAround, graphIn } from './graph.ts';

const cluster = { description: 'Cluster', site: 'site1', builtPercentage: 50, members: [{ structure: 1 }] };

/** A hypervisor in a cluster of its own, a virtual machine on it that waits for a switch at another site. */
const view = viewOfRows([
  [
    foundations,
    {
      host1: foundationRow({ structure: 1 }),
      host3: foundationRow({ structure: 3, site: 'site2' }),
      vm1: foundationRow({ structure: 4, complex: 'cluster', dependency: 5, job: { job: 12 } }),
    },
  ],
  [
    structures,
    {
      1: structureRow('kvm1', { membership: { complex: 'cluster', membership: 1 }, foundation: 'host1' }),
      3: structureRow('switch1', { foundation: 'host3', site: 'site2' }),
      4: structureRow('web1', { foundation: 'vm1' }),
    },
  ],
  [dependencies, { 5: { structure: 3, dependency: null, foundation: 'vm1', builtAt: '', job: null, site: 'site1' } }],
  [complexes, { cluster }],
] as never);

const all = { count: 100, bound: undefined };
const arrows = ({ edges }: Graph) => edges.map(({ from, to, kind }) => `${to} ${kind} ${from}`).toSorted();
const named = ({ nodes }: Graph, which: 'falls' | 'external' | 'root') =>
  nodes.flatMap((node) => (node[which] ? [node.id] : [])).toSorted();

it('around an object are what it needs and what falls with it', async () => {
  const graph = await graphAround(view, 'c-cluster', all);
  expect(arrows(graph)).toEqual([
    'c-cluster is-made-of s-1',
    'f-vm1 is-carried-by c-cluster',
    's-1 stands-on f-host1',
    's-4 stands-on f-vm1',
  ]);
  expect(named(graph, 'root')).toEqual(['c-cluster']);
  expect(named(graph, 'falls')).toEqual(['f-vm1', 's-4']);
  expect(graph.nodes.find(({ id }) => id === 'f-vm1')).toEqual({
    id: 'f-vm1',
    model: 'Building/Foundation',
    object: 'vm1',
    description: 'vm1',
    type: 'Foundation',
    state: 'built',
    site: 'site1',
    service: null,
    job: 12,
    external: false,
    root: false,
    falls: true,
  });
});

it('of a site is what is in it, with what of other sites it needs', async () => {
  const graph = await graphIn(view, 'site1', all);
  expect(named(graph, 'external')).toEqual(['s-3']);
  expect(arrows(graph)).toEqual([
    'c-cluster is-made-of s-1',
    'd-5 waits-for s-3',
    'f-vm1 is-carried-by c-cluster',
    'f-vm1 waits-for d-5',
    's-1 stands-on f-host1',
    's-4 stands-on f-vm1',
  ]);
  expect([graph.total, graph.elsewhere, graph.more]).toEqual([7, 0, false]);
});

describe('a complex that is reached by a structure', () => {
  /** A cluster that is reached by a structure on a host of its own, and one that is reached by one of its members. */
  const reached = viewOfRows([
    [
      foundations,
      {
        host1: foundationRow({ structure: 1 }),
        host2: foundationRow({ structure: 2 }),
        vm1: foundationRow({ complex: 'cluster' }),
      },
    ],
    [
      structures,
      {
        1: structureRow('esx1', { membership: { complex: 'cluster', membership: 1 }, foundation: 'host1' }),
        2: structureRow('vcenter1', { foundation: 'host2', site: 'site2' }),
      },
    ],
    [dependencies, {}],
    [
      complexes,
      {
        cluster: { ...cluster, host: { structure: 2, suffices: true } },
        other: { ...cluster, host: { structure: 1, suffices: true } },
      },
    ],
  ] as never);

  it('needs that, and what it stands on', async () => {
    const graph = await graphAround(reached, 'f-vm1', all);
    expect(arrows(graph)).toEqual([
      'c-cluster is-made-of s-1',
      'c-cluster is-reached-by s-2',
      'f-vm1 is-carried-by c-cluster',
      's-1 stands-on f-host1',
      's-2 stands-on f-host2',
    ]);
  });

  it('has it told of once where it is a member, and from another site where it is at one', async () => {
    const graph = await graphIn(reached, 'site1', all);
    expect(arrows(graph).filter((arrow) => arrow.startsWith('c-'))).toEqual([
      'c-cluster is-made-of s-1',
      'c-cluster is-reached-by s-2',
      'c-other is-made-of s-1',
    ]);
    expect(named(graph, 'external')).toEqual(['s-2']);
  });
});

it('no more is told than is asked for, and it is said that there is more', async () => {
  const graph = await graphIn(view, 'site1', { ...all, count: 2 });
  expect([graph.nodes.length, graph.more, graph.total > 2]).toEqual([2, true, true]);
  const near = await graphAround(view, 'c-cluster', { ...all, count: 2 });
  expect([near.nodes.length, near.more]).toEqual([2, true]);
});

it('who is bound to sites is told how much is elsewhere, and not what', async () => {
  const graph = await graphIn(view, 'site1', { count: 100, bound: ['site1'] });
  expect([named(graph, 'external'), graph.elsewhere]).toEqual([[], 1]);
  const around = await graphAround(view, 'f-host3', { count: 100, bound: ['site2'] });
  expect([around.nodes.map(({ id }) => id).toSorted(), around.elsewhere]).toEqual([['f-host3', 's-3'], 3]);
});

it('around what is not there is nothing', async () => {
  expect((await graphAround(view, 'f-none', all)).nodes).toEqual([]);
});
