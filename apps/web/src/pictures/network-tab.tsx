import { EmptyState, EmptyStateBody, Skeleton } from '@patternfly/react-core';
import { Handle, Position } from '@xyflow/react';
import type { Node, NodeProps } from '@xyflow/react';
import { useMemo } from 'react';
import { Link } from 'react-router';
import { ProblemView } from '../app/problem-view.tsx';
import type { TabProps } from '../object/tab.ts';
import { Flow } from './flow.tsx';
import type { Card } from './host-network.ts';
import { cardsOf } from './host-network.ts';
import type { Size } from './layout.ts';
import { placesOf } from './layout.ts';
import { NETWORKED, pathAmong } from './path-among.ts';
import { useHostNetwork } from './use-host-network.ts';

type CardNode = Node<{ readonly card: Card }, 'card'>;

const sizeOf = ({ lines }: Card): Size => ({ width: 210, height: 48 + 18 * lines.length });

function CardView({ data: { card } }: NodeProps<CardNode>) {
  return (
    <div className="ct-node">
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <small>{card.kind}</small>
      <div className="ct-node-name">
        <Link to={card.path} className="nopan">
          {card.title}
        </Link>
      </div>
      {card.lines.map((line) => (
        <div key={line} className="ct-node-line">
          {line}
        </div>
      ))}
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  );
}

const nodeTypes = { card: CardView };

/** How a host is connected: interfaces, their addresses, networks and address blocks. */
export default function NetworkTab({ model, id, row }: TabProps) {
  const { data, error, refetch } = useHostNetwork(pathAmong(model, NETWORKED) ?? model.path, id, row);
  const graph = useMemo(() => (data ? cardsOf(data) : undefined), [data]);
  const nodes = useMemo((): CardNode[] => {
    if (!graph) return [];
    const places = placesOf(graph, sizeOf);
    return graph.nodes.map((card) => ({
      id: card.id,
      type: 'card',
      position: { ...places.get(card.id)! },
      ...sizeOf(card),
      data: { card },
    }));
  }, [graph]);
  if (error) return <ProblemView error={error} retry={() => void refetch()} />;
  if (!graph) return <Skeleton screenreaderText="Loading" height="24rem" />;
  if (graph.nodes.length < 2) {
    return (
      <EmptyState headingLevel="h2" titleText="It has no interfaces and no addresses">
        <EmptyStateBody>
          Give it interfaces in networks, or addresses of a block, to see how it is connected.
        </EmptyStateBody>
      </EmptyState>
    );
  }
  return (
    <Flow
      key={nodes.length}
      nodes={nodes}
      edges={graph.edges}
      nodeTypes={nodeTypes}
      label="How it is connected"
      named
    />
  );
}
