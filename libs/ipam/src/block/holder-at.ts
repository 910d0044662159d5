import type { JsonMap } from '#kernel';
import { refuse } from '#kernel';
import type { View } from '#read-store';
import { addresses } from '../address/addresses.ts';
import { offsetKey, usedOffsets } from '../address/used-offsets.ts';
import { formatAddress, InvalidAddress, parseAddress } from '../ip-address.ts';
import { contains } from '../subnet.ts';
import { subnetOfBlock } from './address-block.ts';
import { addressBlocks } from './address-blocks.ts';

/** Who has an address of a block in a view, since when, and by which event; empty where nobody has. @throws Refusal where it is none of the block */
export async function holderAt(view: View, id: number, text: string, now: string): Promise<JsonMap> {
  const block = await view.get(addressBlocks, id);
  if (!block) return {};
  let address: bigint;
  try {
    address = parseAddress(text);
  } catch (error) {
    if (error instanceof InvalidAddress) throw refuse('ip_address', 'INVALID', error.message);
    throw error;
  }
  const subnet = subnetOfBlock(block);
  if (!contains(subnet.addresses, address))
    throw refuse('ip_address', 'RANGE', `is not in ${block.subnet}/${block.prefix}`);
  const used = await view.get(usedOffsets, offsetKey(id, address - subnet.address));
  if (!used) return {};
  const found = { ip_address: formatAddress(address), type: used.kind };
  if (used.hold) {
    const { key, reason, until } = used.hold;
    return until > now ? { ...found, key, reason, until, since: used.since } : {};
  }
  const row = used.address === null ? undefined : await view.get(addresses, used.address);
  if (!row) return { ...found, address: used.address, since: used.since };
  const { holder, interfaceName, aliasIndex, reason, pxe, given } = row;
  return {
    ...found,
    address: used.address,
    networked: holder,
    interface_name: interfaceName,
    alias_index: aliasIndex,
    reason,
    pxe,
    ...(used.loan ? { lent: used.loan } : {}),
    ...given,
  };
}
