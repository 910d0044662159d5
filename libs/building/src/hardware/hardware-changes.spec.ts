import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { JsonMap } from '#kernel';
import { hardwareChanges, MAX_CHANGES } from './hardware-changes.ts';

const known: JsonMap = {
  hardware: {
    total_ram: 65536,
    dmi: {
      'Memory Device': [
        { Locator: 'A1', Size: '32 GB', 'Serial Number': 'd1' },
        { Locator: 'B1', Size: '32 GB', 'Serial Number': 'd2' },
      ],
    },
  },
  disks: [
    { name: 'sda', serial: 's1', size: 960 },
    { name: 'sdb', serial: 's2', size: 960 },
  ],
  network: { eth0: { mac: '00:11:22:33:44:55', lldp: { name: 'sw1', port: 1 } } },
};
const with_ = (change: JsonMap): JsonMap => ({ ...known, ...change });

describe('the hardware of a machine', () => {
  it.each<[string, JsonMap, readonly object[]]>([
    ['is what is known', known, []],
    [
      'is the same where its disks are told in another order, under other names of the moment',
      with_({ disks: [...(known['disks'] as never[])].toReversed() }),
      [],
    ],
    [
      'is the same on another port of a switch',
      with_({ network: { eth0: { mac: '00:11:22:33:44:55', lldp: { name: 'sw2', port: 9 } } } }),
      [],
    ],
    [
      'lacks a disk',
      with_({ disks: [{ name: 'sda', serial: 's2', size: 960 }] }),
      [
        { part: 'disks[s1]', was: { name: 'sda', serial: 's1', size: 960 }, is: null },
        { part: 'disks[s2].name', was: 'sdb', is: 'sda' },
      ],
    ],
    [
      'has lost memory',
      with_({
        hardware: {
          total_ram: 32768,
          dmi: { 'Memory Device': [{ Locator: 'A1', Size: '32 GB', 'Serial Number': 'd1' }] },
        },
      }),
      [
        { part: 'hardware.total_ram', was: 65536, is: 32768 },
        {
          part: 'hardware.dmi.Memory Device[B1]',
          was: { Locator: 'B1', Size: '32 GB', 'Serial Number': 'd2' },
          is: null,
        },
      ],
    ],
    [
      'has another network card',
      with_({ network: { eth0: { mac: '00:11:22:33:44:66' }, eth1: { mac: '00:11:22:33:44:77' } } }),
      [
        { part: 'network.eth0.mac', was: '00:11:22:33:44:55', is: '00:11:22:33:44:66' },
        { part: 'network.eth1', was: null, is: { mac: '00:11:22:33:44:77' } },
      ],
    ],
  ])('%s', (_, reported, changes) => expect(hardwareChanges(known, reported)).toEqual(changes));

  it('is told in bounds', () => {
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`k${n}`, 'x'.repeat(1000)]));
    const changes = hardwareChanges({}, many);
    expect(changes).toHaveLength(MAX_CHANGES);
    expect(JSON.stringify(changes).length).toBeLessThan(16_000);
  });

  it('does not change by being told in another order, whatever it is', () => {
    const part = fc.dictionary(fc.constantFrom('serial', 'name', 'size', 'slot'), fc.oneof(fc.string(), fc.integer()));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
        expect(hardwareChanges({ disks: parts }, { disks: parts.toReversed() })).toEqual([]);
      }),
    );
  });

  it('has changed where it is something else, and the same back again', () => {
    const report = fc.dictionary(fc.constantFrom('cpus', 'disks', 'hardware'), fc.jsonValue());
    fc.assert(
      fc.property(report, report, (one, other) => {
        const there = hardwareChanges(one as JsonMap, other as JsonMap);
        const back = hardwareChanges(other as JsonMap, one as JsonMap);
        expect(back).toHaveLength(there.length);
        expect(back.map(({ is }) => is)).toEqual(expect.arrayContaining(there.map(({ was }) => was)));
      }),
    );
  });
});
