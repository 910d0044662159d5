import { describe, expect, it } from '@jest/globals';
import { machine, settings, subnet } from '../../test/example-subnets.ts';
import { kea6Configuration } from './kea6-configuration.ts';
import { radvdConfiguration } from './radvd-configuration.ts';

const six = subnet({
  block: 3,
  subnet: '2001:db8::/64',
  gateway: '2001:db8::1',
  mtu: 9000,
  dns_servers: ['10.0.0.1', '2001:db8::53'],
  pool: ['2001:db8::100', '2001:db8::101'],
  machines: [machine('52:54:00:77:00:01', '2001:db8::11')],
});
const interfaces = new Map([['2001:db8::/64', 'eth1']]);

describe('the configuration of Kea for IPv6', () => {
  it('has a subnet on the interface that is on its wire', () => {
    const { Dhcp6 } = kea6Configuration([six], { settings: settings(), interfaces }, {});
    expect(Dhcp6['subnet6']).toEqual([
      {
        id: 3,
        subnet: '2001:db8::/64',
        interface: 'eth1',
        pools: [{ pool: '2001:db8::100 - 2001:db8::101' }],
        'option-data': [
          { name: 'dns-servers', data: '2001:db8::53' },
          { name: 'domain-search', data: 'site.test, example.test' },
        ],
        reservations: [{ 'hw-address': '52:54:00:77:00:01', 'ip-addresses': ['2001:db8::11'], hostname: 'web1' }],
      },
    ]);
    expect(Dhcp6['client-classes']).toMatchObject([
      { name: 'ipxe', 'option-data': [{ code: 59 }] },
      { name: 'reserved', 'valid-lifetime': 3600 },
    ]);
  });

  it('puts subnets of one wire on one interface', () => {
    const other = subnet({ block: 4, subnet: '2001:db8:1::/64' });
    const { Dhcp6 } = kea6Configuration([six, other], { settings: settings(), interfaces }, {});
    expect(Dhcp6['shared-networks']).toMatchObject([
      { name: 'wire-3', subnet6: [{ interface: 'eth1' }, { interface: 'eth1' }] },
    ]);
  });
});

describe('what radvd advertises', () => {
  it('are prefixes without addresses of one’s own making; a route where this machine is the gateway', () => {
    expect(radvdConfiguration([six], interfaces, new Set(['2001:db8::1']))).toBe(`interface eth1 {
  AdvSendAdvert on;
  AdvManagedFlag on;
  AdvOtherConfigFlag on;
  AdvLinkMTU 9000;
  prefix 2001:db8::/64 { AdvOnLink on; AdvAutonomous off; };
  RDNSS 2001:db8::53 { };
  DNSSL site.test example.test { };
};
`);
    expect(radvdConfiguration([six], interfaces, new Set())).toContain('  AdvDefaultLifetime 0;\n');
  });

  it('is nothing on interfaces that are not known', () => {
    expect(radvdConfiguration([six], new Map(), new Set())).toBe('');
  });

  it('has radvd search no name that ends it', () => {
    const named = { ...six, domain_search: ['site.test', 'old_site.test', '10.77', '10.in-addr.arpa'] };
    expect(radvdConfiguration([named], interfaces, new Set())).toContain('  DNSSL site.test 10.in-addr.arpa { };\n');
  });
});
