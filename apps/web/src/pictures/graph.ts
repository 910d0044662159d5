/** What depends on what, as the API tells it of a site or around one object. */
export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** How many objects it would have. */
  readonly total: number;
  /** How many more are at sites one is not told of. */
  readonly elsewhere: number;
  readonly more: boolean;
}

export interface GraphNode {
  /** `s-3` */
  readonly id: string;
  readonly model: string;
  /** Its id in the API. */
  readonly object: string;
  readonly description: string;
  readonly type: string;
  readonly state: string;
  readonly site: string;
  readonly service: string | null;
  readonly job: number | null;
  readonly external: boolean;
  readonly root: boolean;
  readonly falls: boolean;
}

/** `from` is needed by `to`. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: string;
}

/** What of a graph is wanted; what is empty or false takes nothing away. */
export interface GraphFilter {
  readonly types: readonly string[];
  readonly states: readonly string[];
  readonly text: string;
  readonly withJob: boolean;
}

const isWanted = (node: GraphNode, { types, states, text, withJob }: GraphFilter): boolean =>
  (types.length === 0 || types.includes(node.type)) &&
  (states.length === 0 || states.includes(node.state)) &&
  (!withJob || node.job !== null) &&
  (text === '' || `${node.description} ${node.id}`.toLowerCase().includes(text.toLowerCase()));

/**
 * The part of a graph that is wanted. What is left out between two that stay is skipped: they are joined where one needs the
 * other through it.
 */
export function filterGraph(graph: Graph, filter: GraphFilter): Graph {
  const nodes = graph.nodes.filter((node) => isWanted(node, filter));
  if (nodes.length === graph.nodes.length) return graph;
  const kept = new Set(nodes.map(({ id }) => id));
  const needs = new Map<string, GraphEdge[]>();
  for (const edge of graph.edges) needs.set(edge.to, [...(needs.get(edge.to) ?? []), edge]);
  const edges: GraphEdge[] = [];
  for (const { id } of nodes) {
    const seen = new Set<string>([id]);
    const joined = new Set<string>();
    let open = (needs.get(id) ?? []).map((edge) => ({ edge, isDirect: true }));
    while (open.length > 0) {
      const next: typeof open = [];
      for (const { edge, isDirect } of open) {
        if (seen.has(edge.from)) continue;
        seen.add(edge.from);
        if (!kept.has(edge.from)) {
          next.push(...(needs.get(edge.from) ?? []).map((one) => ({ edge: one, isDirect: false })));
        } else if (!joined.has(edge.from)) {
          joined.add(edge.from);
          edges.push({ from: edge.from, to: id, kind: isDirect ? edge.kind : 'through others' });
        }
      }
      open = next;
    }
  }
  return { ...graph, nodes, edges };
}

/** The values one property has among the nodes, in the order of the alphabet. */
export const valuesOf = (graph: Graph, property: 'type' | 'state'): readonly string[] =>
  [...new Set(graph.nodes.map((node) => node[property]))].toSorted();
