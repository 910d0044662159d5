import { describe, expect, it } from '@jest/globals';
import { checkZones } from '../test/check-zones.ts';
import {
  address,
  BASE,
  block,
  entry,
  fact,
  host,
  recordsOf,
  rendered,
  site,
  structure,
  TIMERS,
  zone,
} from '../test/example-zones.ts';
import { MAX_LEFT_OUT } from './zone-text.ts';

/** The zone `site.test` of the name server `ns` and the host `web1`, which is in a VLAN too. */
const EXAMPLE = [
  zone(1, 'test'),
  zone(2, 'site', 1),
  site('site1', 2),
  block(1, '10.0.0.0', 24),
  block(2, '10.0.1.0', 24),
  fact('links', 1, { network: 1, block: 1, vlan: null }),
  fact('links', 2, { network: 2, block: 2, vlan: 30 }),
  ...structure(1, 'ns', { eth0: 1 }),
  ...structure(2, 'web1', { eth0: 1, eth1: 2 }),
  address(1, 1, 'eth0', { block: 1, offset: '2', primary: true }),
  address(2, 2, 'eth0', { block: 1, offset: '11', primary: true }),
  address(3, 2, 'eth1', { block: 2, offset: '20' }),
  address(4, 2, 'eth0#3', { block: 1, offset: '21' }),
  entry(1, 2, 'SRV', '_http._tcp', 'web1', { priority: 1, weight: 5, port: 80 }),
  entry(2, 2, 'CNAME', 'www', 'web1'),
  entry(3, null, 'CNAME', 'static', 'web1.site.test.'),
];
const SERVED = { nameServers: [1], soaEmail: 'hostmaster.site.test' };

const SITE_TEST = `$TTL 3600
$ORIGIN site.test.
@  IN SOA eth0.ns.site.test. hostmaster.site.test. ( 29000000 86400 7200 36000 172800 )
@                                                  IN NS    eth0.ns.site.test.
_http._tcp                                         IN SRV      1    5    80 web1.site.test.
eth0.ns                                            IN A     10.0.0.2
ns                                                 IN A     10.0.0.2
eth0-3.web1                                        IN A     10.0.0.21
eth0.web1                                          IN A     10.0.0.11
v30.eth1.web1                                      IN A     10.0.1.20
web1                                               IN A     10.0.0.11
static                                             IN CNAME web1.site.test.
www                                                IN CNAME web1.site.test.
eth0.ns                                            IN TXT   "f-ns"
eth0-3.web1                                        IN TXT   "f-web1"
eth0.web1                                          IN TXT   "f-web1"
v30.eth1.web1                                      IN TXT   "f-web1"
`;

describe('a zone', () => {
  it('says what its hosts and entries are: each address under its interface, the primary one under the host', async () => {
    const zones = await rendered(EXAMPLE, SERVED);
    expect(zones.get('site.test')?.text(29_000_000)).toBe(SITE_TEST);
    expect(zones.get('site.test')?.leftOut).toEqual([]);
    await checkZones(zones.values());
  });

  it('has IPv4 and IPv6 of the interface of the primary address under the name of the host, both ways', async () => {
    const facts = [
      ...EXAMPLE,
      block(3, '2001:db8::', 64),
      fact('links', 3, { network: 1, block: 3, vlan: null }),
      address(5, 2, 'eth0', { block: 3, offset: '11' }),
      address(6, 2, 'eth0#1', { block: 3, offset: '12' }),
    ];
    const zones = await rendered(facts, SERVED);
    expect(recordsOf(zones, 'site.test').filter((line) => / (A|AAAA) /.test(line) && line.includes('web1'))).toEqual([
      'eth0-3.web1 IN A 10.0.0.21',
      'eth0.web1 IN A 10.0.0.11',
      'v30.eth1.web1 IN A 10.0.1.20',
      'web1 IN A 10.0.0.11',
      'eth0-1.web1 IN AAAA 2001:db8::c',
      'eth0.web1 IN AAAA 2001:db8::b',
      'web1 IN AAAA 2001:db8::b',
    ]);
    const back = recordsOf(zones, '0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa').filter((line) => line.includes(' PTR '));
    expect(back).toEqual([
      'b.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0 IN PTR web1.site.test.',
      'c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0 IN PTR eth0-1.web1.site.test.',
    ]);
    await checkZones(zones.values());
  });

  it('has no address under the name of a host whose primary one cannot be told', async () => {
    const facts = [
      ...EXAMPLE,
      block(3, '2001:db8::', 64),
      fact('links', 3, { network: 1, block: 3, vlan: null }),
      address(2, 2, 'eth0', { block: 99, offset: '11', primary: true }),
      address(5, 2, 'eth0', { block: 3, offset: '11' }),
    ];
    const records = recordsOf(await rendered(facts, SERVED), 'site.test');
    expect(records).toContain('eth0.web1 IN AAAA 2001:db8::b');
    expect(records.filter((line) => line.startsWith('web1 '))).toEqual([]);
  });

  it('has IPv4 and IPv6 of one interface under one name', async () => {
    const facts = [
      ...EXAMPLE,
      block(3, '2001:db8::', 64),
      fact('links', 3, { network: 1, block: 3, vlan: null }),
      address(5, 2, 'eth0', { block: 3, offset: '11' }),
    ];
    const zones = await rendered(facts, SERVED);
    expect(recordsOf(zones, 'site.test').filter((line) => line.startsWith('eth0.web1 '))).toEqual([
      'eth0.web1 IN A 10.0.0.11',
      'eth0.web1 IN AAAA 2001:db8::b',
      'eth0.web1 IN TXT "f-web1"',
    ]);
    expect(zones.get('site.test')?.leftOut).toEqual([]);
    await checkZones(zones.values());
  });

  it('is the same whatever order its rows came in', async () => {
    const [one, other] = [await rendered(EXAMPLE, SERVED), await rendered(EXAMPLE.toReversed(), SERVED)];
    for (const [name, { hash }] of one) expect(other.get(name)?.hash).toBe(hash);
  });

  it('names the name servers of the zones within it, with their addresses, and has entries of all zones', async () => {
    const zones = await rendered(EXAMPLE, SERVED);
    expect(recordsOf(zones, 'test')).toEqual([
      '@ IN NS eth0.ns.site.test.',
      'site IN NS eth0.ns.site.test.',
      'eth0.ns.site IN A 10.0.0.2',
      'static IN CNAME web1.site.test.',
    ]);
  });

  it('has names that lead back from each address, once', async () => {
    const zones = await rendered(EXAMPLE, SERVED);
    expect([...zones.keys()].toSorted()).toEqual(['0.0.10.in-addr.arpa', '1.0.10.in-addr.arpa', 'site.test', 'test']);
    expect(zones.get('0.0.10.in-addr.arpa')?.text(7)).toBe(`$TTL 3600
$ORIGIN 0.0.10.in-addr.arpa.
@  IN SOA eth0.ns.site.test. hostmaster.site.test. ( 7 86400 7200 36000 172800 )
@                                                  IN NS    eth0.ns.site.test.
2                                                  IN PTR   ns.site.test.
11                                                 IN PTR   web1.site.test.
21                                                 IN PTR   eth0-3.web1.site.test.
2                                                  IN TXT   "eth0.ns.site.test"
11                                                 IN TXT   "eth0.web1.site.test"
21                                                 IN TXT   "eth0-3.web1.site.test"
`);
    expect(recordsOf(zones, '1.0.10.in-addr.arpa')).toEqual([
      '@ IN NS eth0.ns.site.test.',
      '20 IN PTR v30.eth1.web1.site.test.',
      '20 IN TXT "v30.eth1.web1.site.test"',
    ]);
  });

  it('can be loaded where nobody is said to serve it', async () => {
    const zones = await rendered([...EXAMPLE, zone(3, 'localhost'), zone(4, 'inner', 3)]);
    expect(zones.get('site.test')?.text(1).split('\n')[2]).toBe(
      '@  IN SOA localhost. hostmaster.site.test. ( 1 86400 7200 36000 172800 )',
    );
    expect(recordsOf(zones, 'site.test')[0]).toBe('@ IN NS localhost.');
    expect(recordsOf(zones, 'localhost')).toEqual([
      '@ IN NS nobody.invalid.',
      'inner IN NS nobody.invalid.',
      'static IN CNAME web1.site.test.',
    ]);
    await checkZones(zones.values());
  });

  it('says which of those that are to serve it cannot', async () => {
    const facts = [...EXAMPLE, site('site2', null), host(7, 'ns2', 'site2'), host(8, 'ns3')];
    const zones = await rendered(facts, { nameServers: [7, 1, 8, 99] });
    const why = 'it is no name server: ';
    expect(zones.get('test')?.leftOut).toEqual([
      { host: 'ns2', what: 'Networked 7', reason: `${why}its site is in no DNS zone` },
      { host: 'ns3', what: 'Networked 8', reason: `${why}it has no primary address` },
      { host: null, what: 'Networked 99', reason: `${why}there is no such host` },
    ]);
    expect(recordsOf(zones, 'test')[0]).toBe('@ IN NS eth0.ns.site.test.');
  });

  it('never tells a time that a name server takes for another one', async () => {
    const timers = { ...TIMERS, ttl: 2 ** 31, expire: -1 };
    const zones = await rendered([fact('zones', 1, { name: 'test', parent: null, timers })]);
    expect(zones.get('test')?.text(1).split('\n').slice(0, 3)).toEqual([
      '$TTL 2147483647',
      '$ORIGIN test.',
      '@  IN SOA localhost. hostmaster.test. ( 1 86400 7200 0 172800 )',
    ]);
    await checkZones(zones.values());
  });

  it.each([0, 2 ** 32, 1.5])('has no serial %d', async (serial) => {
    const zones = await rendered([zone(1, 'test')]);
    expect(() => zones.get('test')?.text(serial)).toThrow(RangeError);
  });
});

describe('hosts', () => {
  it('that nothing is built for have the names of the interfaces that their addresses tell', async () => {
    const zones = await rendered([
      ...BASE,
      host(1, 'gw1'),
      address(1, 1, 'Eth0', { block: 1, offset: '1', primary: true }),
    ]);
    expect(recordsOf(zones, 'test')).toEqual(['@ IN NS localhost.', 'eth0.gw1 IN A 10.0.0.1', 'gw1 IN A 10.0.0.1']);
    expect(zones.get('test')?.leftOut).toEqual([]);
  });

  it('are left out where something of them is wrong, and nobody else is', async () => {
    const facts = [
      ...BASE,
      fact('links', 1, { network: 1, block: 1, vlan: 0 }),
      block(2, '10.0.9.0', 24, 'site2'),
      block(3, '10.0.8.0', 24),
      ...structure(1, 'good', { eth0: 1 }),
      address(1, 1, 'eth0', { block: 1, offset: '1', primary: true }),
      ...structure(2, 'nowhere', {}),
      ...structure(3, 'second', { eth0: 1 }),
      address(3, 3, 'eth0', { block: 1, offset: '3' }),
      ...structure(4, 'unplugged', { eth0: 1 }),
      address(4, 4, 'eth9', { block: 1, offset: '4', primary: true }),
      address(5, 4, 'eth0', { block: 3, offset: '4' }),
      ...structure(6, 'abroad', { eth0: 1 }),
      address(6, 6, 'eth0', { block: 2, offset: '4', primary: true }),
      address(7, 6, 'eth0#1', { block: 77, offset: '4' }),
      address(8, 6, 'eth0#2', {}),
      address(9, 6, 'eth0#3', { pointer: 4 }),
      address(10, 6, 'eth0#4', { pointer: 78 }),
      host(11, 'good'),
      host(12, 'x'.repeat(64)),
      host(13, 'under'),
      address(13, 13, 'eth_0', { block: 1, offset: '13', primary: true }),
      address(14, 13, 'eth_1', { block: 1, offset: '14' }),
      address(15, 13, 'eth0-1', { block: 1, offset: '15' }),
      address(16, 13, 'eth0#1', { block: 1, offset: '16' }),
    ];
    const zones = await rendered(facts);
    await checkZones(zones.values());
    expect(recordsOf(zones, 'test').filter((line) => line.includes(' IN A '))).toEqual([
      'eth0.good IN A 10.0.0.1',
      'good IN A 10.0.0.1',
      'eth0.second IN A 10.0.0.3',
      'eth0-1.under IN A 10.0.0.15',
      'under IN A 10.0.0.13',
    ]);
    expect(recordsOf(zones, '0.0.10.in-addr.arpa').filter((line) => line.includes(' IN PTR '))).toEqual([
      '1 IN PTR good.test.',
      '3 IN PTR eth0.second.test.',
      '13 IN PTR under.test.',
      '15 IN PTR eth0-1.under.test.',
    ]);
    const left = (name: string, what: string, reason: string) => ({ host: name, what, reason });
    expect(zones.get('test')?.leftOut).toEqual([
      left('abroad', 'Address 6', 'its address block is in the site site2, which is not in this zone'),
      left('abroad', 'Address 7', 'there is no AddressBlock 77'),
      left('abroad', 'Address 8', 'it has no place in an address block'),
      left('abroad', 'Address 9', 'Address 4, to which it points, has none: it has no interface eth9'),
      left('abroad', 'Address 10', 'there is no Address 78, to which it points'),
      left('good', 'Networked 11', 'the host 1 has the same name in this zone'),
      left('nowhere', 'Structure 2', 'it has no address'),
      left('second', 'Structure 3', 'it has no primary address'),
      left('under', 'Address 13', 'eth_0.under.test is no name of a host in DNS'),
      left('under', 'Address 14', 'eth_1.under.test is no name of a host in DNS'),
      left('under', 'Address 16', 'another address of the host is called eth0-1.under too'),
      left('unplugged', 'Address 4', 'it has no interface eth9'),
      left('unplugged', 'Address 5', 'its address block is not used on the network of its interface eth0'),
      left('x'.repeat(64), 'Networked 12', `${'x'.repeat(64)} is longer than 63 characters`),
    ]);
  });

  it('that take everything from the address of another one lead there, and nothing leads back to them', async () => {
    const zones = await rendered([
      ...BASE,
      fact('links', 1, { network: 1, block: 1, vlan: 7 }),
      ...structure(1, 'docker1', { eth0: 1 }),
      address(1, 1, 'eth0', { block: 1, offset: '1', primary: true }),
      ...structure(2, 'box1', {}),
      address(2, 2, 'eth0', { pointer: 1, primary: true }),
    ]);
    expect(recordsOf(zones, 'test').filter((line) => line.includes('box1'))).toEqual([
      'box1 IN A 10.0.0.1',
      'v7.eth0.box1 IN A 10.0.0.1',
      'v7.eth0.box1 IN TXT "f-box1"',
    ]);
    expect(recordsOf(zones, '0.0.10.in-addr.arpa')).toEqual([
      '@ IN NS localhost.',
      '1 IN PTR docker1.test.',
      '1 IN TXT "v7.eth0.docker1.test"',
    ]);
  });

  it('are left out where a zone has their name, and come back when it is gone', async () => {
    const facts = [
      ...BASE,
      zone(2, 'inner', 1),
      host(1, 'inner'),
      address(1, 1, 'eth0', { block: 1, offset: '1', primary: true }),
    ];
    const zones = await rendered(facts);
    expect(recordsOf(zones, 'test')).toEqual(['@ IN NS localhost.', 'inner IN NS localhost.']);
    expect(zones.get('test')?.leftOut).toEqual([
      { host: 'inner', what: 'Networked 1', reason: 'inner.test is a zone of its own' },
    ]);
    expect(zones.has('0.0.10.in-addr.arpa')).toBe(false);
    const after = await rendered([...facts, fact('zones', 2, undefined)]);
    expect(recordsOf(after, 'test')).toContain('inner IN A 10.0.0.1');
  });

  it('that are left out are counted beyond those that are named', async () => {
    const many = Array.from({ length: MAX_LEFT_OUT + 5 }, (_, n) => host(n + 1, `host${n}`));
    const zones = await rendered([...BASE, ...many]);
    expect(zones.get('test')?.leftOut).toHaveLength(MAX_LEFT_OUT);
    expect(zones.get('test')?.leftOutCount).toBe(MAX_LEFT_OUT + 5);
  });
});
