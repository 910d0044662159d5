import { addressBlocks, addresses, placeValues } from '#ipam';
import type { JsonMap } from '#kernel';
import type { FoundationType } from '#platform';
import { BMC_BLOCK } from '#platform';
import type { View } from '#read-store';
import type { Foundation } from '../foundation.ts';
import { readAddressText, writeAddressText } from './bmc-address.ts';

/** The fields of a platform with the address of the BMC as it is in its block, and the rows that it comes from. */
export interface ShownAddress {
  readonly own: JsonMap;
  readonly parts: readonly unknown[];
}

/**
 * The fields of the platform of a foundation, in which the address of its BMC is that of its `Address`, wherever that has
 * been moved to, in the block where it is now. What was given as text stays what it is.
 */
export async function withBmcAddress(
  view: View,
  { own, bmc }: Pick<Foundation, 'own' | 'bmc'>,
  type: FoundationType | undefined,
): Promise<ShownAddress> {
  const field = type?.bmcAddress;
  const row = field === undefined || !bmc ? undefined : await view.get(addresses, bmc.address);
  if (field === undefined || !row || row.block === null) return { own, parts: [] };
  const block = await view.get(addressBlocks, row.block);
  const { ip_address: host } = placeValues(block, row.offset);
  if (host === null) return { own, parts: [row] };
  const text = own[field];
  const { port } = readAddressText(typeof text === 'string' ? text : '');
  return { own: { ...own, [field]: writeAddressText({ host, port }), [BMC_BLOCK]: row.block }, parts: [row, block] };
}

/** The same foundation, with that in the place of its fields. */
export async function addressed<F extends Pick<Foundation, 'own' | 'bmc'>>(
  view: View,
  value: F,
  type: FoundationType | undefined,
): Promise<F> {
  return type?.bmcAddress === undefined || !value.bmc
    ? value
    : { ...value, own: (await withBmcAddress(view, value, type)).own };
}
