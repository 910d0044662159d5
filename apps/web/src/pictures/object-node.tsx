import { BuildingIcon } from '@patternfly/react-icons/dist/esm/icons/building-icon';
import { CubesIcon } from '@patternfly/react-icons/dist/esm/icons/cubes-icon';
import { LinkIcon } from '@patternfly/react-icons/dist/esm/icons/link-icon';
import { ServerIcon } from '@patternfly/react-icons/dist/esm/icons/server-icon';
import { Handle, Position } from '@xyflow/react';
import type { Node, NodeProps } from '@xyflow/react';
import type { ComponentType } from 'react';
import { Link } from 'react-router';
import { objectPath } from '../model/places.ts';
import { StateLabel } from '../model/state-label.tsx';
import type { GraphNode } from './graph.ts';

/** How large a node is drawn, in pixels. */
export const NODE = { width: 210, height: 58 } as const;

/** The signs of the four kinds of nodes. */
export const SIGNS: Readonly<Record<string, ComponentType>> = {
  Structure: BuildingIcon,
  Foundation: ServerIcon,
  Complex: CubesIcon,
  Dependency: LinkIcon,
};

/** A node as it is drawn. */
export type ObjectNodeType = Node<{ readonly node: GraphNode }, 'object'>;

/** The class of a node: what is at work, falls, is of another site, or is what the graph is about. */
const classOf = ({ job, falls, external, root }: GraphNode): string =>
  [
    'ct-node',
    job === null ? '' : 'ct-node-job',
    falls ? 'ct-node-falls' : '',
    external ? 'ct-node-external' : '',
    root ? 'ct-node-root' : '',
  ].join(' ');

/** An object in a graph: its name leads to its page. */
export function ObjectNode({ data: { node } }: NodeProps<ObjectNodeType>) {
  const Sign = SIGNS[node.type];
  const remarks = [
    node.external ? `of ${node.site}` : undefined,
    node.job === null ? undefined : `job ${node.job}`,
    node.falls && !node.root ? 'falls' : undefined,
  ].filter((remark) => remark !== undefined);
  return (
    <div className={classOf(node)}>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <div className="ct-node-name">
        {Sign && <Sign />}
        <Link to={objectPath(node.model, node.object)} title={`${node.type} ${node.description}`} className="nopan">
          {node.description}
        </Link>
      </div>
      <div className="ct-node-more">
        <StateLabel state={node.state} />
        <span>{remarks.join(' · ')}</span>
      </div>
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  );
}
