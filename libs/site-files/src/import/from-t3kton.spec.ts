import { describe, expect, it } from '@jest/globals';
import { Refusal } from '#kernel';
import { readSiteFile } from '../read-site-file.ts';
import { fromT3kton } from './from-t3kton.ts';

const uri = (path: string, id: string | number): string => `/api/v1/${path}:${id}:`;
const list = (path: string, objects: Readonly<Record<string, object>>) => ({
  [`/api/v1/${path}`]: Object.fromEntries(
    Object.entries(objects).map(([id, one]) => [uri(path, id), /^\d+$/.test(id) ? { id: Number(id), ...one } : one]),
  ),
});
const site = uri('Site/Site', 'shop');

const EXPORT = {
  ...list('BluePrint/Script', { make: { description: 'makes one', script: '# nothing' } }),
  ...list('BluePrint/FoundationBluePrint', {
    metal: { description: 'metal', foundation_type_list: ['Manual'], parent_list: [], config_values: {} },
  }),
  ...list('BluePrint/StructureBluePrint', {
    web: { description: 'web', foundation_blueprint_list: [uri('BluePrint/FoundationBluePrint', 'metal')] },
  }),
  ...list('BluePrint/BluePrintScript', {
    1: { blueprint: uri('BluePrint/BluePrint', 'web'), script: uri('BluePrint/Script', 'make'), name: 'create' },
  }),
  ...list('Site/Site', { shop: { description: 'the shop', parent: null, zone: null, config_values: {} } }),
  ...list('Utilities/AddressBlock', {
    10: { site, name: 'ten', subnet: '10.1.0.0', prefix: 24, gateway_offset: 1 },
    9: { site, name: 'nine', subnet: '10.2.0.0', prefix: 24, gateway_offset: null },
  }),
  ...list('Utilities/ReservedAddress', {
    1: { address_block: uri('Utilities/AddressBlock', 10), offset: 3, reason: 'printers' },
    2: { address_block: uri('Utilities/AddressBlock', 10), offset: 2, reason: 'printers' },
    3: { address_block: uri('Utilities/AddressBlock', 9), offset: 2, reason: 'clock' },
  }),
  ...list('Utilities/Network', { 1: { site, name: 'lan', mtu: null } }),
  ...list('Utilities/NetworkAddressBlock', {
    1: { network: uri('Utilities/Network', 1), address_block: uri('Utilities/AddressBlock', 10), vlan: 12 },
    2: { network: uri('Utilities/Network', 1), address_block: uri('Utilities/AddressBlock', 9), vlan: null },
  }),
  ...list('Building/Foundation', {
    rack1: { site, type: 'Manual', blueprint: uri('BluePrint/FoundationBluePrint', 'metal'), state: 'built' },
    rack2: { site, type: 'Manual', blueprint: uri('BluePrint/FoundationBluePrint', 'metal'), state: 'planned' },
  }),
  ...list('Building/Structure', {
    1: {
      site,
      hostname: 'web1',
      blueprint: uri('BluePrint/StructureBluePrint', 'web'),
      foundation: uri('Building/Foundation', 'rack1'),
      state: 'planned',
    },
  }),
  ...list('Utilities/RealNetworkInterface', {
    1: {
      foundation: uri('Building/Foundation', 'rack1'),
      name: 'eth0',
      network: uri('Utilities/Network', 1),
      physical_location: 'eth0',
    },
    2: {
      foundation: uri('Building/Foundation', 'rack2'),
      name: 'eth1',
      network: uri('Utilities/Network', 1),
      physical_location: 'eth1',
    },
  }),
  ...list('Utilities/AbstractNetworkInterface', {
    3: { structure: uri('Building/Structure', 1), name: 'eth0', network: uri('Utilities/Network', 1) },
    4: { structure: uri('Building/Structure', 1), name: 'eth1', network: uri('Utilities/Network', 1) },
  }),
  ...list('Utilities/AggregatedNetworkInterface', {
    5: {
      structure: uri('Building/Structure', 1),
      name: 'bond0',
      network: uri('Utilities/Network', 1),
      primary_interface: uri('Utilities/RealNetworkInterface', 1),
      secondary_interfaces: [
        uri('Utilities/AbstractNetworkInterface', 3),
        uri('Utilities/AbstractNetworkInterface', 4),
      ],
    },
  }),
  ...list('Utilities/Address', {
    1: {
      networked: uri('Building/Structure', 1),
      interface_name: 'eth0',
      address_block: uri('Utilities/AddressBlock', 10),
      offset: 7,
      is_primary: true,
    },
    2: { networked: uri('Utilities/Networked', 99), interface_name: 'eth0' },
  }),
  ...list('Building/Dependency', {
    1: { structure: uri('Building/Structure', 1), link: 'soft', state: 'built' },
    2: { dependency: uri('Building/Dependency', 1), foundation: uri('Building/Foundation', 'rack2'), link: 'hard' },
    3: { structure: uri('Building/Structure', 1), link: 'soft', state: 'planned' },
  }),
};

const convert = (models: object) => fromT3kton('export.json', JSON.stringify({ models }));

describe('an export over CInP', () => {
  it('becomes a site file: URIs become names, in the order of the ids', () => {
    const { text, warnings } = convert(EXPORT);
    expect(warnings).toEqual(['address 2 is of no host, and was left out']);
    expect(text).toBe(`# what a Contractor showed over CInP

[script.make]
description = "makes one"
script = "# nothing"

[foundation.metal]
description = "metal"
foundation_types = ["Manual"]

[foundation.metal.config_values]

[structure.web]
description = "web"
foundation_blueprints = ["metal"]

[structure.web.config_values]

[structure.web.scripts]
create = "make"

[site.shop]
description = "the shop"

[site.shop.block.nine]
subnet = "10.2.0.0/24"

[site.shop.block.nine.reserved]
'10.2.0.2' = "clock"

[site.shop.block.ten]
subnet = "10.1.0.0/24"
gateway = "10.1.0.1"

[site.shop.block.ten.reserved]
'10.1.0.2-10.1.0.3' = "printers"

[site.shop.network.lan]
blocks = [{ block = "ten", vlan = 12 }, "nine"]

[site.shop.foundation.rack1]
type = "Manual"
blueprint = "metal"
state = "built"

[site.shop.foundation.rack1.interface.eth0]
network = "lan"
physical_location = "eth0"

[site.shop.foundation.rack2]
type = "Manual"
blueprint = "metal"

[site.shop.foundation.rack2.interface.eth1]
network = "lan"
physical_location = "eth1"

[site.shop.structure.web1]
blueprint = "web"
foundation = "rack1"
address = [{ interface = "eth0", ip = "10.1.0.7", primary = true }]

[site.shop.structure.web1.interface.eth0]
network = "lan"

[site.shop.structure.web1.interface.eth1]
network = "lan"

[site.shop.structure.web1.interface.bond0]
network = "lan"
primary = "eth0"
secondary = ["structure/eth0", "eth1"]

[site.shop.dependency.on-web1]
structure = "web1"
link = "soft"
state = "built"

[site.shop.dependency.rack2]
dependency = "on-web1"
foundation = "rack2"
link = "hard"

[site.shop.dependency.on-web1-2]
structure = "web1"
link = "soft"
`);
    expect(readSiteFile('x.toml', text).faults).toEqual([]);
  });

  it('tells which models are not in it', () => {
    const text = JSON.stringify({ models: {}, skipped: { '/api/v1/Building/Structure': 'not for eve' } });
    expect(fromT3kton('export.json', text).warnings).toEqual([
      'Building/Structure was left out of the export: not for eve',
    ]);
  });

  it.each(['{', '[]', '{"a": 1}', '{"models": 7}'])('is not %s', (text) =>
    expect(() => fromT3kton('export.json', text)).toThrow(Refusal),
  );
});
