import type { EntityRow } from '#read-store';
import { entityRows } from '#read-store';
import type { LogicalInterface } from './logical-interface.ts';
import { logicalInterface } from './logical-interface.ts';

/** A logical interface as it is shown. */
export type LogicalInterfaceRow = EntityRow<LogicalInterface>;

/** Logical interfaces by id. */
export const logicalInterfaces = entityRows(logicalInterface, {
  name: 'logical_interfaces',
  version: 1,
  key: 'integer',
  indexes: {
    structure: ({ structure }) => structure,
    network: ({ network }) => network,
    kind: ({ kind }) => kind,
  },
});
