import { Controls, MarkerType, MiniMap, ReactFlow } from '@xyflow/react';
import type { Edge, Node, NodeTypes } from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import { useIsDark } from '../app/theme.ts';
import './pictures.css';

/** From so many nodes on, a small map helps to find one's way. */
const MAPPED = 30;
/** From so many on, only those one sees are drawn. */
const MANY = 200;

interface FlowProps {
  readonly nodes: Node[];
  readonly edges: readonly { readonly from: string; readonly to: string; readonly kind: string }[];
  readonly nodeTypes: NodeTypes;
  readonly label: string;
  /** Whether edges say what they are. */
  readonly named?: boolean;
}

/** Nodes and edges as a picture that can be moved and enlarged; what its nodes link to is reached by the keys. */
export function Flow({ nodes, edges, nodeTypes, label, named = false }: FlowProps) {
  const isDark = useIsDark();
  const drawn = edges.map(({ from, to, kind }): Edge => ({
    id: `${from} ${to}`,
    source: from,
    target: to,
    ariaLabel: `${from} ${kind} ${to}`,
    markerEnd: { type: MarkerType.ArrowClosed },
    className: kind === 'through others' ? 'ct-edge-through' : '',
    ...(named ? { label: kind } : {}),
  }));
  return (
    <div className="ct-graph" role="region" aria-label={label}>
      <ReactFlow
        nodes={nodes}
        edges={drawn}
        nodeTypes={nodeTypes}
        colorMode={isDark ? 'dark' : 'light'}
        fitView
        fitViewOptions={{ maxZoom: 1 }}
        minZoom={0.05}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        onlyRenderVisibleElements={nodes.length > MANY}
      >
        <Controls showInteractive={false} />
        {nodes.length > MAPPED && <MiniMap pannable zoomable ariaLabel="Small map of the graph" />}
      </ReactFlow>
    </div>
  );
}
