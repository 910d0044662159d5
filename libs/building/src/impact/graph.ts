import type { Shape, Shaped } from '#api';
import { shape } from '#api';
import { pauseBetweenSlices } from '#kernel';
import type { View } from '#read-store';
import { impactOf } from './impact.ts';
import type { Node } from './nodes.ts';
import { kindOf, needsOf, nodesOf } from './nodes.ts';
import type { Kind } from './nodes.ts';
import { rememberingView } from './remembering-view.ts';
import { siteIds } from './site-ids.ts';

/** The largest number of objects in one graph. */
export const MAX_GRAPH_NODES = 5000;
/** How many there are unless more are asked for: more than that nobody reads as a picture. */
export const USUAL_GRAPH_NODES = 500;

const numberOrNull: Shape<number | null> = { schema: { type: ['integer', 'null'] } };

/** What depends on what, as a picture is drawn of it. */
export const graphShape = shape.record({
  nodes: shape.list(
    shape.record({
      id: shape.text('Its id in the graph: `s-3`.'),
      model: shape.text('Path of its model.'),
      object: shape.text('Its id in the API.'),
      description: shape.text('Host name or locator, or what else it is called by.'),
      type: shape.text('`Structure`, `Foundation`, `Dependency` or `Complex`.'),
      state: shape.text(),
      site: shape.text(),
      service: shape.textOrNull('The service it is part of.'),
      job: { ...numberOrNull, schema: { ...numberOrNull.schema, description: 'The job at work on it.' } },
      external: shape.flag('It is at another site than the one the graph is about.'),
      root: shape.flag('The graph is about it.'),
      falls: shape.flag('It is affected when the root is taken down.'),
    }),
    'In no order that means anything.',
  ),
  edges: shape.list(
    shape.record({
      from: shape.text('What is needed.'),
      to: shape.text('What needs it.'),
      kind: shape.text('`stands-on`, `waits-for`, `is-carried-by`, `is-made-of`, `is-reached-by`, or `comes-after`.'),
    }),
  ),
  total: shape.count('How many objects it would have, as far as they were counted.'),
  elsewhere: shape.count('How many more are at sites that the caller is not told of.'),
  more: shape.flag('Whether there is more than is told.'),
});

export type Graph = Shaped<typeof graphShape>;

/** How one kind of thing needs another, as a word; a complex that is reached by one that is no member of it needs it, too. */
const EDGES: Readonly<Record<string, string>> = {
  'f s': 'stands-on',
  'd f': 'waits-for',
  'c f': 'is-carried-by',
  's c': 'is-made-of',
  's d': 'waits-for',
  'd d': 'comes-after',
};

const MODELS: { readonly [K in Kind]: string } = {
  s: 'Building/Structure',
  f: 'Building/Foundation',
  d: 'Building/Dependency',
  c: 'Building/Complex',
};

interface Drawn {
  readonly nodes: ReadonlyMap<string, Node>;
  readonly roots: ReadonlySet<string>;
  readonly falls: ReadonlySet<string>;
  /** The site that the graph is about. */
  readonly site: string;
  readonly total: number;
  readonly elsewhere: number;
  readonly more: boolean;
}

async function graphOf({ nodes, roots, falls, site: home, total, elsewhere, more }: Drawn): Promise<Graph> {
  const pause = pauseBetweenSlices();
  const edges: Graph['edges'][number][] = [];
  for (const [id, node] of nodes) {
    await pause();
    const listed = node.entry.dependency_list.length;
    for (const [n, from] of needsOf(node).entries()) {
      if (!nodes.has(from)) continue;
      const kind = n < listed ? (EDGES[`${kindOf(from)} ${kindOf(id)}`] ?? 'waits-for') : 'is-reached-by';
      edges.push({ from, to: id, kind });
    }
  }
  return {
    nodes: [...nodes].map(
      ([
        id,
        {
          entry: { description, type, state },
          site,
          service,
          job,
        },
      ]) => ({
        id,
        model: MODELS[kindOf(id)],
        object: id.slice(2),
        description,
        type,
        state,
        site,
        service,
        job,
        external: site !== home,
        root: roots.has(id),
        falls: falls.has(id),
      }),
    ),
    edges,
    total,
    elsewhere,
    more,
  };
}

export interface GraphOptions {
  /** How many objects there may be, at most. */
  readonly count: number;
  /** The sites that may be told of; undefined: all. */
  readonly bound: readonly string[] | undefined;
}

const emptyGraph: Graph = { nodes: [], edges: [], total: 0, elsewhere: 0, more: false };

/** What something needs, what that needs, and what falls with it. @param id its id in the graph: `f-host1` */
export async function graphAround(now: View, id: string, { count, bound }: GraphOptions): Promise<Graph> {
  const view = rememberingView(now);
  const root = (await nodesOf(view, [id])).get(id);
  if (!root) return emptyGraph;
  const { affected, elsewhere, more } = await impactOf(view, [id], bound);
  const falls = new Set(affected.map((one) => one.id));
  const carriers = await carriersOf(view, id, root, count);
  const wanted = [...new Set([id, ...carriers.keys(), ...falls])];
  const found = await nodesOf(view, wanted.slice(0, count));
  const told = new Map([...found].filter(([, { site }]) => bound?.includes(site) !== false));
  return graphOf({
    nodes: told,
    roots: new Set([id]),
    falls,
    site: root.site,
    total: wanted.length,
    elsewhere: elsewhere + found.size - told.size,
    more: more || wanted.length > count,
  });
}

/** What something stands on or waits for, and what that does; the nearest first. */
async function carriersOf(view: View, id: string, root: Node, most: number): Promise<ReadonlyMap<string, Node>> {
  const found = new Map<string, Node>([[id, root]]);
  for (let level: ReadonlyMap<string, Node> = found; level.size > 0 && found.size <= most;) {
    const below = [...level.values()].flatMap(needsOf);
    level = await nodesOf(view, [...new Set(below)].filter((one) => !found.has(one)).slice(0, most + 1 - found.size));
    for (const [one, node] of level) found.set(one, node);
  }
  return found;
}

/** What is in a site and what each of it needs; what of that is at other sites is external. */
export async function graphIn(now: View, site: string, { count, bound }: GraphOptions): Promise<Graph> {
  const view = rememberingView(now);
  const { ids, total } = await siteIds(view, site, count);
  const inside = await nodesOf(view, ids);
  const needed = new Set([...inside.values()].flatMap(needsOf));
  const outside = [...needed].filter((id) => !inside.has(id));
  const external = await nodesOf(view, outside.slice(0, Math.max(0, count - inside.size)));
  const told = new Map([...external].filter(([, node]) => bound?.includes(node.site) !== false));
  return graphOf({
    nodes: new Map([...inside, ...told]),
    roots: new Set(),
    falls: new Set(),
    site,
    total: total + outside.length,
    elsewhere: external.size - told.size,
    more: total > ids.length || outside.length > external.size,
  });
}
