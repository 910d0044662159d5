import type { Extension } from '#api';
import { defineModel, integer, reference, text } from '#api';
import { holderUsers } from '#ipam';
import { ChangeNetworked, CreateNetworked, DeleteNetworked } from './networked.commands.ts';
import { networkeds } from './networkeds.ts';

export const networkedFields = {
  hostname: text(100, { required: true }),
  site: reference('Site/Site', { required: true }),
  id: integer({ mode: 'RO' }),
};

/** Hosts: whoever has addresses. */
export const networkedModel = defineModel({
  path: 'Utilities/Networked',
  doc: 'A host that has addresses: a structure, or a host that nothing is built for.',
  idField: 'id',
  fields: networkedFields,
  rows: networkeds,
  sites: { index: 'site' },
  present: ({ hostname, site }, id) => ({ hostname, site, id }),
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
];
