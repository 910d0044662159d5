import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { JsonMap } from '#kernel';
import { identitiesOf } from './identities.ts';

describe('a machine is known', () => {
  it.each<[string, JsonMap | null, readonly string[]]>([
    ['by nothing where nobody has told', null, []],
    [
      'by its serial numbers, its UUID and its MACs, in this order',
      {
        network: { eth1: { mac: '0011.2233.4456' }, eth0: { mac: '00:11:22:33:44:55' } },
        hardware: {
          dmi: {
            System: [{ 'Serial Number': ' 4X1 ', UUID: '4C4C4544-0042' }],
            'Base Board': { 'Serial Number': 'MB7' },
          },
        },
      },
      ['serial:4X1', 'board:MB7', 'uuid:4c4c4544-0042', 'mac:00:11:22:33:44:56', 'mac:00:11:22:33:44:55'],
    ],
    ['by a serial number on its own', { serial: 'ABC' }, ['serial:ABC']],
    [
      'not by what its firmware was never told',
      { hardware: { dmi: { System: { 'Serial Number': 'To Be Filled By O.E.M.', UUID: '00000000' } } } },
      [],
    ],
    [
      'not by parts that move to other machines',
      {
        disks: [{ serial: 'disk1' }],
        hardware: {
          dmi: { 'Memory Device': [{ 'Serial Number': 'dimm1' }], Chassis: { 'Serial Number': 'chassis1' } },
        },
      },
      [],
    ],
    [
      'not by a MAC that is none',
      { network: { eth0: { mac: 'none' }, eth1: 7, eth2: { mac: null }, eth3: { mac: '00:00:00:00:00:00' } } },
      [],
    ],
  ])('%s', (_, report, identities) => expect(identitiesOf(report)).toEqual(identities));

  it.each([
    'To Be Filled By O.E.M.',
    'Not Settable',
    'Not Present',
    'Default string',
    'Default_string',
    'Serial Number',
    'Chassis Serial Number',
    'INVALID',
    'empty',
    'OEM',
    '0123456789ABCDEF',
    '...',
    'N/A ',
    'XXX-XXX',
    '1111-1111',
    '00000000-0000-0000-0000-000000000000',
    'ffffffff-FFFF-ffff-ffff-ffffffffffff',
    '03000200-0400-0500-0006-000700080009',
    '03020100-0504-0706-0809-0A0B0C0D0E0F',
  ])('not by %j, which strangers have too', (text) => {
    const dmi = { System: [{ 'Serial Number': text, UUID: text }], 'Base Board': { 'Serial Number': text } };
    expect(identitiesOf({ serial: text, hardware: { dmi } })).toEqual([]);
  });

  it.each(['1112', 'NOT123', '零-一', 'Standard', '03000200-0400-0500-0006-00070008000a'])('by %j', (text) => {
    expect(identitiesOf({ serial: text })).toEqual([`serial:${text}`]);
  });

  it('or is not, whatever it reports', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (report) => {
        for (const one of identitiesOf(report as JsonMap)) expect(one).toMatch(/^(?:serial|board|uuid|mac):.+/s);
      }),
    );
  });
});
