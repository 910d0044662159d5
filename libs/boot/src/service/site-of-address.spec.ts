import { describe, expect, it } from '@jest/globals';
import type { SiteSubnet } from '#dhcp/agent';
import { siteOfAddress, siteWith } from './site-of-address.ts';

const subnet = (text: string): SiteSubnet => ({
  block: 1,
  site: '',
  name: '',
  subnet: text,
  gateway: null,
  links: [],
  mtu: null,
  vlan: null,
  dns_servers: [],
  domain_name: null,
  domain_search: [],
  pool: [],
  machines: [],
});
const known = new Map([
  ['a', [subnet('10.0.0.0/24')]],
  ['b', [subnet('10.0.1.0/24'), subnet('2001:db8::/64')]],
]);

describe('the site of an address', () => {
  it.each([
    ['10.0.0.9', 'a'],
    ['10.0.1.9', 'b'],
    ['2001:db8::9', 'b'],
    ['192.0.2.1', 'a'],
    ['none', 'a'],
  ])('%s is %s', (address, site) => expect(siteOfAddress(['a', 'b'], known, address)).toBe(site));

  it('is the only one there is, and not known before the subnets of all are', () => {
    expect(siteOfAddress(['a'], new Map(), '10.0.0.9')).toBe('a');
    expect(siteOfAddress(['a', 'c'], known, '10.0.0.9')).toBe(undefined);
  });

  it('is the one with a subnet that has it, also before all are known', () => {
    expect(siteWith(['c', 'a', 'b'], known, '10.0.1.9')).toBe('b');
    expect(siteWith(['a', 'c'], known, '192.0.2.1')).toBe(undefined);
  });
});
