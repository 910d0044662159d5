import type { EntityRow } from '#read-store';
import { entityRows } from '#read-store';
import type { NetworkAddressBlock } from './network-address-block.ts';
import { networkAddressBlock } from './network-address-block.ts';

/** A link of a block to a network as it is shown. */
export type NetworkAddressBlockRow = EntityRow<NetworkAddressBlock>;

/** Links of blocks to networks by id. */
export const networkAddressBlocks = entityRows(networkAddressBlock, {
  name: 'network_address_blocks',
  version: 1,
  key: 'integer',
  indexes: { network: ({ network }) => network, block: ({ block }) => block },
});
