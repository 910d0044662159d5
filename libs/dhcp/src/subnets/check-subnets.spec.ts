import { describe, expect, it } from '@jest/globals';
import { machine, subnet } from '../../test/example-subnets.ts';
import { checkSubnets } from './check-subnets.ts';

const ONE = '52:54:00:77:00:01';
const TWO = '52:54:00:77:00:02';
const two = { of: 'structure 2 (web2)' };
const own = new Map([['10.77.0.1', '52:54:00:77:00:ff']]);
const BLOCK = 'block main (10.77.0.0/24) of site site1';

describe('what is served of subnets', () => {
  it('is all of it where nothing is amiss', () => {
    const subnets = [
      subnet({ machines: [machine(ONE, '10.77.0.11')], pool: ['10.77.0.100'] }),
      subnet({ block: 2, subnet: '10.78.0.0/24', machines: [machine(ONE, '10.78.0.11')] }),
      subnet({ block: 3, subnet: '2001:db8::/64', gateway: null, pool: ['2001:db8::5'] }),
    ];
    expect(checkSubnets(subnets, own)).toEqual({ served: subnets, refused: [] });
  });

  it.each([
    ['10.77.0.0', 'it is the address of the subnet itself'],
    ['10.77.0.255', 'it is the broadcast address of the subnet'],
    ['10.77.0.254', 'it is the address of the gateway'],
    ['10.77.0.1', 'the DHCP server has this address itself'],
    ['10.78.0.5', 'the address is not in the block'],
    ['no address', 'the address is not in the block'],
  ])('is neither a machine at %s nor that address of a pool: %s', (address, reason) => {
    const wrong = machine(TWO, address, two);
    const given = subnet({ machines: [machine(ONE, '10.77.0.11'), wrong], pool: ['10.77.0.100', address] });
    const { served, refused } = checkSubnets([given], own);
    expect(served).toEqual([{ ...given, machines: [machine(ONE, '10.77.0.11')], pool: ['10.77.0.100'] }]);
    expect(refused).toEqual([
      `${TWO} of structure 2 (web2) at ${address} in ${BLOCK}: ${reason}`,
      `${address} of the pool in ${BLOCK}: ${reason}`,
    ]);
  });

  it.each([
    ['MAC', machine(ONE, '10.77.0.12', two), 'structure 1 (web1) has the same MAC there, at 10.77.0.11'],
    ['address', machine(TWO, '10.77.0.11', two), `structure 1 (web1) with ${ONE} has the same address`],
  ])('is the first of two machines with one %s', (_, wrong, reason) => {
    const first = machine(ONE, '10.77.0.11');
    const { served, refused } = checkSubnets([subnet({ machines: [first, wrong] })], own);
    expect(served[0]?.machines).toEqual([first]);
    expect(refused).toEqual([`${wrong.mac} of structure 2 (web2) at ${wrong.ip_address} in ${BLOCK}: ${reason}`]);
  });

  it('is no address of a pool that a machine has', () => {
    const given = subnet({ machines: [machine(ONE, '10.77.0.11')], pool: ['10.77.0.11', '10.77.0.12'] });
    const { served, refused } = checkSubnets([given], own);
    expect(served[0]?.pool).toEqual(['10.77.0.12']);
    expect(refused).toEqual([`10.77.0.11 of the pool in ${BLOCK}: it is the address of structure 1 (web1)`]);
  });

  it('is what a site says of names, without what is wrong, which is told once', () => {
    const long = `${'a'.repeat(63)}.`.repeat(4);
    const said = {
      dns_servers: ['10.77.0.1', '{{ dns }}', '2001:db8::1', 'fe80::1%eth0', '010.0.0.1'],
      domain_name: 'a b',
      domain_search: ['site.test', 'a..b', 'old_site.test.', long, 'x y', '-'],
    };
    const subnets = [subnet(said), subnet({ ...said, block: 2, subnet: '10.78.0.0/24' })];
    const { served, refused } = checkSubnets(subnets, own);
    const names = {
      dns_servers: ['10.77.0.1', '2001:db8::1'],
      domain_name: null,
      domain_search: ['site.test', 'old_site.test.'],
    };
    expect(served).toEqual(subnets.map((one) => ({ ...one, ...names })));
    expect(refused).toEqual([
      '"{{ dns }}" among the DNS servers of site site1: it is no address',
      '"fe80::1%eth0" among the DNS servers of site site1: it is no address',
      '"010.0.0.1" among the DNS servers of site site1: it is no address',
      '"a b" as the domain name of site site1: it is no domain name',
      '"a..b" in the search list of site site1: it is no domain name',
      `"${long}" in the search list of site site1: it is no domain name`,
      '"x y" in the search list of site site1: it is no domain name',
      '"-" in the search list of site site1: it is no domain name',
    ]);
  });

  it('is no machine whose MAC Kea would not read', () => {
    const { served, refused } = checkSubnets([subnet({ machines: [machine('52-54-00-77-00-01', '10.77.0.11')] })], own);
    expect(served[0]?.machines).toEqual([]);
    expect(refused[0]).toMatch(/: the MAC is none$/);
  });

  it('is not the machine of the DHCP server, which is no fault', () => {
    const self = machine('52:54:00:77:00:ff', '10.77.0.1');
    expect(checkSubnets([subnet({ machines: [self] })], own)).toMatchObject({
      served: [{ machines: [] }],
      refused: [],
    });
  });

  it('is the first of two subnets with addresses in common', () => {
    const wide = subnet({ block: 2, site: 'site2', name: 'wide', subnet: '10.64.0.0/10' });
    expect(checkSubnets([subnet(), wide], own)).toEqual({
      served: [subnet()],
      refused: [`block wide (10.64.0.0/10) of site site2: it has addresses in common with ${BLOCK}`],
    });
  });

  it('are both addresses of a subnet of two', () => {
    const given = subnet({ subnet: '10.77.0.0/31', gateway: null, pool: ['10.77.0.0', '10.77.0.1'] });
    expect(checkSubnets([given], new Map()).refused).toEqual([]);
  });
});
