import type { Action, Extension, Model } from '#api';
import {
  action,
  boolean,
  byReference,
  dateTime,
  defineModel,
  exactNumber,
  integer,
  parameter,
  reference,
  staticAction,
  text,
  wideInteger,
} from '#api';
import type { JsonMap } from '#kernel';
import type { Key, View } from '#read-store';
import { AllocateAddress } from '../address/address.commands.ts';
import { pointersTo } from '../address/address.api.ts';
import { addresses, useKey } from '../address/addresses.ts';
import { lentOffsets } from '../address/used-offsets.ts';
import { gatewayOf } from '../address/derived-values.ts';
import { formatAddress } from '../ip-address.ts';
import { ChangeAddressBlock, CreateAddressBlock, DeleteAddressBlock } from './address-block.commands.ts';
import { subnetOfBlock } from './address-block.ts';
import type { AddressBlockRow } from './address-blocks.ts';
import { addressBlocks, blockNameKey } from './address-blocks.ts';
import { blockViews } from './block-views.api.ts';
import { holdActions } from './hold.api.ts';
import { allotmentOf, allotmentParameters } from './allotment.ts';

/** The largest number of addresses that are deleted with their block; more have to be deleted before. */
export const MAX_DELETED_WITH_BLOCK = 10_000;

export const addressBlockFields = {
  name: text(40, { required: true }),
  site: reference('Site/Site', { required: true }),
  subnet: text(undefined, { required: true }),
  prefix: integer({ required: true }),
  gateway_offset: wideInteger(),
  _max_address: text(undefined, { mode: 'RO', required: true }),
  updated: dateTime({ mode: 'RO' }),
  created: dateTime({ mode: 'RO' }),
  id: integer({ mode: 'RO' }),
  gateway: text(undefined, { mode: 'RO' }),
  netmask: text(undefined, { mode: 'RO' }),
  size: wideInteger({ mode: 'RO', asText: true }),
  isIpV4: boolean({ mode: 'RO', asText: true }),
};

/** How many addresses a block has for use: of IPv6, all of them count. */
const sizeOf = (row: AddressBlockRow): bigint => {
  const { ipv4, usableSize, size } = subnetOfBlock(row);
  return ipv4 ? usableSize : size;
};

const present: NonNullable<Model<AddressBlockRow>['present']> = (row, id) => {
  const { netmask, addresses: range, ipv4 } = subnetOfBlock(row);
  return {
    name: row.name,
    site: row.site,
    subnet: row.subnet,
    prefix: row.prefix,
    gateway_offset: row.gatewayOffset,
    _max_address: formatAddress(range.last),
    updated: row.updated,
    created: row.created,
    id,
    gateway: gatewayOf(row),
    netmask: formatAddress(netmask),
    size: String(sizeOf(row)),
    isIpV4: ipv4,
  };
};

/** How much of a block is used, and for what; the gateway counts as reserved. */
export async function usageOf(view: View, id: Key, row: AddressBlockRow): Promise<JsonMap> {
  const count = async (kind: 'Address' | 'ReservedAddress' | 'DynamicAddress'): Promise<number> =>
    (await view.keys(addresses, { where: { use: useKey(Number(id), kind) }, count: 0 })).total;
  return {
    total: exactNumber(sizeOf(row)),
    static: await count('Address'),
    reserved: (await count('ReservedAddress')) + (row.gatewayOffset === null ? 0 : 1),
    dynamic: await count('DynamicAddress'),
  };
}

const usage: Action = action({
  doc: 'How many addresses it has, and how many of them are of hosts, reserved, or in the DHCP pool.',
  parameters: {},
  returns: { type: { kind: 'Map' } },
  permission: { grant: 'Utilities.view_addressblock' },
  asOf: true,
  query: async (id, _, { view }) => {
    const row = await view.get(addressBlocks, id);
    return row ? usageOf(view, id, row) : {};
  },
});

const nextAddress: Action = action({
  doc: 'Gives the lowest free address to a host, on one of its interfaces.',
  parameters: { ...allotmentParameters, is_primary: parameter.boolean() },
  returns: { type: { kind: 'Model', model: 'Utilities/Address' } },
  permission: { grant: 'Utilities.add_address' },
  command: (id, wanted) => new AllocateAddress(id, allotmentOf(wanted)),
});

const getWithNameSite: Action = staticAction({
  doc: 'The address block with this name in a site; null where there is none.',
  parameters: { site: parameter.reference('Site/Site'), name: parameter.text() },
  returns: { type: { kind: 'Model', model: 'Utilities/AddressBlock' } },
  permission: { grant: 'Utilities.view_addressblock' },
  asOf: true,
  query: async ({ site, name }, { view }) =>
    (await view.keys(addressBlocks, { where: { name: blockNameKey(site ?? '', name ?? '') } })).keys[0] ?? null,
});

/** Why a block cannot go with its addresses, in words. */
async function usersOf(view: View, id: Key): Promise<readonly string[]> {
  const { keys, total } = await view.keys(addresses, { where: { block: id }, count: MAX_DELETED_WITH_BLOCK });
  if (total > MAX_DELETED_WITH_BLOCK) {
    return [`${total} addresses, of which at most ${MAX_DELETED_WITH_BLOCK} are deleted with their block`];
  }
  const lent = await lentOffsets(view, Number(id));
  const borrowers = lent.rows.flatMap(({ row }) =>
    row.loan ? [`${row.loan.key}, which has borrowed an address`] : [],
  );
  return [...borrowers, ...(await pointersTo(view, keys.map(Number)))];
}

/** Subnets of a site, out of which addresses are given. */
export const addressBlockModel = defineModel({
  path: 'Utilities/AddressBlock',
  doc: 'A subnet of a site, IPv4 or IPv6, out of which addresses are given.',
  idField: 'id',
  fields: addressBlockFields,
  rows: addressBlocks,
  sites: { index: 'site' },
  present,
  create: (values) => new CreateAddressBlock(values),
  update: (id, values) => new ChangeAddressBlock(id, values),
  deletion: { command: (ids) => new DeleteAddressBlock(ids), users: usersOf },
  filters: { site: byReference('site', 'Site/Site') },
  actions: { nextAddress, usage, getWithNameSite, ...holdActions, ...blockViews },
});

/** Sites are used by the blocks that name them. */
export const addressBlockUsers: Extension = {
  model: 'Site/Site',
  users: async (view, name) =>
    (await view.keys(addressBlocks, { where: { site: String(name) } })).keys.map((key) => `AddressBlock ${key}`),
};
