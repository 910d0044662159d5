import { describe, expect, it } from '@jest/globals';
import { checkZones } from '../test/check-zones.ts';
import { address, block, host, recordsOf, rendered, site, zone } from '../test/example-zones.ts';

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
