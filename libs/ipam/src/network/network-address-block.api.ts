import { dateTime, defineModel, integer, numberReference } from '#api';
import { byNumber } from '../by-number.ts';
import {
  ChangeNetworkAddressBlock,
  CreateNetworkAddressBlock,
  DeleteNetworkAddressBlock,
} from './network-address-block.commands.ts';
import { networkAddressBlocks } from './network-address-blocks.ts';

export const networkAddressBlockFields = {
  network: numberReference('Utilities/Network', { required: true }),
  address_block: numberReference('Utilities/AddressBlock', { required: true }),
  vlan: integer(),
  updated: dateTime({ mode: 'RO' }),
  created: dateTime({ mode: 'RO' }),
  id: integer({ mode: 'RO' }),
};

/** That a block is used on a network. */
export const networkAddressBlockModel = defineModel({
  path: 'Utilities/NetworkAddressBlock',
  doc: 'That an address block is used on a network, and in which VLAN: none or 0 is untagged, 4095 a trunk.',
  idField: 'id',
  fields: networkAddressBlockFields,
  rows: networkAddressBlocks,
  sites: { index: 'network', of: 'Utilities/Network' },
  present: ({ block, ...row }, id) => ({ ...row, address_block: block, id }),
  create: (values) => new CreateNetworkAddressBlock(values),
  update: (id, values) => new ChangeNetworkAddressBlock(id, values),
  deletion: { command: (ids) => new DeleteNetworkAddressBlock(ids) },
  filters: {
    network: byNumber('network', 'Utilities/Network'),
    address_block: byNumber('address_block', 'Utilities/AddressBlock', 'block'),
  },
});
