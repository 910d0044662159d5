import { describe, expect, it } from '@jest/globals';
import { addressText, isIn, numbered, numberedSubnet, rangesOf } from './address-range.ts';

describe('ranges of addresses', () => {
  it.each([
    [[], []],
    [['10.0.0.9'], ['10.0.0.9 - 10.0.0.9']],
    [
      ['10.0.0.11', '10.0.0.9', '10.0.0.10', '10.0.0.12', '10.0.0.9', '10.0.0.20'],
      ['10.0.0.9 - 10.0.0.12', '10.0.0.20 - 10.0.0.20'],
    ],
    [['10.0.0.255', '10.0.1.0'], ['10.0.0.255 - 10.0.1.0']],
    [['2001:db8::ffff', '2001:db8::1:0'], ['2001:db8::ffff - 2001:db8::1:0']],
  ])('%j are %j', (addresses, ranges) => {
    expect(rangesOf(addresses)).toEqual(ranges);
  });

  it.each([
    ['10.0.0.0/24', '10.0.0.0', '10.0.0.255'],
    ['10.0.0.77/30', '10.0.0.76', '10.0.0.79'],
    ['10.0.0.0/0', '0.0.0.0', '255.255.255.255'],
    ['2001:db8::/64', '2001:db8::', '2001:db8::ffff:ffff:ffff:ffff'],
  ])('%s is from %s to %s', (text, first, last) => {
    const subnet = numberedSubnet(text);
    expect(subnet && addressText({ ipv4: subnet.ipv4, value: subnet.first })).toBe(first);
    expect(subnet && addressText({ ipv4: subnet.ipv4, value: subnet.last })).toBe(last);
    const inside = numbered(last);
    expect(subnet && inside && isIn(subnet, inside)).toBe(true);
  });

  it.each(['', '10.0.0.0', '10.0.0.0/33', '10/8', '10.0.0.0/24/1', '2001:db8::/129', 'a/8', '10.0.0.0/x'])(
    '%j is no subnet',
    (text) => {
      expect(numberedSubnet(text)).toBeUndefined();
    },
  );
});
