import type { EntityRow } from '#read-store';
import { entityRows } from '#read-store';
import type { RealInterface } from './real-interface.ts';
import { realInterface } from './real-interface.ts';

/** A real interface as it is shown. */
export type RealInterfaceRow = EntityRow<RealInterface>;

/** Real interfaces by id. */
export const realInterfaces = entityRows(realInterface, {
  name: 'real_interfaces',
  version: 2,
  key: 'integer',
  indexes: {
    foundation: ({ foundation }) => foundation,
    network: ({ network }) => network,
    mac: ({ mac }) => mac,
    pxe: ({ pxe }) => pxe,
    link: ({ linkName }) => linkName,
  },
});
