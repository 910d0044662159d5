import { blockOption } from './networks.ts';
import type { Noun } from './noun.ts';

const network = {
  short: 't',
  value: 'ID',
  kind: 'integer',
  does: 'the network it is on',
  of: 'Utilities/Network',
} as const;

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
    addressblock: blockOption,
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
