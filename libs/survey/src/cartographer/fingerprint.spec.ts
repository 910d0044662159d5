import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { JsonMap } from '#kernel';
import { fingerprintOf } from './fingerprint.ts';

const one: JsonMap = {
  hardware: {
    total_ram: 65201,
    total_cpu_count: 16,
    total_cpu_sockets: 1,
    pci: { '0000:01:00.0': { vendor: '8086', device: '1533', slot: '01:00.0' } },
  },
  disks: [{ name: 'sda', serial: 's1', size: 960, model: 'PM893' }],
  network: { eth0: { mac: '00:11:22:33:44:55' } },
};
/** Of the same make: other serial numbers, MACs and places. */
const twin: JsonMap = {
  hardware: {
    total_ram: '65240',
    total_cpu_count: 16,
    total_cpu_sockets: 1,
    pci: [{ device: '1533', vendor: '8086', slot: '02:00.0' }],
  },
  disks: { sdb: { model: 'PM893', serial: 's2', size: 960 } },
  network: { eno1: { mac: '00:11:22:33:44:66' } },
};

describe('the fingerprint of a machine', () => {
  it('says what it is made of', () =>
    expect(fingerprintOf(one)).toEqual({
      cpus: 16,
      sockets: 1,
      memory_mib: 65280,
      pci: ['device=1533 vendor=8086'],
      disks: ['model=PM893 size=960'],
      interfaces: 1,
      id: expect.stringMatching(/^[0-9a-f]{16}$/),
    }));
  it('is that of every machine of its make', () => expect(fingerprintOf(twin)).toEqual(fingerprintOf(one)));
  it('is another one where a disk is missing, or memory', () => {
    const ids = [one, { ...one, disks: [] }, { ...one, hardware: { total_ram: 32768 } }].map(
      (m) => fingerprintOf(m).id,
    );
    expect(new Set(ids).size).toBe(3);
  });
  it('is there whatever it reports', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('hardware', 'disks', 'network', 'x'), fc.jsonValue()), (report) => {
        expect(fingerprintOf(report as JsonMap).id).toHaveLength(16);
      }),
    );
  });
});
