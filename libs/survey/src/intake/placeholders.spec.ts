import { describe, expect, it } from '@jest/globals';
import { asName, fill } from './placeholders.ts';

const machine = {
  identifier: 'f00dfeedcafe0123456789',
  infoMap: {
    hardware: { dmi: { System: { 'Serial Number': 'SN 4/X1' } } },
    network: { eth0: { mac: '0011.2233.4455' } },
    bmc: { ip_address: '10.9.0.7', ports: [623] },
  },
};

describe('a text with placeholders', () => {
  it.each([
    ['rack4-{serial}', 'rack4-SN 4/X1', 'rack4-SN-4-X1'],
    ['node-{mac}', 'node-001122334455', 'node-001122334455'],
    ['m-{identifier}', 'm-f00dfeedcafe', 'm-f00dfeedcafe'],
    ['{bmc.ip_address}', '10.9.0.7', '10-9-0-7'],
    ['n{n}', 'n{n}', 'n{n}'],
    ['plain', 'plain', 'plain'],
  ])('%s', (pattern, text, name) => {
    expect(fill(pattern, machine)).toEqual({ text, missing: [] });
    expect(asName(text)).toBe(name);
  });

  it('tells what a machine does not report', () => {
    expect(fill('{bmc.name}-{asset}', machine).missing).toEqual(['bmc.name', 'asset']);
    expect(fill('{serial}{bmc.ports}', { ...machine, infoMap: {} }).missing).toEqual(['serial', 'bmc.ports']);
  });
});
