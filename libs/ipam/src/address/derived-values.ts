import type { Key, View } from '#read-store';
import type { AddressBlockRow } from '../block/address-blocks.ts';
import { addressBlocks } from '../block/address-blocks.ts';
import { subnetOfBlock } from '../block/address-block.ts';
import { formatAddress } from '../ip-address.ts';
import type { AddressRow } from './addresses.ts';
import { addresses } from './addresses.ts';

/** What is told of an address from the block it is in. */
export interface DerivedValues {
  readonly ip_address: string | null;
  readonly subnet: string | null;
  readonly netmask: string | null;
  readonly prefix: number | null;
  readonly gateway: string | null;
}

const NOTHING: DerivedValues = { ip_address: null, subnet: null, netmask: null, prefix: null, gateway: null };

/** The address of the gateway of a block; null: it has none. */
export function gatewayOf(block: AddressBlockRow): string | null {
  const { gatewayOffset } = block;
  return gatewayOffset === null ? null : formatAddress(subnetOfBlock(block).address + BigInt(gatewayOffset));
}

/** The address at an offset of a block, as text. */
export const addressAt = (block: AddressBlockRow, offset: string | bigint): string =>
  formatAddress(subnetOfBlock(block).address + BigInt(offset));

/** An address that points to others, and where they lead to: the one that has a place; undefined where none has. */
export async function targetOf(view: View, row: AddressRow): Promise<AddressRow | undefined> {
  const seen = new Set<Key>();
  let at: AddressRow | undefined = row;
  while (at && at.pointer !== null && !seen.has(at.pointer)) {
    seen.add(at.pointer);
    at = await view.get(addresses, at.pointer);
  }
  return at;
}

/** The values of an address that its block has, or the block of what it points to. */
export async function derivedValues(view: View, row: AddressRow): Promise<DerivedValues> {
  const target = await targetOf(view, row);
  if (!target || target.block === null) return NOTHING;
  return placeValues(await view.get(addressBlocks, target.block), target.offset);
}

/** The values of the address at an offset of a block; all null where either is not there. */
export function placeValues(block: AddressBlockRow | undefined, offset: string | null): DerivedValues {
  if (!block || offset === null) return NOTHING;
  return {
    ip_address: addressAt(block, offset),
    subnet: block.subnet,
    netmask: formatAddress(subnetOfBlock(block).netmask),
    prefix: block.prefix,
    gateway: gatewayOf(block),
  };
}
