import { BY_SITE } from './filters.ts';
import type { Noun } from './noun.ts';
import { lineOf } from './render.ts';

const network = {
  short: 't',
  value: 'ID',
  kind: 'integer',
  does: 'the network it is on',
  of: 'Utilities/Network',
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
    addressblock: {
      short: 'a',
      value: 'ID',
      kind: 'integer',
      field: 'address_block',
      does: 'the address block',
      of: 'Utilities/AddressBlock',
      required: true,
      only: 'create',
    },
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

const interfaceCells = {
  list: { ID: 'id', NAME: 'name', NETWORK: 'network', CREATED: 'created', UPDATED: 'updated' },
  get: { Id: 'id', Name: 'name', Structure: 'structure', Network: 'network', Created: 'created', Updated: 'updated' },
} as const;

/** Interfaces that a foundation has by itself. */
export const foundationInterface: Noun = {
  words: 'foundation interface',
  model: 'Utilities/RealNetworkInterface',
  called: ['a network interface of a foundation', 'network interfaces of a foundation'],
  id: 'INTERFACE',
  needs: 'requires a Foundation Interface Id argument',
  list: {
    ID: 'id',
    NAME: 'name',
    'PHYSICAL LOCATION': 'physical_location',
    MAC: 'mac',
    PROVISIONING: 'is_provisioning',
    NETWORK: 'network',
    'LINK NAME': 'link_name',
    PXE: 'pxe',
    CREATED: 'created',
    UPDATED: 'updated',
  },
  get: {
    Id: 'id',
    Name: 'name',
    Foundation: 'foundation',
    'Physical Location': 'physical_location',
    MAC: 'mac',
    'Is Provisioning': 'is_provisioning',
    Network: 'network',
    'Link Name': 'link_name',
    PXE: 'pxe',
    Created: 'created',
    Updated: 'updated',
  },
  options: {
    name: { short: 'n', does: 'its name', required: true },
    physical: {
      short: 'y',
      value: 'LOCATION',
      field: 'physical_location',
      does: 'where it is on the machine: eth0',
      required: true,
    },
    network: { ...network, required: true },
    provisioning: {
      short: 'p',
      kind: 'flag',
      field: 'is_provisioning',
      does: 'the machine boots from it',
      only: 'create',
    },
    linkname: { short: 'l', value: 'NAME', field: 'link_name', does: 'what it is plugged into' },
    mac: { short: 'm', value: 'MAC', does: 'its hardware address' },
  },
};

/** Interfaces that a structure has by its configuration. */
export const structureInterface: Noun = {
  words: 'structure interface',
  model: 'Utilities/AbstractNetworkInterface',
  called: ['a network interface of a structure', 'network interfaces of a structure'],
  id: 'INTERFACE',
  needs: 'requires a Structure Interface Id argument',
  ...interfaceCells,
  options: {
    name: { short: 'n', does: 'its name', required: true },
    network: { ...network, required: true },
  },
};

/** Bonds and port channels of a structure. */
export const aggregatedInterface: Noun = {
  ...structureInterface,
  words: 'structure agginterface',
  model: 'Utilities/AggregatedNetworkInterface',
  called: ['an aggregated interface of a structure', 'aggregated interfaces of a structure'],
  list: {
    ID: 'id',
    NAME: 'name',
    NETWORK: 'network',
    PRIMARY: 'primary_interface',
    SECONDARY: 'secondary_interfaces',
    CREATED: 'created',
    UPDATED: 'updated',
  },
  get: {
    Id: 'id',
    Name: 'name',
    Structure: 'structure',
    Network: 'network',
    'Primary Interface': 'primary_interface',
    'Secondary Interfaces': 'secondary_interfaces',
    Parameters: 'paramaters',
    Created: 'created',
    Updated: 'updated',
  },
  options: {
    ...structureInterface.options,
    primary: {
      short: 'p',
      value: 'INTERFACE',
      kind: 'integer',
      field: 'primary_interface',
      does: 'the interface it takes its hardware address from',
      required: true,
    },
    secondary: {
      short: 's',
      value: 'INTERFACE,…',
      kind: 'integers',
      field: 'secondary_interfaces',
      does: 'the other interfaces it is made of',
    },
  },
};

/** Addresses of structures. */
export const structureAddress: Noun = {
  words: 'structure address',
  model: 'Utilities/Address',
  called: ['an address of a structure', 'addresses of a structure'],
  id: 'ADDRESS',
  needs: 'requires a Address Id argument',
  list: {
    ID: 'id',
    INTERFACE: 'interface_name',
    ADDRESS: 'ip_address',
    'ADDRESS BLOCK': 'address_block',
    OFFSET: 'offset',
    PRIMARY: 'is_primary',
    CREATED: 'created',
    UPDATED: 'updated',
  },
  get: {
    Id: 'id',
    Structure: 'networked',
    Interface: 'interface_name',
    Address: 'ip_address',
    Netmask: 'netmask',
    Gateway: 'gateway',
    'Address Block': 'address_block',
    Offset: 'offset',
    'Is Primary': 'is_primary',
    Created: 'created',
    Updated: 'updated',
  },
  options: {
    interfacename: {
      short: 'n',
      value: 'NAME',
      field: 'interface_name',
      does: 'the interface it is on',
      required: true,
    },
    addressblock: {
      short: 'a',
      value: 'ID',
      kind: 'integer',
      field: 'address_block',
      does: 'the address block',
      of: 'Utilities/AddressBlock',
      required: true,
      only: 'create',
    },
    offset: { short: 'o', value: 'N', kind: 'integer', does: 'which address of the block', required: true },
    primary: { short: 'p', kind: 'flag', field: 'is_primary', does: 'the host is known by it', only: 'create' },
    alias: {
      value: 'N',
      kind: 'integer',
      field: 'alias_index',
      does: 'which of several addresses on the interface it is',
    },
  },
};
