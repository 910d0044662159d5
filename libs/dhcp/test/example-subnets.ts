import type { DhcpSettings } from '../src/kea/boot-settings.ts';
import type { SiteSubnet, SubnetMachine } from '../src/subnets/site-subnet.ts';

/** A machine like others. */
export const machine = (mac: string, address: string, more: Partial<SubnetMachine> = {}): SubnetMachine => ({
  mac,
  ip_address: address,
  host_name: 'web1',
  config_uuid: '5a9f1d0e-3c4b-4f0a-9c1d-0b1e2f3a4b5c',
  console: 'console',
  mtu: null,
  vlan: null,
  of: 'structure 1 (web1)',
  ...more,
});

/** A subnet like others: `10.77.0.0/24`, which has nobody in it. */
export const subnet = (more: Partial<SiteSubnet> = {}): SiteSubnet => ({
  block: 1,
  site: 'site1',
  name: 'main',
  subnet: '10.77.0.0/24',
  gateway: '10.77.0.254',
  links: ['1/0'],
  mtu: null,
  vlan: null,
  dns_servers: ['10.77.0.1'],
  domain_name: 'site.test',
  domain_search: ['site.test', 'example.test'],
  pool: [],
  machines: [],
  ...more,
});

/** Settings like others. */
export const settings = (more: Partial<DhcpSettings> = {}): DhcpSettings => ({
  bootUrl: 'http://contractor',
  tftp: '10.77.0.1',
  filesUrl: 'http://boot.test/ipxe',
  console: 'console',
  staticLease: 3600,
  dynamicLease: 600,
  relays: new Map(),
  ...more,
});
