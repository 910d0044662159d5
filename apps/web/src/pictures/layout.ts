import { graphlib, layout } from '@dagrejs/dagre';

/** How large a node is drawn, in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Where the upper left corner of a node is, in pixels. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

interface Drawn<N extends { readonly id: string }> {
  readonly nodes: readonly N[];
  readonly edges: readonly { readonly from: string; readonly to: string }[];
}

/** Where each node stands: what an edge comes from is left of what it leads to. */
export function placesOf<N extends { readonly id: string }>(
  { nodes, edges }: Drawn<N>,
  sizeOf: (node: N) => Size,
): ReadonlyMap<string, Place> {
  const drawn = new graphlib.Graph();
  drawn.setGraph({ rankdir: 'LR', nodesep: 18, ranksep: 70 });
  drawn.setDefaultEdgeLabel(() => ({}));
  for (const node of nodes) drawn.setNode(node.id, { ...sizeOf(node) });
  for (const { from, to } of edges) drawn.setEdge(from, to);
  layout(drawn);
  return new Map(
    nodes.map((node) => {
      const { x, y } = drawn.node(node.id) as Place;
      const { width, height } = sizeOf(node);
      return [node.id, { x: x - width / 2, y: y - height / 2 }];
    }),
  );
}
