import type { Extension } from '#api';
import { defineModel, integer, reference, text } from '#api';
import { addresses, holderUsers, useKey } from '#ipam';
import type { View } from '#read-store';
import { ChangeNetworked, CreateNetworked, DeleteNetworked } from './networked.commands.ts';
import { networkeds } from './networkeds.ts';

export const networkedFields = {
  hostname: text(100, { required: true }),
  site: reference('Site/Site', { required: true }),
  id: integer({ mode: 'RO' }),
  foundation: reference('Building/Foundation', {
    mode: 'RO',
    protocols: ['rest'],
    doc: 'the foundation whose BMC it is, and with which it goes; null: it is none',
  }),
};

/** Hosts: whoever has addresses. */
export const networkedModel = defineModel({
  path: 'Utilities/Networked',
  doc: 'A host that has addresses: a structure, or a host that nothing is built for.',
  idField: 'id',
  fields: networkedFields,
  rows: networkeds,
  sites: { index: 'site' },
  present: ({ hostname, site, foundation = null }, id) => ({ hostname, site, id, foundation }),
  create: (values) => new CreateNetworked(values),
  update: (id, values) => new ChangeNetworked(id, values),
  deletion: { command: (ids) => new DeleteNetworked(ids) },
});

/** Sites are used by the hosts in them; structures say so themselves. Hosts are used by addresses that point to theirs. */
export const networkedUsers: readonly Extension[] = [
  {
    model: 'Site/Site',
    users: async (view, name) => {
      const { keys } = await view.keys(networkeds, { where: { site: String(name), structure: 'false' } });
      return keys.map((key) => `Networked ${key}`);
    },
  },
  holderUsers('Utilities/Networked'),
  {
    model: 'Utilities/Networked',
    users: async (view, id) => bmcsAmong(view, [Number(id)]),
  },
  {
    model: 'Utilities/Address',
    users: async (view, id) => {
      const holder = (await view.get(addresses, id))?.holder ?? null;
      return holder === null ? [] : bmcsAmong(view, [holder]);
    },
  },
  {
    model: 'Utilities/AddressBlock',
    users: async (view, id) => {
      const { rows } = await view.list(addresses, { where: { use: useKey(Number(id), 'Address') } });
      return bmcsAmong(view, [...new Set(rows.flatMap(({ row: { holder } }) => holder ?? []))]);
    },
  },
];

/** The foundations whose BMCs are among some hosts, in words. */
async function bmcsAmong(view: View, hosts: readonly number[]): Promise<string[]> {
  const rows = await view.many(networkeds, hosts);
  return [...rows.values()].flatMap(({ foundation }) =>
    foundation === undefined ? [] : `Foundation ${foundation}, whose BMC it is`,
  );
}
