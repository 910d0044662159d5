import { describe, expect, it } from '@jest/globals';
import { isSourceBlock, isWithin } from './source-network.ts';

describe('a block of source addresses', () => {
  it.each(['10.0.0.0/24', '10.0.0.7/24', '192.0.2.1/32', '2001:db8::/64', '128.0.0.0/1'])('is %s', (text) =>
    expect(isSourceBlock(text)).toBe(true),
  );
  it.each([
    '0.0.0.0/0',
    '::/0',
    '10/8',
    '10.0.0.0',
    '10.0.0.0/33',
    '10.0.0.0/24/8',
    'fe80::1%eth0/64',
    '010.0.0.1/8 ',
    '',
  ])('is not "%s"', (text) => expect(isSourceBlock(text)).toBe(false));
  it.each([
    ['10.0.0.255', ['10.0.0.7/24'], true],
    ['::ffff:10.0.0.9', ['10.0.0.0/24'], true],
    ['10.0.1.0', ['10.0.0.0/24'], false],
    ['10.0.1.0', ['10.0.0.0/24', '10.0.1.0/24'], true],
    ['2001:db8::1', ['10.0.0.0/8', '2001:db8::/32'], true],
    ['2001:db9::1', ['2001:db8::/32'], false],
    ['10.0.0.1', [], false],
    ['', ['10.0.0.0/8'], false],
  ])('an address %s within %j: %s', (address, blocks, is) => expect(isWithin(address, blocks)).toBe(is));
});
