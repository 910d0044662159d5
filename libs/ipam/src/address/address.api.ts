import type { Extension, Model } from '#api';
import { boolean, defineModel, integer, numberReference, text } from '#api';
import type { View } from '#read-store';
import { byNumber } from '../by-number.ts';
import { ChangeAddress, CreateAddress, DeleteAddress } from './address.commands.ts';
import type { AddressRow } from './addresses.ts';
import { addresses } from './addresses.ts';
import { MAX_INTERFACE_NAME } from './check-address.ts';
import { derivedFields, placeFields } from './base-fields.ts';
import { derivedValues } from './derived-values.ts';

export const addressFields = {
  ...placeFields,
  networked: numberReference('Utilities/Networked', { required: true }),
  interface_name: text(MAX_INTERFACE_NAME, { required: true }),
  alias_index: integer(),
  pointer: numberReference('Utilities/Address'),
  is_primary: boolean({ default: false }),
  ...derivedFields,
};

const present: NonNullable<Model<AddressRow>['present']> = (row, id) => ({
  address_block: row.block,
  offset: row.offset,
  updated: row.updated,
  created: row.created,
  networked: row.holder,
  interface_name: row.interfaceName,
  alias_index: row.aliasIndex,
  pointer: row.pointer,
  is_primary: row.primary,
  id,
  type: row.kind,
});

/** How many addresses are looked for at once. */
const MAX_TARGETS = 1000;

/** Those that point to one of some addresses, in words. */
export async function pointersTo(view: View, targets: readonly number[]): Promise<string[]> {
  const found: string[] = [];
  for (let at = 0; at < targets.length; at += MAX_TARGETS) {
    const { rows } = await view.list(addresses, { where: { pointer: { any: targets.slice(at, at + MAX_TARGETS) } } });
    found.push(...rows.map(({ key, row }) => `Address ${key}, which points to Address ${row.pointer}`));
  }
  return found;
}

/** Addresses of hosts. */
export const addressModel = defineModel<AddressRow, typeof addressFields>({
  path: 'Utilities/Address',
  base: 'Utilities/BaseAddress',
  doc: 'An address of a host, on one of its interfaces; or one that takes everything from the address it points to.',
  idField: 'id',
  fields: addressFields,
  rows: addresses,
  kind: { kind: 'Address' },
  sites: { index: 'holder', of: 'Utilities/Networked' },
  present,
  complete: async (row, _, { view }) => ({ ...(await derivedValues(view, row)) }),
  create: (values) => new CreateAddress(values),
  update: (id, values) => new ChangeAddress(id, values),
  deletion: {
    command: (ids) => new DeleteAddress(ids),
    users: (view, id) => pointersTo(view, [Number(id)]),
  },
  filters: {
    address_block: byNumber('address_block', 'Utilities/AddressBlock', 'block'),
    structure: byNumber('structure', 'Building/Structure', 'holder'),
  },
});

/** The addresses of a host go with it, unless those of others point to them. */
export const holderUsers = (model: string): Extension => ({
  model,
  users: async (view, holder) => {
    const { rows } = await view.list(addresses, { where: { holder } });
    const own = new Set(rows.map(({ key }) => Number(key)));
    const found: string[] = [];
    for (const target of own) {
      const pointing = await view.list(addresses, { where: { pointer: target } });
      for (const { key } of pointing.rows) {
        if (!own.has(Number(key))) found.push(`Address ${key}, which points to Address ${target}`);
      }
    }
    return found;
  },
});
