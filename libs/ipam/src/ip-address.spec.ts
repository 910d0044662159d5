import { describe, expect, it } from '@jest/globals';
import { formatAddress, InvalidAddress, parseAddress, sortableAddress } from './ip-address.ts';
import { parseMac } from './mac-address.ts';
import { overlaps, subnetOf } from './subnet.ts';

describe('an address', () => {
  it.each([
    ' 1.2.3.4',
    '1.2.3.4 ',
    '+1.2.3.4',
    '1_0.2.3.4',
    '1.2.3.256',
    '1.2.3.4.5',
    '0x1.2.3.4',
    '10',
    '10.1',
    'fffff::1',
    '-1::1',
    '0x10::1',
    'fe80::1%eth0',
    '1:2:3',
    ':1:2',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    ':::',
    '::ffff:010.0.0.1',
    '::1.2.3',
    '::1.2.3.256',
    '[::1]',
    '10.0.0.0/8',
  ])('is not %j', (text) => {
    expect(() => parseAddress(text)).toThrow(InvalidAddress);
  });

  it('may be IPv4-mapped, in hexadecimal too', () => {
    expect(formatAddress(parseAddress('::FFFF:0a01:203'))).toBe('10.1.2.3');
    expect(formatAddress(parseAddress('64:ff9b::10.0.0.1'))).toBe('64:ff9b::a00:1');
  });

  it.each([
    ['::10.1.2.3', '::a01:203'],
    ['::1.2.3.4', '::102:304'],
    ['0::10.1.2.3', '::a01:203'],
    ['0:0:0:0:0:0:10.1.2.3', '::a01:203'],
    ['1::0.0.0.1', '1::1'],
    ['::ffff:10.1.2.3', '10.1.2.3'],
  ])('is IPv4 with a dotted end only where it is mapped: %s is %s', (text, address) => {
    expect(formatAddress(parseAddress(text))).toBe(address);
  });

  it.each([-1n, 1n << 128n])('has no more than 128 bits: %s', (number) => {
    expect(() => formatAddress(number)).toThrow(InvalidAddress);
  });

  it('sorts as text', () => {
    const addresses = ['::1', '10.0.0.1', '10.0.0.10', '10.0.0.9', '2001:db8::1'].map(parseAddress);
    expect(addresses.map(sortableAddress).toSorted()).toEqual(
      addresses.toSorted((one, other) => (one < other ? -1 : 1)).map(sortableAddress),
    );
  });
});

describe('a subnet', () => {
  it('overlaps with what is in it, around it, or across its edge', () => {
    const range = (text: string, prefix: number) => subnetOf(parseAddress(text), prefix);
    const block = range('10.0.1.0', 24);
    expect(['10.0.1.64', '10.0.1.0', '10.0.1.255'].map((text) => overlaps(block, range(text, 26)))).toEqual([
      true,
      true,
      true,
    ]);
    expect(overlaps(block, range('10.0.0.0', 16))).toBe(true);
    expect(['10.0.0.0', '10.0.2.0', '::a00:100'].map((text) => overlaps(block, range(text, 24)))).toEqual([
      false,
      false,
      false,
    ]);
  });
});

describe('a MAC', () => {
  it.each([
    ['0011.2233.4455', '00:11:22:33:44:55'],
    ['00-11:22-33:44-55', undefined],
    ['00:11:22:33:44', undefined],
    [' 001122334455', undefined],
    ['001122334455\n', undefined],
  ])('%j', (text, mac) => {
    expect(parseMac(text)).toBe(mac);
  });
});
