import type { Extension, Model } from '#api';
import { defineModel, reference, text } from '#api';
import { pauseBetweenSlices } from '#kernel';
import type { Key, View } from '#read-store';
import { byNumber } from '../by-number.ts';
import { DeleteAddress } from './address.commands.ts';
import { address } from './address.ts';
import type { AddressRow } from './addresses.ts';
import { addresses } from './addresses.ts';
import { derivedFields, placeFields } from './base-fields.ts';
import { derivedValues } from './derived-values.ts';
import { loadAddresses } from './place-address.ts';
import {
  ChangeDynamicAddress,
  ChangeReservedAddress,
  CreateDynamicAddress,
  CreateReservedAddress,
} from './pool-address.commands.ts';
import { offsetKey, usedOffsets } from './used-offsets.ts';

export const reservedAddressFields = {
  ...placeFields,
  reason: text(50, { required: true }),
  ...derivedFields,
};

export const dynamicAddressFields = {
  ...placeFields,
  pxe: reference('BluePrint/PXE'),
  ...derivedFields,
};

/** Who has borrowed an address, in words. */
async function borrowersOf(view: View, id: Key): Promise<readonly string[]> {
  const row = await view.get(addresses, id);
  if (!row || row.block === null || row.offset === null) return [];
  const used = await view.get(usedOffsets, offsetKey(row.block, row.offset));
  return used?.loan ? [`${used.loan.key}, which has borrowed it`] : [];
}

/** What both kinds have in common. */
const shared = {
  base: 'Utilities/BaseAddress',
  idField: 'id',
  rows: addresses,
  sites: { index: 'block', of: 'Utilities/AddressBlock' },
  complete: async (row: AddressRow, _: Key, { view }: Parameters<NonNullable<Model<AddressRow>['complete']>>[2]) => ({
    ...(await derivedValues(view, row)),
  }),
  deletion: { command: (ids: readonly Key[]) => new DeleteAddress(ids), users: borrowersOf },
  filters: { address_block: byNumber('address_block', 'Utilities/AddressBlock', 'block') },
} as const;

const presented = ({ block, offset, updated, created, kind }: AddressRow, id: Key) => ({
  address_block: block,
  offset,
  updated,
  created,
  id,
  type: kind,
});

/** Addresses that something else uses. */
export const reservedAddressModel = defineModel<AddressRow, typeof reservedAddressFields>({
  ...shared,
  path: 'Utilities/ReservedAddress',
  doc: 'An address that something uses which is not built from here.',
  fields: reservedAddressFields,
  kind: { kind: 'ReservedAddress' },
  present: (row, id) => ({ ...presented(row, id), reason: row.reason }),
  create: (values) => new CreateReservedAddress(values),
  update: (id, values) => new ChangeReservedAddress(id, values),
});

/** Addresses in the DHCP pool of their block. */
export const dynamicAddressModel = defineModel<AddressRow, typeof dynamicAddressFields>({
  ...shared,
  path: 'Utilities/DynamicAddress',
  doc: 'An address in the DHCP pool of its block, and what an unknown machine with that lease boots.',
  fields: dynamicAddressFields,
  kind: { kind: 'DynamicAddress' },
  present: (row, id) => ({ ...presented(row, id), pxe: row.pxe }),
  create: (values) => new CreateDynamicAddress(values),
  update: (id, values) => new ChangeDynamicAddress(id, values),
});

/** The largest number of addresses that let go of a PXE which is deleted. */
export const MAX_BOOTED = 10_000;

/** Addresses in DHCP pools let go of a PXE that is deleted. */
export const pxeExtension: Extension = {
  model: 'BluePrint/PXE',
  users: async (view, name) => {
    const { total } = await view.keys(addresses, { where: { pxe: String(name) }, count: 0 });
    return total > MAX_BOOTED ? [`${total} DynamicAddresses, of which at most ${MAX_BOOTED} let go of it`] : [];
  },
  release: async (work, view, name) => {
    const { keys } = await view.keys(addresses, { where: { pxe: String(name) } });
    await loadAddresses(work, keys.map(Number));
    const pause = pauseBetweenSlices();
    for (const key of keys) {
      await pause();
      const found = await work.load(address, key);
      if (found.stage !== 'active' || found.value.pxe !== name) continue;
      await work.decide(address, key, { type: 'ChangeAddress', data: { pxe: null } });
    }
  },
};
