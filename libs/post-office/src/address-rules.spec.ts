import { describe, expect, it } from '@jest/globals';
import { forbiddenAddress, networkList } from './address-rules.ts';

const none = { allow: networkList([]), forbid: networkList([]) };

describe('where requests may go', () => {
  it.each([
    ['93.184.216.34', true],
    ['10.1.2.3', true],
    ['192.168.0.1', true],
    ['172.16.0.1', true],
    ['100.64.0.1', true],
    ['2001:db8::1', true],
    ['fd12:3456::1', true],
    ['::ffff:10.1.2.3', true],
    ['127.0.0.1', false],
    ['127.255.0.9', false],
    ['0.0.0.0', false],
    ['0.1.2.3', false],
    ['169.254.1.1', false],
    ['169.254.169.254', false],
    ['100.100.100.200', false],
    ['168.63.129.16', false],
    ['192.0.0.192', false],
    ['224.0.0.1', false],
    ['239.255.255.255', false],
    ['240.0.0.1', false],
    ['255.255.255.255', false],
    ['::', false],
    ['::1', false],
    ['0:0:0:0:0:0:0:1', false],
    ['fe80::1', false],
    ['fe80::1%eth0', false],
    ['febf::1', false],
    ['fec0::1', false],
    ['ff02::1', false],
    ['fd00:ec2::254', false],
    ['::ffff:127.0.0.1', false],
    ['::ffff:7f00:1', false],
    ['::FFFF:169.254.169.254', false],
    ['::ffff:0:127.0.0.1', false],
    ['::127.0.0.1', false],
    ['64:ff9b::127.0.0.1', false],
    ['64:ff9b::a9fe:a9fe', false],
    ['2002:7f00:1::', false],
    ['2002:a9fe:a9fe::1', false],
    ['localhost', false],
    ['', false],
  ])('%s: %s', (address, expected) => expect(forbiddenAddress(address, none) === undefined).toBe(expected));

  it.each([
    ['127.0.0.1', true],
    ['::ffff:127.0.0.1', true],
    ['127.0.0.2', false],
    ['169.254.1.1', false],
    ['10.9.0.1', false],
    ['::ffff:10.9.0.1', false],
    ['10.8.0.1', true],
  ])('%s where 127.0.0.1 is allowed and 10.9.0.0/16 is forbidden: %s', (address, expected) => {
    const rules = { allow: networkList(['127.0.0.1/32']), forbid: networkList(['10.9.0.0/16']) };
    expect(forbiddenAddress(address, rules) === undefined).toBe(expected);
  });

  it('what is forbidden is so whatever is allowed', () => {
    const rules = { allow: networkList(['127.0.0.0/8']), forbid: networkList(['127.0.0.0/8']) };
    expect(forbiddenAddress('127.0.0.1', rules)).toBe('127.0.0.1 is in a network that is forbidden');
  });

  it.each(['10.0.0.0/33', 'x/8', '10.0.0.0/a', 'fd00::/129', ''])('%s is no network', (network) =>
    expect(() => networkList([network])).toThrow('is no network'),
  );
});
