import { describe, expect, it } from '@jest/globals';
import { bmcHostName, readAddressText, writeAddressText } from './bmc-address.ts';

describe('the host of a BMC', () => {
  it.each([
    ['node1', 'node1-bmc'],
    ['Rack 4/Node_7.a', 'rack-4-node-7-a-bmc'],
    ['_', 'machine-bmc'],
    ['x'.repeat(100), `${'x'.repeat(59)}-bmc`],
  ])('of %s is called %s', (locator, name) => {
    expect(bmcHostName(locator)).toBe(name);
  });
});

describe('the text of an address', () => {
  it.each([
    ['10.0.0.9', '10.0.0.9', ''],
    ['10.0.0.9:6230', '10.0.0.9', ':6230'],
    ['bmc1.example', 'bmc1.example', ''],
    ['2001:db8::9', '2001:db8::9', ''],
    ['[2001:db8::9]:623', '2001:db8::9', ':623'],
    ['', '', ''],
  ])('%s is read, and written again', (text, host, port) => {
    expect(readAddressText(text)).toEqual({ host, port });
    expect(writeAddressText({ host, port })).toBe(text);
  });
});
