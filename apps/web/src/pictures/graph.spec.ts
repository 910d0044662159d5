import { describe, expect, it } from '@jest/globals';
import type { Graph, GraphFilter, GraphNode } from './graph.ts';
import { filterGraph, valuesOf } from './graph.ts';

const node = (id: string, more: Partial<GraphNode> = {}): GraphNode => ({
  id,
  model: 'Building/Structure',
  object: id.slice(2),
  description: `host-${id}`,
  type: id.startsWith('f') ? 'Foundation' : id.startsWith('c') ? 'Complex' : 'Structure',
  state: 'planned',
  site: 'site1',
  service: null,
  job: null,
  external: false,
  root: false,
  falls: false,
  ...more,
});

/** A host of virtual machines: f-1 carries s-1, which makes c-1, which carries f-2, which carries s-2. */
const graph: Graph = {
  nodes: [node('f-1'), node('s-1', { state: 'built' }), node('c-1'), node('f-2', { job: 7 }), node('s-2')],
  edges: [
    { from: 'f-1', to: 's-1', kind: 'stands-on' },
    { from: 's-1', to: 'c-1', kind: 'is-made-of' },
    { from: 'c-1', to: 'f-2', kind: 'is-carried-by' },
    { from: 'f-2', to: 's-2', kind: 'stands-on' },
  ],
  total: 5,
  elsewhere: 0,
  more: false,
};
const all: GraphFilter = { types: [], states: [], text: '', withJob: false };
const idsAndEdges = (one: Graph) => [
  one.nodes.map(({ id }) => id),
  one.edges.map(({ from, to, kind }) => `${from} ${kind} ${to}`),
];

describe('the wanted part of a graph', () => {
  it.each<[string, Partial<GraphFilter>, unknown]>([
    [
      'joins what needs one another through what is left out',
      { types: ['Structure'] },
      [['s-1', 's-2'], ['s-1 through others s-2']],
    ],
    [
      'keeps the kind of what is needed directly',
      { types: ['Structure', 'Foundation'] },
      [
        ['f-1', 's-1', 'f-2', 's-2'],
        ['f-1 stands-on s-1', 's-1 through others f-2', 'f-2 stands-on s-2'],
      ],
    ],
    ['has what is in a state', { states: ['built'] }, [['s-1'], []]],
    ['has what a job is at work on', { withJob: true }, [['f-2'], []]],
    ['has what is called so', { text: 'HOST-C' }, [['c-1'], []]],
  ])('%s', (_, wanted, expected) => {
    expect(idsAndEdges(filterGraph(graph, { ...all, ...wanted }))).toEqual(expected);
  });

  it('is the graph itself where nothing is left out', () => {
    expect(filterGraph(graph, all)).toBe(graph);
  });

  it('does not go in circles', () => {
    const circle: Graph = {
      ...graph,
      nodes: [node('s-1'), node('c-1'), node('s-2')],
      edges: [
        { from: 's-1', to: 'c-1', kind: 'is-made-of' },
        { from: 'c-1', to: 's-1', kind: 'waits-for' },
        { from: 'c-1', to: 's-2', kind: 'waits-for' },
      ],
    };
    expect(idsAndEdges(filterGraph(circle, { ...all, types: ['Structure'] }))).toEqual([
      ['s-1', 's-2'],
      ['s-1 through others s-2'],
    ]);
  });

  it('tells which types and states there are', () => {
    expect([valuesOf(graph, 'type'), valuesOf(graph, 'state')]).toEqual([
      ['Complex', 'Foundation', 'Structure'],
      ['built', 'planned'],
    ]);
  });
});
