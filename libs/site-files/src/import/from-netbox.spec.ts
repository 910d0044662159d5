import { describe, expect, it } from '@jest/globals';
import { readSiteFile } from '../read-site-file.ts';
import { fromNetbox } from './from-netbox.ts';

const url = (path: string) => `https://netbox.example.test/api/${path}/`;
const answer = (...results: readonly object[]) =>
  JSON.stringify({ count: results.length, next: null, previous: null, results });
const SITE = { id: 1, url: url('dcim/sites/1'), display: 'Shop', name: 'Shop', slug: 'shop' };
const DEVICE = { id: 7, url: url('dcim/devices/7'), display: 'Web1.example.test', name: 'Web1.example.test' };

/** As NetBox 4.2 and later answers. */
const NEW = new Map([
  ['sites.json', answer({ ...SITE, status: { value: 'active', label: 'Active' }, description: 'The shop' })],
  [
    'prefixes.json',
    answer(
      {
        id: 1,
        url: url('ipam/prefixes/1'),
        prefix: '10.0.0.0/8',
        status: { value: 'container' },
        scope_type: null,
        scope: null,
        vlan: null,
      },
      {
        id: 2,
        url: url('ipam/prefixes/2'),
        prefix: '10.1.0.0/24',
        status: { value: 'active' },
        scope_type: 'dcim.site',
        scope_id: 1,
        scope: SITE,
        vlan: { id: 3, url: url('ipam/vlans/3'), vid: 12, name: 'internal' },
      },
      {
        id: 3,
        url: url('ipam/prefixes/3'),
        prefix: '10.1.0.0/25',
        status: { value: 'active' },
        scope_type: 'dcim.site',
        scope: SITE,
        vlan: null,
      },
    ),
  ],
  [
    'devices.json',
    answer({
      ...DEVICE,
      role: { id: 1, slug: 'web', name: 'Web' },
      site: SITE,
      rack: { id: 1, name: 'R1' },
      serial: 'S-1',
      status: { value: 'active' },
      primary_ip4: { id: 20, url: url('ipam/ip-addresses/20'), address: '10.1.0.5/24' },
    }),
  ],
  [
    'vms.json',
    answer({
      id: 9,
      url: url('virtualization/virtual-machines/9'),
      name: 'vm1',
      site: SITE,
      role: null,
      status: { value: 'planned' },
      primary_ip4: null,
    }),
  ],
  [
    'interfaces.json',
    answer(
      {
        id: 70,
        url: url('dcim/interfaces/70'),
        device: DEVICE,
        name: 'Ethernet0/1',
        mac_address: null,
        primary_mac_address: { id: 1, mac_address: '52:54:00:AA:00:01' },
        untagged_vlan: null,
      },
      {
        id: 71,
        url: url('dcim/interfaces/71'),
        device: DEVICE,
        name: 'mgmt',
        mac_address: '52:54:00:AA:00:02',
        untagged_vlan: null,
      },
    ),
  ],
  [
    'addresses.json',
    answer(
      {
        id: 20,
        url: url('ipam/ip-addresses/20'),
        address: '10.1.0.5/24',
        assigned_object_type: 'dcim.interface',
        assigned_object_id: 70,
        assigned_object: { id: 70, url: url('dcim/interfaces/70'), name: 'Ethernet0/1', device: DEVICE },
      },
      {
        id: 21,
        url: url('ipam/ip-addresses/21'),
        address: '10.1.0.6/24',
        assigned_object_type: null,
        assigned_object: null,
        dns_name: 'clock.example.test',
      },
      {
        id: 22,
        url: url('ipam/ip-addresses/22'),
        address: '192.0.2.1/24',
        assigned_object: {
          id: 90,
          url: url('virtualization/interfaces/90'),
          name: 'eth0',
          virtual_machine: { id: 9, url: url('virtualization/virtual-machines/9'), name: 'vm1' },
        },
      },
    ),
  ],
]);

describe('lists of NetBox', () => {
  it('become a site file', () => {
    const { text, warnings } = fromNetbox(NEW, {});
    expect(text).toBe(`# what NetBox has

[site.shop]
description = "The shop"

[site.shop.block.10-1-0-0-24]
subnet = "10.1.0.0/24"

[site.shop.block.10-1-0-0-24.reserved]
'10.1.0.6' = "clock.example.test"

[site.shop.network.internal]
blocks = [{ block = "10-1-0-0-24", vlan = 12 }]

[site.shop.foundation.web1]
type = "Manual"
blueprint = "manual-foundation-base"
state = "built"

[site.shop.foundation.web1.interface.Ethernet0-1]
network = "internal"
physical_location = "Ethernet0-1"
mac = "52:54:00:aa:00:01"

[site.shop.foundation.vm1]
type = "Manual"
blueprint = "manual-foundation-base"

[site.shop.structure.web1]
blueprint = "manual-structure-base"
foundation = "web1"
state = "built"
labels = { role = "web", rack = "R1", serial = "S-1" }
address = [{ interface = "Ethernet0-1", ip = "10.1.0.5", primary = true }]

[site.shop.structure.vm1]
blueprint = "manual-structure-base"
foundation = "vm1"
`);
    expect(warnings).toEqual([
      'prefix 10.1.0.0/25 overlaps 10-1-0-0-24 in the site shop, and was left out',
      'Web1.example.test is called web1',
      'Ethernet0/1 of web1 is called Ethernet0-1',
      'mgmt of web1 is on no network, and was left out',
      '192.0.2.1 of vm1 is in no prefix of the site shop, and was left out',
    ]);
    expect(readSiteFile('x', text).faults).toEqual([]);
  });

  it('are read as versions before 4.2 wrote them', () => {
    const old = new Map([
      [
        'prefixes.json',
        JSON.stringify([
          {
            id: 2,
            url: url('ipam/prefixes/2'),
            prefix: '10.1.0.0/24',
            site: SITE,
            status: { value: 'active' },
            vlan: null,
          },
        ]),
      ],
      [
        'interfaces.json',
        JSON.stringify([
          { id: 70, url: url('dcim/interfaces/70'), device: DEVICE, name: 'eth0', mac_address: '52:54:00:AA:00:01' },
        ]),
      ],
      [
        'devices.json',
        JSON.stringify([
          { ...DEVICE, device_role: { slug: 'web' }, site: SITE, status: { value: 'active' }, primary_ip: { id: 20 } },
        ]),
      ],
      [
        'addresses.json',
        JSON.stringify([
          {
            id: 20,
            url: url('ipam/ip-addresses/20'),
            address: '10.1.0.5/24',
            assigned_object: { id: 70, url: url('dcim/interfaces/70'), name: 'eth0', device: DEVICE },
          },
        ]),
      ],
    ]);
    const { text } = fromNetbox(old, {});
    expect(text).toContain('mac = "52:54:00:aa:00:01"');
    expect(text).toContain('address = [{ interface = "eth0", ip = "10.1.0.5", primary = true }]');
    expect(text).toContain('labels = { role = "web" }');
  });

  describe('whose names are none here', () => {
    const vlan = (id: number, name: string) => ({ id, url: url(`ipam/vlans/${id}`), vid: id, name });
    const prefix = (id: number, of: object | null, site: object = SITE) => ({
      id,
      url: url(`ipam/prefixes/${id}`),
      prefix: `10.${id}.0.0/24`,
      site,
      vlan: of,
    });
    const port = (id: number, name: string, of: object) => ({
      id,
      url: url(`dcim/interfaces/${id}`),
      device: DEVICE,
      name,
      mac_address: `52:54:00:00:00:${String(id).padStart(2, '0')}`,
      untagged_vlan: of,
    });
    const read = (...lists: readonly (readonly object[])[]) => {
      const { text, warnings } = fromNetbox(new Map(lists.map((one, n) => [`${n}.json`, answer(...one)])), {});
      expect(readSiteFile('x', text).faults).toEqual([]);
      return { text, warnings };
    };
    const internal = vlan(3, 'internal');

    it('have an interface for each of theirs', () => {
      const names = Array.from({ length: 12 }, (_, n) => `TenGigabitEthernet1/0/${n + 1}`);
      const ports = [...names, '///', 'mgmt'].map((name, n) => port(n + 1, name, internal));
      const { text, warnings } = read([prefix(1, internal)], [{ ...DEVICE, site: SITE }], ports);
      const found = [
        ...text.matchAll(/interface\.(.+)\]\nnetwork = "internal"\nphysical_location = "(.+)"\nmac = ".*:(..)"/g),
      ];
      expect(found.map(([, ...parts]) => parts)).toEqual([
        ['TenGigabitEthernet1-', 'TenGigabitEthernet1-0-1', '01'],
        ...[2, 3, 4, 5, 6, 7, 8, 9].map((n) => [`TenGigabitEthernet-${n}`, `TenGigabitEthernet1-0-${n}`, `0${n}`]),
        ...[10, 11, 12].map((n) => [`TenGigabitEtherne-${n}`, `TenGigabitEthernet1-0-${n}`, String(n)]),
        ['port', 'port', '13'],
        ['mgmt', 'mgmt', '14'],
      ]);
      expect(warnings).toHaveLength(names.length + 2);
      expect(warnings).toContain('TenGigabitEthernet1/0/12 of web1 is called TenGigabitEtherne-12');
    });

    it('have a network for each VLAN, whatever it is called', () => {
      const long = 'a network with a name that is longer than';
      const vlans = [
        internal,
        internal,
        vlan(4, 'internal'),
        vlan(5, `${long} that`),
        vlan(6, `${long} this`),
        vlan(7, '内'),
      ];
      const prefixes = vlans.map((one, n) => prefix(n + 1, one));
      const { text, warnings } = read(prefixes, [{ ...DEVICE, site: SITE }], [port(1, 'eth0', vlans[4] ?? {})]);
      expect([...text.matchAll(/\.network\.(.+)\]\nblocks = \[(.+)\]/g)].map(([, ...parts]) => parts)).toEqual([
        ['internal', '{ block = "10-1-0-0-24", vlan = 3 }, { block = "10-2-0-0-24", vlan = 3 }'],
        ['internal-2', '{ block = "10-3-0-0-24", vlan = 4 }'],
        ['a-network-with-a-name-that-is-longer-tha', '{ block = "10-4-0-0-24", vlan = 5 }'],
        ['a-network-with-a-name-that-is-longer-t-2', '{ block = "10-5-0-0-24", vlan = 6 }'],
        ['10-6-0-0-24', '{ block = "10-6-0-0-24", vlan = 7 }'],
      ]);
      expect(text).toContain('interface.eth0]\nnetwork = "a-network-with-a-name-that-is-longer-t-2"');
      expect(warnings).toContain('the VLAN internal of the site shop is called internal-2');
    });

    it('have a site for each of theirs', () => {
      const [here, there] = ['a', 'b'].map((end) => ({ slug: `a-very-long-name-of-a-town-in-the-north-${end}` }));
      const sites = [here, there].map((one, n) => ({ ...one, url: url(`dcim/sites/${n}`), name: 'x' }));
      const { text, warnings } = read(sites, [prefix(1, null, here), prefix(2, null, there)]);
      const [first, second] = ['a-very-long-name-of-a-town-in-the-north-', 'a-very-long-name-of-a-town-in-the-nort-2'];
      expect([...text.matchAll(/^\[(.+)\]$/gm)].map(([, name]) => name)).toEqual(
        [first, second].flatMap((site, n) => [
          `site.${site}`,
          `site.${site}.block.10-${n + 1}-0-0-24`,
          `site.${site}.network.10-${n + 1}-0-0-24`,
        ]),
      );
      expect(warnings).toEqual([
        `the site ${here?.slug} is called ${first}`,
        `the site ${there?.slug} is called ${second}`,
      ]);
    });
  });

  it('tell what is missing of them', () => {
    const page = JSON.stringify({
      count: 2,
      next: url('dcim/devices/?offset=1'),
      results: [{ ...DEVICE, site: null }, { a: 1 }],
    });
    expect(fromNetbox(new Map([['d.json', page]]), {}).warnings).toEqual([
      `d.json: there is another page of it, ${url('dcim/devices/?offset=1')}: ask for all with ?limit=0`,
      'd.json: objects without a "url" were left out',
      'dcim/devices/7 (Web1.example.test) is in no site, and was left out',
    ]);
    expect(() => fromNetbox(new Map([['d.json', '{"detail": "Invalid token"}']]), {})).toThrow('is no list of NetBox');
  });
});
