import { BY_SITE } from './filters.ts';
import type { Noun } from './noun.ts';
import { lineOf } from './render.ts';

/** The block that a new object belongs to. */
export const blockOption = {
  short: 'a',
  value: 'ID',
  kind: 'integer',
  field: 'address_block',
  does: 'the address block',
  of: 'Utilities/AddressBlock',
  required: true,
  only: 'create',
} as const;

export const addressBlock: Noun = {
  words: 'addressblock',
  model: 'Utilities/AddressBlock',
  called: ['an address block', 'address blocks'],
  id: 'ID',
  needs: 'requires an AddressBlock Id argument',
  list: {
    ID: 'id',
    NAME: 'name',
    SITE: 'site',
    SUBNET: 'subnet',
    PREFIX: 'prefix',
    GATEWAY: 'gateway',
    CREATED: 'created',
    UPDATED: 'updated',
  },
  get: {
    Id: 'id',
    Name: 'name',
    Site: 'site',
    Subnet: 'subnet',
    Prefix: ({ prefix, netmask }) => `${String(prefix)} (${String(netmask)})`,
    'Gateway Offset': ({ gateway_offset: offset, gateway }) =>
      offset === null ? null : `${lineOf(offset)} (${lineOf(gateway)})`,
    'Max Address': '_max_address',
    Size: 'size',
    Created: 'created',
    Updated: 'updated',
  },
  options: {
    name: { short: 'n', does: 'its name', required: true },
    site: { short: 's', value: 'SITE', does: 'the site it is at', of: 'Site/Site', required: true },
    subnet: { short: 'u', value: 'ADDRESS', does: 'its first address', required: true },
    prefix: { short: 'p', value: 'LENGTH', kind: 'integer', does: 'the length of its prefix', required: true },
    gateway: {
      short: 'g',
      value: 'OFFSET',
      kind: 'integer',
      field: 'gateway_offset',
      does: 'at which offset of the subnet its gateway is',
    },
  },
  filters: BY_SITE,
};

export const networkNoun: Noun = {
  words: 'network',
  model: 'Utilities/Network',
  called: ['a network', 'networks'],
  id: 'ID',
  needs: 'requires a Network Id argument',
  list: {
    ID: 'id',
    NAME: 'name',
    SITE: 'site',
    MTU: 'mtu',
    BLOCKS: 'address_block_list',
    CREATED: 'created',
    UPDATED: 'updated',
  },
  get: {
    Id: 'id',
    Name: 'name',
    Site: 'site',
    MTU: 'mtu',
    'Address Blocks': 'address_block_list',
    Created: 'created',
    Updated: 'updated',
  },
  options: {
    name: { short: 'n', does: 'its name', required: true },
    site: { short: 's', value: 'SITE', does: 'the site it is at', of: 'Site/Site', required: true },
    mtu: { short: 'm', value: 'BYTES', kind: 'integer', does: 'its MTU' },
  },
  filters: BY_SITE,
};

/** That a block is used on a network. */
export const networkLink: Noun = {
  words: 'network link',
  model: 'Utilities/NetworkAddressBlock',
  called: ['a link of a network to an address block', 'links'],
  id: 'LINK',
  needs: 'requires a Network AddressBlock Link Id argument',
  list: {
    ID: 'id',
    NETWORK: 'network',
    'ADDRESS BLOCK': 'address_block',
    VLAN: 'vlan',
    CREATED: 'created',
    UPDATED: 'updated',
  },
  get: {
    Id: 'id',
    Network: 'network',
    'Address Block': 'address_block',
    VLAN: 'vlan',
    Created: 'created',
    Updated: 'updated',
  },
  options: {
    addressblock: blockOption,
    vlan: { short: 'v', value: 'VLAN', kind: 'integer', none: '-1', does: 'in which VLAN; -1: none' },
  },
  filters: {
    network: {
      type: 'string',
      value: 'ID',
      filter: 'network',
      parameter: 'network',
      does: 'only those of this network',
      completes: { model: 'Utilities/Network' },
    },
  },
};
