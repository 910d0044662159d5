import type { UnitOfWork } from '#kernel';
import { blockFor } from '../block/block-for.ts';
import type { NetworkAddressBlock } from './network-address-block.ts';
import { networkAddressBlock } from './network-address-block.ts';
import { network } from './network.ts';

/**
 * Links a block to a network.
 * @param field the field that names the block
 */
export async function addLink(
  work: UnitOfWork,
  link: number,
  value: NetworkAddressBlock,
  field: 'address_block' | 'address_block_list',
): Promise<void> {
  await blockFor(work, field, value.block);
  const linked = await work.decide(network, value.network, { type: 'LinkBlock', data: { link, block: value.block } });
  if (linked) await work.decide(networkAddressBlock, link, { type: 'DefineNetworkAddressBlock', data: value });
}

/** Takes a link of a block to a network away. */
export async function removeLink(work: UnitOfWork, link: number): Promise<void> {
  const found = await work.load(networkAddressBlock, link);
  if (!('value' in found)) return;
  await work.decide(network, found.value.network, { type: 'UnlinkBlock', data: { link } });
  if (found.stage === 'active') {
    await work.decide(networkAddressBlock, link, { type: 'CloseNetworkAddressBlock', data: {} });
  }
  await work.decide(networkAddressBlock, link, { type: 'DeleteNetworkAddressBlock', data: {} });
}
