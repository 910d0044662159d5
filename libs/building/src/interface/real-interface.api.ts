import type { Action, Extension, Model } from '#api';
import {
  action,
  boolean,
  byReference,
  dateTime,
  defineModel,
  integer,
  numberReference,
  reference,
  text,
  uriOf,
} from '#api';
import { ChangeRealInterface, CreateRealInterface, DeleteRealInterface } from './real-interface.commands.ts';
import { byLocation } from './interfaces-of.ts';
import { realInterfaces } from './real-interfaces.ts';

const nameFields = {
  name: text(20, { required: true }),
  network: numberReference('Utilities/Network', { required: true }),
  updated: dateTime({ mode: 'RO' }),
  created: dateTime({ mode: 'RO' }),
};
const kindFields = { id: integer({ mode: 'RO' }), type: text(undefined, { mode: 'RO' }) };

export const realInterfaceFields = {
  ...nameFields,
  mac: text(18),
  foundation: reference('Building/Foundation', { required: true }),
  is_provisioning: boolean({ default: false }),
  physical_location: text(100, { required: true }),
  link_name: text(100),
  pxe: reference('BluePrint/PXE'),
  ...kindFields,
};

/**
 * Interfaces of whichever kind: what a reference may point to. What refers to one is of the same structure or foundation,
 * so where it is need not be looked up.
 */
export const networkInterfaceModel: Model = {
  path: 'Utilities/NetworkInterface',
  doc: 'A network interface of whichever kind.',
  idField: 'id',
  fields: { ...nameFields, ...kindFields },
  sites: 'none',
  readable: false,
};

/** Interfaces that a foundation has by itself. */
export const realInterfaceModel = defineModel({
  path: 'Utilities/RealNetworkInterface',
  base: 'Utilities/NetworkInterface',
  doc: 'A network interface that a foundation has by itself, attached to a network.',
  idField: 'id',
  fields: realInterfaceFields,
  rows: realInterfaces,
  sites: { index: 'foundation', of: 'Building/Foundation' },
  present: ({ provisioning, physicalLocation, linkName, ...row }, id) => ({
    ...row,
    is_provisioning: provisioning,
    physical_location: physicalLocation,
    link_name: linkName,
    id,
    type: 'Real',
  }),
  create: (values) => new CreateRealInterface(values),
  update: (id, values) => new ChangeRealInterface(id, values),
  deletion: { command: (ids) => new DeleteRealInterface(ids) },
  filters: { foundation: byReference('foundation', 'Building/Foundation') },
});

const getInterfaceList: Action = action({
  doc: 'Its real interfaces, by physical location.',
  parameters: {},
  returns: { type: { kind: 'Map' }, list: true },
  permission: { grant: 'Building.view_foundation' },
  asOf: true,
  query: async (locator, _, { view }) => {
    const { rows } = await view.list(realInterfaces, { where: { foundation: locator } });
    return rows.toSorted(byLocation).map(({ row }) => ({
      name: row.name,
      physical_location: row.physicalLocation,
      is_provisioning: row.provisioning,
      mac: row.mac,
      pxe: row.pxe === null ? null : uriOf('BluePrint/PXE', row.pxe),
      network: uriOf('Utilities/Network', row.network),
    }));
  },
});

/** What foundations tell of their interfaces; networks and PXEs are used by them. */
export const realInterfaceExtensions: readonly Extension[] = [
  { model: 'Building/Foundation', actions: { getInterfaceList } },
  {
    model: 'Utilities/Network',
    users: async (view, id) =>
      (await view.keys(realInterfaces, { where: { network: Number(id) } })).keys.map(
        (key) => `RealNetworkInterface ${key}`,
      ),
  },
  {
    model: 'BluePrint/PXE',
    users: async (view, name) =>
      (await view.keys(realInterfaces, { where: { pxe: String(name) } })).keys.map(
        (key) => `RealNetworkInterface ${key}`,
      ),
  },
];
