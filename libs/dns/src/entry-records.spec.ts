import { describe, expect, it } from '@jest/globals';
import { checkZones } from '../test/check-zones.ts';
import { address, BASE, entry, host, recordsOf, rendered, zone } from '../test/example-zones.ts';

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
