import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { AddressCase, AddressGroup } from './check-case.ts';
import { addressGroups, checkCase } from './check-case.ts';
import { decidedRules } from './decided-rules.ts';

const recorded = JSON.parse(
  readFileSync(new URL('../../../../test/cases/core.json', import.meta.url), 'utf8'),
) as Readonly<Record<AddressGroup, readonly AddressCase[]>>;

/** Those recorded rows that go otherwise here, and by which rule. */
const DECIDED: Readonly<Record<string, string>> = {
  'ip_parse-02': 'a dotted address has four plain decimal parts',
  'ip_parse-03': 'an IPv4-mapped address begins with two colons',
  'ip_parse-04': 'an IPv4-mapped address begins with two colons',
  'ip_parse-16': 'two colons may stand for one group',
  'ip_parse-26': 'an IPv6 address has groups of one to four digits, eight of them or two colons',
  'mac-07': 'a MAC may have dashes',
  'mac-09': 'a MAC has twelve digits and nothing else',
  'mac-10': 'a MAC has twelve digits and nothing else',
  'mac-11': 'a MAC has twelve digits and nothing else',
};

describe.each(addressGroups)('the recorded cases about %s', (group) => {
  it.each(recorded[group].map((row) => [row.id, row] as const))('%s', (id, row) => {
    const { differences, by } = checkCase(group, row);
    expect(differences).toEqual([]);
    expect(by).toEqual(DECIDED[id]);
  });
});

describe('the decisions', () => {
  it('are about recorded rows, and each is needed', () => {
    const ids = addressGroups.flatMap((group) => recorded[group].map(({ id }) => id));
    expect(Object.keys(DECIDED).filter((id) => !ids.includes(id))).toEqual([]);
    expect(new Set(Object.values(DECIDED))).toEqual(new Set(decidedRules.map(({ name }) => name)));
  });

  const parsed = (input: unknown, text = 'x') => ({ id: '', input, number: '1', text, v4: true });
  const failing = (input: unknown, message: string) => ({ id: '', input, error: 'ValueError', message });

  it.each([
    ['ip_parse', parsed(' 1.2.3.4')],
    ['ip_parse', parsed('+1.2.3.4')],
    ['ip_parse', parsed('1_0.2.3.4')],
    ['ip_parse', parsed(':1:2')],
    ['ip_parse', parsed('fffff::1')],
    ['ip_parse', parsed('-1::1')],
    ['ip_parse', parsed('0x10::1')],
    ['ip_parse', failing('1:2:3', 'list index out of range')],
    ['ip_parse', failing('1:2:3:4:5:6:7', 'list index out of range')],
  ] as const)('hold for other rows too: %s %j', (group, row) => {
    const { differences, by } = checkCase(group, row);
    expect(differences).toEqual([]);
    expect(by).toBeDefined();
  });

  it.each([
    ['ip_parse', { id: '', input: null, number: null }],
    ['ip_parse', failing(5, 'Invalid Ip Address')],
    ['ip_parse', failing('1:2:3:4:5:6:7:8:9', 'Invalid IPv6 Address')],
    ['ip_subnet', { id: '', address: '10.0.0.0', prefix: '24', error: 'ValueError', message: 'Invalid Prefix' }],
    ['mac', { id: '', input: '0011.2233.4455', result: '00:11:22:33:44:55' }],
  ] as const)('are not needed for %s %j', (group, row) => {
    expect(checkCase(group, row)).toEqual({ id: '', differences: [] });
  });

  it.each([
    ['ip_parse', parsed('10.0.0.1', '10.0.0.2')],
    ['ip_parse', failing('10.0.0.1', 'Invalid IPv4 Address')],
    ['ip_subnet', { id: '', address: '10.0.0.0', prefix: 24, result: {} }],
    ['mac', { id: '', input: '001122334455', result: '00:11:22:33:44:56' }],
    ['mac', { id: '', input: '00:11:22:33:44:55', error: { mac: ['"x" is invalid'] } }],
  ] as const)('do not excuse what is simply wrong: %s %j', (group, row) => {
    const { differences, by } = checkCase(group, row);
    expect([differences.length, by]).toEqual([2, undefined]);
  });
});
