import type { Action, Extension } from '#api';
import { action, boundTo, parameter, shaped } from '#api';
import { graphAround, graphIn, graphShape, MAX_GRAPH_NODES, USUAL_GRAPH_NODES } from './graph.ts';
import type { Graph, GraphOptions } from './graph.ts';
import type { Kind } from './nodes.ts';
import { idOf } from './nodes.ts';
import type { Key, View } from '#read-store';

const graph = (
  doc: string,
  grant: string,
  draw: (view: View, key: Key, options: GraphOptions) => Promise<Graph>,
): Action =>
  action({
    doc,
    protocols: ['rest'],
    asOf: true,
    parameters: {
      count: parameter.integer({
        default: USUAL_GRAPH_NODES,
        doc: `How many objects there may be in it: ${MAX_GRAPH_NODES} at the most.`,
      }),
    },
    returns: shaped(graphShape),
    permission: { grant },
    query: (key, { count }, { view, caller }) =>
      draw(view, key, {
        count: Math.min(Math.max(1, count ?? USUAL_GRAPH_NODES), MAX_GRAPH_NODES),
        bound: boundTo(caller),
      }),
  });

const around = (model: string, kind: Kind, grant: string): Extension => ({
  model,
  actions: {
    graph: graph(
      'What it needs, what that needs, and what falls when it goes, as a graph.',
      grant,
      (view, key, options) => graphAround(view, idOf(kind, key), options),
    ),
  },
});

/** What depends on what, as a graph: around one object, or in a site. */
export const graphs: readonly Extension[] = [
  around('Building/Foundation', 'f', 'Building.view_foundation'),
  around('Building/Structure', 's', 'Building.view_structure'),
  around('Building/Dependency', 'd', 'Building.view_dependency'),
  around('Building/Complex', 'c', 'Building.view_complex'),
  {
    model: 'Site/Site',
    actions: {
      graph: graph(
        'What is in the site, and what each of it needs, as a graph.',
        'Site.view_site',
        (view, key, options) => graphIn(view, String(key), options),
      ),
    },
  },
];
