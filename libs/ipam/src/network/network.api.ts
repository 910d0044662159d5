import type { Action, Extension } from '#api';
import {
  byReference,
  dateTime,
  defineModel,
  integer,
  numberReference,
  parameter,
  reference,
  staticAction,
  text,
} from '#api';
import { ChangeNetwork, CreateNetwork, DeleteNetwork } from './network.commands.ts';
import { networkNameKey, networks } from './networks.ts';

export const networkFields = {
  name: text(40, { required: true }),
  site: reference('Site/Site', { required: true }),
  mtu: integer(),
  updated: dateTime({ mode: 'RO' }),
  created: dateTime({ mode: 'RO' }),
  address_block_list: numberReference('Utilities/AddressBlock', { required: true, list: true, default: [] }),
  id: integer({ mode: 'RO' }),
};

const getWithNameSite: Action = staticAction({
  doc: 'The network with this name in a site; null where there is none.',
  parameters: { site: parameter.reference('Site/Site'), name: parameter.text() },
  returns: { type: { kind: 'Model', model: 'Utilities/Network' } },
  permission: { grant: 'Utilities.view_network' },
  asOf: true,
  query: async ({ site, name }, { view }) =>
    (await view.keys(networks, { where: { name: networkNameKey(site ?? '', name ?? '') } })).keys[0] ?? null,
});

/** What interfaces are attached to. */
export const networkModel = defineModel({
  path: 'Utilities/Network',
  doc: 'A network that interfaces are attached to, with the address blocks that are used on it.',
  idField: 'id',
  fields: networkFields,
  rows: networks,
  sites: { index: 'site' },
  present: ({ links, ...row }, id) => ({ ...row, address_block_list: links.map(({ block }) => block), id }),
  create: (values) => new CreateNetwork(values),
  update: (id, values) => new ChangeNetwork(id, values),
  deletion: { command: (ids) => new DeleteNetwork(ids) },
  filters: { site: byReference('site', 'Site/Site') },
  actions: { getWithNameSite },
});

/** Sites are used by the networks that name them. */
export const networkUsers: readonly Extension[] = [
  {
    model: 'Site/Site',
    users: async (view, name) =>
      (await view.keys(networks, { where: { site: String(name) } })).keys.map((key) => `Network ${key}`),
  },
];
