import { describe, expect, it } from '@jest/globals';
import { checkZones } from '../test/check-zones.ts';
import {
  address,
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

const BASE = [zone(1, 'test'), site('site1', 1), site('site2', null), block(1, '10.0.0.0', 24)];

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

describe('entries', () => {
  const hosts = [
    host(1, 'web1'),
    address(1, 1, 'eth0', { block: 1, offset: '1', primary: true }),
    host(2, 'web2'),
    address(2, 2, 'eth0', { block: 1, offset: '2', primary: true }),
  ];
  const entriesOf = async (...entries: ReturnType<typeof entry>[]) => {
    const zones = await rendered([...BASE, zone(2, 'inner', 1), zone(3, 'other'), ...hosts, ...entries]);
    await checkZones(zones.values());
    const lines = recordsOf(zones, 'test').filter((line) => !/ IN (?:A|NS) /.test(line));
    return { lines, leftOut: zones.get('test')?.leftOut.map(({ what, reason }) => `${what}: ${reason}`), zones };
  };

  it('of every kind are written, with targets that are whole names', async () => {
    const { lines, leftOut } = await entriesOf(
      entry(1, 1, 'MX', 'mail', 'web1', { priority: 10 }),
      entry(2, 1, 'MX', 'mail', 'mx.example.com.', { priority: 20 }),
      entry(3, 1, 'MX', 'nomail', '.', { priority: 0 }),
      entry(4, 1, 'SRV', '_ldap._tcp', 'web2', { priority: 0, weight: 100, port: 389 }),
      entry(5, 1, 'CNAME', 'www', '@'),
      entry(6, 1, 'CNAME', 'ftp', '64-26.2.0.192.in-addr.arpa.'),
      entry(7, 1, 'TXT', 'web1', 'say "yes"; or \\no'),
      entry(8, 1, 'TXT', 'motd', 'Grüße\n'),
    );
    expect(leftOut).toEqual([]);
    expect(lines).toEqual([
      'mail IN MX 10 web1.test.',
      'mail IN MX 20 mx.example.com.',
      'nomail IN MX 0 .',
      '_ldap._tcp IN SRV 0 100 389 web2.test.',
      'ftp IN CNAME 64-26.2.0.192.in-addr.arpa.',
      'www IN CNAME test.',
      String.raw`motd IN TXT "Gr\195\188\195\159e\010"`,
      String.raw`web1 IN TXT "say \"yes\"; or \\no"`,
    ]);
  });

  it('of all zones give way where a name has an address or leads elsewhere', async () => {
    const { lines, leftOut, zones } = await entriesOf(
      entry(1, null, 'CNAME', 'static', 'web1.test.'),
      entry(2, null, 'CNAME', 'web2', 'web1.test.'),
      entry(3, 1, 'CNAME', 'static', 'web2'),
    );
    expect(lines).toEqual(['static IN CNAME web2.test.']);
    expect(leftOut).toEqual([]);
    expect(recordsOf(zones, 'other')).toEqual([
      '@ IN NS localhost.',
      'static IN CNAME web1.test.',
      'web2 IN CNAME web1.test.',
    ]);
  });

  it('that cannot be are left out', async () => {
    const { lines, leftOut } = await entriesOf(
      entry(1, 1, 'CNAME', 'web1', 'web2'),
      entry(2, 1, 'TXT', 'note', 'first'),
      entry(3, 1, 'CNAME', 'note', 'web2'),
      entry(4, 1, 'CNAME', 'www', 'web1'),
      entry(5, 1, 'CNAME', 'www', 'web2'),
      entry(6, 1, 'CNAME', 'www', 'web1'),
      entry(7, 1, 'TXT', 'www', 'second'),
      entry(8, 1, 'MX', 'mail', 'www', { priority: 1 }),
      entry(9, 1, 'SRV', '_a._tcp', 'www', { priority: 1, weight: 1, port: 1 }),
      entry(10, 1, 'SRV', '_a..tcp', 'web1', { priority: 1, weight: 1, port: 1 }),
      entry(11, 1, 'SRV', '_b._tcp', 'web1', { priority: 1 }),
      entry(12, 1, 'MX', 'mail', 'web1'),
      entry(13, 1, 'CNAME', 'bad', 'two words.'),
      entry(14, 1, 'CNAME', 'root', '.'),
      entry(15, 1, 'TXT', 'inner', 'x'),
      entry(16, 1, 'SRV', '_x._tcp.inner', 'web1', { priority: 1, weight: 1, port: 1 }),
      entry(17, 1, 'MX', 'mail', 'under_score.example.', { priority: 1 }),
      entry(18, 1, 'MX', 'mail', '10.0.0.1', { priority: 1 }),
    );
    expect(lines).toEqual(['www IN CNAME web1.test.', 'note IN TXT "first"']);
    expect(leftOut?.toSorted()).toEqual([
      'Entry 10: _a..tcp.test is no name in DNS',
      'Entry 11: it has no weight or no port',
      'Entry 12: it has no priority',
      'Entry 13: its target: two words is no name in DNS',
      'Entry 14: its target: a CNAME cannot lead to the root',
      'Entry 15: the name inner is in the zone inner.test',
      'Entry 16: the name _x._tcp.inner is in the zone inner.test',
      'Entry 17: its target: under_score.example is no name of a host in DNS',
      'Entry 18: its target 10.0.0.1 is an address, and is to be a name',
      'Entry 1: the name web1 has a host, beside which there can be no CNAME',
      'Entry 3: the name note has another record, beside which there can be no CNAME',
      'Entry 5: the name www has another CNAME, beside which there can be no CNAME',
      'Entry 7: the name www has a CNAME, beside which there can be no other record',
      'Entry 8: its target www.test is a CNAME',
      'Entry 9: its target www.test is a CNAME',
    ]);
  });

  it('may point to mail exchanges of other zones, unless their name only leads elsewhere', async () => {
    const mail = entry(1, 3, 'MX', 'mail', 'mx.test.', { priority: 1 });
    const { zones } = await entriesOf(mail);
    expect(recordsOf(zones, 'other')).toContain('mail IN MX 1 mx.test.');
    const after = await entriesOf(mail, entry(2, 1, 'CNAME', 'mx', 'web1'));
    expect(recordsOf(after.zones, 'other')).toEqual(['@ IN NS localhost.']);
    expect(after.zones.get('other')?.leftOut).toEqual([
      { host: null, what: 'Entry 1', reason: 'its target mx.test is a CNAME' },
    ]);
  });
});

describe('texts', () => {
  it('are split into pieces of 255 octets', async () => {
    const zones = await rendered([zone(1, 'test'), entry(1, 1, 'TXT', 'long', 'é'.repeat(255))]);
    await checkZones(zones.values());
    const [, , line = ''] = recordsOf(zones, 'test').join('\n').split(' IN ');
    const pieces = line.slice('TXT '.length).split(' ');
    expect(pieces.map((piece) => piece.split('\\').length - 1)).toEqual([255, 255]);
  });
});

describe('reverse zones', () => {
  const reverse = async (facts: Parameters<typeof rendered>[0]) => {
    const zones = await rendered([zone(1, 'test'), site('site1', 1), site('site2', 1), ...facts]);
    await checkZones(zones.values());
    return (name: string) => recordsOf(zones, name).filter((line) => !line.includes(' IN TXT '));
  };
  const placed = (id: number, of: number, offset: string) => [
    host(id, `host${id}`),
    address(id, id, 'eth0', { block: of, offset, primary: true }),
  ];

  it('are one for each /24 that is used', async () => {
    const records = await reverse([block(1, '10.0.0.0', 8), ...placed(1, 1, '1'), ...placed(2, 1, '65540')]);
    expect(records('0.0.10.in-addr.arpa')).toEqual(['@ IN NS localhost.', '1 IN PTR host1.test.']);
    expect(records('0.1.10.in-addr.arpa')).toEqual(['@ IN NS localhost.', '4 IN PTR host2.test.']);
    expect(records('1.0.10.in-addr.arpa')).toEqual([]);
  });

  it('are smaller for a smaller block, and the /24 has the same', async () => {
    const records = await reverse([
      block(1, '192.0.2.64', 30),
      block(2, '192.0.2.128', 31),
      block(3, '192.0.2.200', 32),
      ...placed(1, 1, '1'),
      ...placed(2, 2, '0'),
      ...placed(3, 3, '0'),
    ]);
    expect(records('2.0.192.in-addr.arpa')).toEqual([
      '@ IN NS localhost.',
      '64-30 IN NS localhost.',
      '128-31 IN NS localhost.',
      '65 IN PTR host1.test.',
      '128 IN PTR host2.test.',
      '200 IN PTR host3.test.',
    ]);
    expect(records('64-30.2.0.192.in-addr.arpa')).toEqual(['@ IN NS localhost.', '65 IN PTR host1.test.']);
    expect(records('128-31.2.0.192.in-addr.arpa')).toEqual(['@ IN NS localhost.', '128 IN PTR host2.test.']);
  });

  it('are those of the larger block where one lies in another', async () => {
    const records = await reverse([
      block(1, '192.0.2.64', 26),
      block(2, '192.0.0.0', 16, 'site2'),
      block(3, '2001:db8::', 48),
      block(4, '2001:db8:0:1::', 64, 'site2'),
      ...placed(1, 1, '1'),
      ...placed(4, 4, '1'),
    ]);
    expect(records('2.0.192.in-addr.arpa')).toEqual(['@ IN NS localhost.', '65 IN PTR host1.test.']);
    expect(records('0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa')).toEqual([
      '@ IN NS localhost.',
      '1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.0.0.0 IN PTR host4.test.',
    ]);
  });

  it.each([
    [
      48,
      '2001:db8:7::',
      '0.0.0.0.7.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa',
      2n ** 66n + 1n,
      '7.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa',
    ],
    [62, '2001:db8:7::', '3.0.0.0.7.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa', 3n * 2n ** 64n + 1n, undefined],
    [126, '2001:db8:7::', '0.0.0.0.7.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa', 1n, undefined],
  ])('of an IPv6 /%d are at a whole digit', async (prefix, subnet, small, offset, large) => {
    const zones = await rendered([
      zone(1, 'test'),
      site('site1', 1),
      block(1, subnet, prefix),
      ...placed(1, 1, String(offset)),
    ]);
    await checkZones(zones.values());
    expect([...zones.keys()]).toEqual(['test', large ?? small]);
    expect(recordsOf(zones, 'test')).toContain(
      `host1 IN AAAA 2001:db8:7${prefix === 48 ? ':4' : prefix === 62 ? ':3' : ''}::1`,
    );
  });

  it('of two sites with the same addresses have both names', async () => {
    const records = await reverse([
      block(1, '10.0.0.0', 24),
      block(2, '10.0.0.0', 24, 'site2'),
      ...placed(1, 1, '1'),
      ...placed(2, 2, '1'),
    ]);
    expect(records('0.0.10.in-addr.arpa')).toEqual([
      '@ IN NS localhost.',
      '1 IN PTR host1.test.',
      '1 IN PTR host2.test.',
    ]);
  });
});
