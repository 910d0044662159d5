import { useMemo } from 'react';
import { Flow } from './flow.tsx';
import type { Graph } from './graph.ts';
import { placesOf } from './layout.ts';
import { NODE, ObjectNode, SIGNS } from './object-node.tsx';
import type { ObjectNodeType } from './object-node.tsx';

const nodeTypes = { object: ObjectNode };

/** A graph of objects as a picture. */
export default function DependencyGraph({ graph, label }: { readonly graph: Graph; readonly label: string }) {
  const nodes = useMemo((): ObjectNodeType[] => {
    const places = placesOf(graph, () => NODE);
    return graph.nodes.map((node) => ({
      id: node.id,
      type: 'object',
      position: { ...places.get(node.id)! },
      ...NODE,
      data: { node },
      ariaLabel: `${node.type} ${node.description}, ${node.state}`,
    }));
  }, [graph]);
  return <Flow nodes={nodes} edges={graph.edges} nodeTypes={nodeTypes} label={label} />;
}

/** What the signs and frames mean. */
export function Legend() {
  return (
    <ul className="ct-legend" aria-label="Legend">
      {Object.entries(SIGNS).map(([name, Sign]) => (
        <li key={name}>
          <Sign /> {name}
        </li>
      ))}
      <li className="ct-legend-job">a job is at work</li>
      <li className="ct-legend-falls">falls with it</li>
      <li className="ct-legend-external">of another site</li>
      <li>→ leads to what needs it</li>
    </ul>
  );
}
