import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { formatAddress, InvalidAddress, isIpv4, parseAddress, sortableAddress } from './ip-address.ts';
import { parseMac } from './mac-address.ts';
import { overlaps, subnetOf } from './subnet.ts';

interface ParseRow {
  readonly id: string;
  readonly input: string;
  readonly number?: string;
  readonly text?: string;
  readonly v4?: boolean;
  readonly error?: string;
  readonly message?: string;
}

interface SubnetRow {
  readonly id: string;
  readonly address: string;
  readonly prefix: number;
  readonly result?: unknown;
  readonly message?: string;
}

interface MacRow {
  readonly id: string;
  readonly input: string | null;
  readonly result?: string | null;
  readonly error?: unknown;
}

/** Recorded from the first server. */
const recorded = JSON.parse(readFileSync('test/cases/core.json', 'utf8')) as {
  readonly ip_parse: readonly ParseRow[];
  readonly ip_subnet: readonly SubnetRow[];
  readonly mac: readonly MacRow[];
};

/** Rows that are decided otherwise here, and why. */
const DECIDED: Readonly<Record<string, { readonly gives: unknown; readonly why: string }>> = {
  'ip_parse-02': { gives: 'Invalid IPv4 Address', why: 'leading zeros are octal to some and decimal to others' },
  'ip_parse-03': { gives: 'Invalid IPv6 Address', why: 'one colon is no notation of an IPv4-mapped address' },
  'ip_parse-04': { gives: '10.1.2.3', why: 'this is the notation of an IPv4-mapped address' },
  'ip_parse-16': { gives: '0:1:2:3:4:5:6:7', why: 'RFC 4291 lets :: stand for one group' },
  'ip_parse-26': { gives: 'Invalid IPv6 Address', why: 'an index error is no answer' },
  'mac-07': { gives: '00:11:22:33:44:55', why: 'dashes are a notation in use' },
  'mac-09': { gives: undefined, why: 'a pair has two digits' },
  'mac-10': { gives: undefined, why: 'thirteen digits are no MAC' },
  'mac-11': { gives: undefined, why: 'digits are hexadecimal' },
};

function attempt<T>(read: () => T): T | string {
  try {
    return read();
  } catch (error) {
    if (error instanceof InvalidAddress) return error.message;
    throw error;
  }
}

describe('an address', () => {
  it.each(recorded.ip_parse)('$id: $input', ({ id, input, number, text, v4, message }) => {
    const address = attempt(() => parseAddress(input));
    const written = typeof address === 'bigint' ? formatAddress(address) : address;
    if (DECIDED[id]) {
      expect(written).toBe(DECIDED[id].gives);
      return;
    }
    expect(written).toBe(text ?? message);
    if (typeof address === 'bigint') expect([String(address), isIpv4(address)]).toEqual([number, v4]);
  });

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
    '[::1]',
    '10.0.0.0/8',
  ])('is not %j', (text) => {
    expect(() => parseAddress(text)).toThrow(InvalidAddress);
  });

  it('may be IPv4-mapped, in hexadecimal too', () => {
    expect(formatAddress(parseAddress('::FFFF:0a01:203'))).toBe('10.1.2.3');
    expect(formatAddress(parseAddress('64:ff9b::10.0.0.1'))).toBe('64:ff9b::a00:1');
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
  it.each(recorded.ip_subnet)('$id: $address/$prefix', ({ address, prefix, result, message }) => {
    const subnet = attempt(() => subnetOf(parseAddress(address), prefix));
    if (typeof subnet === 'string') {
      expect(subnet).toBe(message);
      return;
    }
    const at = (offset: bigint) => formatAddress(subnet.address + offset);
    const { usable, size } = subnet;
    expect({
      netmask: formatAddress(subnet.netmask),
      subnet: formatAddress(subnet.address),
      usable: [at(usable.first), at(usable.last)],
      all: [at(0n), at(size - 1n)],
      usable_offsets: [String(usable.first), String(usable.last)],
      all_offsets: ['0', String(size - 1n)],
      size_usable: String(subnet.usableSize),
      size_all: String(size),
    }).toEqual(result);
  });

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
  it.each(recorded.mac)('$id: $input', ({ id, input, result }) => {
    expect(parseMac(input)).toBe(DECIDED[id] ? DECIDED[id].gives : result);
  });

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

it('what is decided otherwise is a recorded row', () => {
  const ids = [...recorded.ip_parse, ...recorded.ip_subnet, ...recorded.mac].map(({ id }) => id);
  expect(Object.keys(DECIDED).filter((id) => !ids.includes(id))).toEqual([]);
});
