import type { Extension, Model } from '#api';
import { dateTime, defineModel, integer, map, numberReference, text } from '#api';
import { byNumber } from '#ipam';
import type { Key } from '#read-store';
import {
  ChangeAbstractInterface,
  ChangeAggregatedInterface,
  CreateAbstractInterface,
  CreateAggregatedInterface,
  DeleteLogicalInterface,
} from './logical-interface.commands.ts';
import type { LogicalInterfaceRow } from './logical-interfaces.ts';
import { logicalInterfaces } from './logical-interfaces.ts';

const commonFields = {
  name: text(20, { required: true }),
  network: numberReference('Utilities/Network', { required: true }),
  updated: dateTime({ mode: 'RO' }),
  created: dateTime({ mode: 'RO' }),
  structure: numberReference('Building/Structure', { required: true }),
};

export const abstractInterfaceFields = {
  ...commonFields,
  id: integer({ mode: 'RO' }),
  type: text(undefined, { mode: 'RO' }),
};

export const aggregatedInterfaceFields = {
  ...commonFields,
  primary_interface: numberReference('Utilities/NetworkInterface', { required: true }),
  paramaters: map({ default: {} }),
  secondary_interfaces: numberReference('Utilities/NetworkInterface', { required: true, list: true, default: [] }),
  networkinterface_ptr: numberReference('Utilities/NetworkInterface', { mode: 'RO' }),
  id: integer({ mode: 'RO', protocols: ['rest'] }),
  type: text(undefined, { mode: 'RO' }),
};

/** What both kinds have in common. */
const shared = {
  base: 'Utilities/NetworkInterface',
  rows: logicalInterfaces,
  sites: { index: 'structure', of: 'Building/Structure' },
  deletion: { command: (ids: readonly Key[]) => new DeleteLogicalInterface(ids) },
  filters: { structure: byNumber('structure', 'Building/Structure') },
} as const satisfies Partial<Model>;

const presented = ({ name, network, updated, created, structure, kind }: LogicalInterfaceRow, id: Key) => ({
  name,
  network,
  updated,
  created,
  structure,
  id,
  type: kind,
});

/** Interfaces that a structure has by its configuration; aggregated ones are among them. */
export const abstractInterfaceModel = defineModel<LogicalInterfaceRow, typeof abstractInterfaceFields>({
  ...shared,
  path: 'Utilities/AbstractNetworkInterface',
  doc: 'A network interface that a structure has by its configuration: a bridge, a loopback.',
  idField: 'id',
  fields: abstractInterfaceFields,
  present: presented,
  create: (values) => new CreateAbstractInterface(values),
  update: (id, values) => new ChangeAbstractInterface(id, values),
});

/** Bonds and port channels. */
export const aggregatedInterfaceModel = defineModel<LogicalInterfaceRow, typeof aggregatedInterfaceFields>({
  ...shared,
  path: 'Utilities/AggregatedNetworkInterface',
  doc: 'A network interface that is made of others, of the same structure or its foundation: a bond, a port channel.',
  idField: 'networkinterface_ptr',
  fields: aggregatedInterfaceFields,
  kind: { kind: 'Aggregated' },
  present: (row, id) => ({
    ...presented(row, id),
    primary_interface: row.primary,
    paramaters: row.parameters,
    secondary_interfaces: row.secondaries,
    networkinterface_ptr: id,
  }),
  create: (values) => new CreateAggregatedInterface(values),
  update: (id, values) => new ChangeAggregatedInterface(id, values),
});

/** Networks are used by the logical interfaces in them. */
export const logicalInterfaceUsers: readonly Extension[] = [
  {
    model: 'Utilities/Network',
    users: async (view, id) => {
      const { rows } = await view.list(logicalInterfaces, { where: { network: Number(id) } });
      return rows.map(({ key, row }) => `${row.kind}NetworkInterface ${key}`);
    },
  },
];
