import { describe, expect, it } from '@jest/globals';
import { bmcAddressOf, shownAddress } from './address.ts';

describe('the address of a management processor', () => {
  it.each([
    ['192.0.2.20', '192.0.2.20:623'],
    [' 192.0.2.20 ', '192.0.2.20:623'],
    ['bmc-1.rack_4.example', 'bmc-1.rack_4.example:623'],
    ['bmc1:10443', 'bmc1:10443'],
    ['2001:db8::20', '[2001:db8::20]:623'],
    ['[2001:db8::20]', '[2001:db8::20]:623'],
    ['[2001:db8::20]:10443', '[2001:db8::20]:10443'],
  ])('%s is %s', (text, shown) => {
    expect(shownAddress(bmcAddressOf(text, 623))).toBe(shown);
  });

  it.each(['', '-H', 'a b', 'bmc1:', 'bmc1:0', 'bmc1:65536', '[bmc1]', 'https://bmc1', 'bmc1;reboot', 'bmc1/x'])(
    'refuses "%s"',
    (text) => {
      expect(() => bmcAddressOf(text, 623)).toThrow(`ip_address: ${JSON.stringify(text)} is neither a host name nor`);
    },
  );
});
