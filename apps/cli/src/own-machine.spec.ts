import { describe, expect, it } from '@jest/globals';
import type { MachineFiles } from './own-machine.ts';
import { machineFiles, ownMachine } from './own-machine.ts';

const HEAD = 'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT';
const route = (device: string, gateway: string, metric: number) =>
  `${device}\t00000000\t${gateway}\t0003\t0\t0\t${metric}\t00000000\t0\t0\t0`;

const FILES: MachineFiles = {
  interfaces: {
    lo: [{ address: '127.0.0.1', cidr: '127.0.0.1/8', internal: true }],
    eth0: [
      { address: 'fe80::1', cidr: 'fe80::1/64', internal: false },
      { address: '10.0.0.10', cidr: '10.0.0.10/24', internal: false },
    ],
    eth1: [{ address: '192.0.2.7', cidr: '192.0.2.7/28', internal: false }],
    'eth1.5': [{ address: '198.51.100.9', cidr: '198.51.100.9/24', internal: false }],
  },
  routes: [HEAD, route('eth1', '0102 00C0'.replace(' ', ''), 200), route('eth0', '0100000A', 100), ''].join('\n'),
  vlans: 'VLAN Dev name    | VLAN ID\nName-Type: VLAN_NAME_TYPE_RAW_PLUS_VID_NO_PAD\neth1.5         | 5  | eth1\n',
  resolver: 'search lan\nnameserver 9.9.9.9\nnameserver 10.0.0.10\n# nameserver 1.1.1.1\n',
  upstream: '',
};

describe('this machine', () => {
  it('is on the interface of its default route, the best one', () =>
    expect(ownMachine(FILES)).toEqual({
      interface: 'eth0',
      address: '10.0.0.10/24',
      gateway: '10.0.0.1',
      vlan: undefined,
      resolvers: ['9.9.9.9'],
    }));

  it.each([
    ['eth1', { interface: 'eth1', address: '192.0.2.7/28', gateway: undefined, vlan: undefined }],
    ['eth1.5', { interface: 'eth1', address: '198.51.100.9/24', gateway: undefined, vlan: 5 }],
    ['eth0.7', { interface: 'eth0', address: '10.0.0.10/24', gateway: '10.0.0.1', vlan: 7 }],
    ['wlan0', { interface: 'wlan0', address: undefined, gateway: undefined, vlan: undefined }],
  ])('is on %s where that is named', (named, place) => expect(ownMachine(FILES, named)).toMatchObject(place));

  it('knows its VLAN by what the kernel says, whatever the device is called', () => {
    const files = { ...FILES, interfaces: { vlan9: FILES.interfaces['eth1'] ?? [] }, vlans: 'vlan9 | 9 | bond0\n' };
    expect(ownMachine(files, 'vlan9')).toMatchObject({ interface: 'bond0', vlan: 9, address: '192.0.2.7/28' });
  });

  it('asks whom its own resolver asks', () =>
    expect(
      ownMachine({ ...FILES, resolver: 'nameserver 127.0.0.53\n', upstream: 'nameserver 192.0.2.1\n' }).resolvers,
    ).toEqual(['192.0.2.1']));

  it('without a default route is on its only interface, or says nothing', () => {
    const [lo, eth0] = [FILES.interfaces['lo'] ?? [], FILES.interfaces['eth0'] ?? []];
    expect(ownMachine({ ...FILES, routes: '', interfaces: { lo, eth0 } })).toMatchObject({
      interface: 'eth0',
      gateway: undefined,
    });
    expect(ownMachine({ ...FILES, routes: '' })).toMatchObject({ interface: undefined, address: undefined });
  });

  it('is read from where the tests run', async () => {
    const files = await machineFiles();
    expect(Object.keys(files.interfaces)).toContain('lo');
    expect(files.routes).toMatch(/^Iface/);
  });
});
