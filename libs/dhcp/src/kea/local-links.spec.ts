import { describe, expect, it } from '@jest/globals';
import { subnet } from '../../test/example-subnets.ts';
import type { Interfaces } from './local-links.ts';
import { interfacesBySubnet, ownAddresses, questionTarget, seenInterfaces } from './local-links.ts';

const at = (address: string, prefix: number, internal = false) => ({
  address,
  netmask: '',
  mac: '52:54:00:00:00:01',
  internal,
  cidr: `${address}/${prefix}`,
  ...(address.includes(':') ? { family: 'IPv6' as const, scopeid: 0 } : { family: 'IPv4' as const }),
});
const machine: Interfaces = {
  lo: [at('127.0.0.1', 8, true)],
  eth0: [at('192.0.2.7', 24)],
  eth1: [at('10.77.0.1', 24), at('2001:db8::1', 64)],
};
const listening = (interfaces: readonly string[], type?: string) => ({
  'interfaces-config': { interfaces, ...(type === undefined ? {} : { 'dhcp-socket-type': type }) },
});

describe('the machine of a DHCP server', () => {
  it('has addresses', () => {
    expect([...ownAddresses(machine).keys()]).toEqual(['127.0.0.1', '192.0.2.7', '10.77.0.1', '2001:db8::1']);
  });

  it('has the interfaces too whose link is down, until they are gone, or another one has an address of theirs', () => {
    const [local, other] = [at('fe80::1', 64), at('fe80::1', 64)];
    const eth1 = [...(machine['eth1'] ?? []), local];
    const [eth0, eth2] = [[...(machine['eth0'] ?? []), other], [at('10.77.0.1', 24)]];
    let now: Interfaces = { eth0, eth1 };
    const gone: string[] = [];
    const seen = seenInterfaces(
      () => now,
      (name) => !gone.includes(name),
    );
    seen();
    now = { eth0 };
    expect(seen()).toEqual({ eth0, eth1 });
    expect(seen()).toEqual({ eth0, eth1 });
    now = { eth0, eth2 };
    expect(seen()).toEqual({ eth0, eth2 });
    now = { eth0 };
    expect(seen()).toEqual({ eth0, eth2 });
    gone.push('eth2');
    expect(seen()).toEqual({ eth0 });
  });

  it('is on the wire of a subnet that it has an address in, else by the only interface Kea listens on', () => {
    const subnets = [subnet({ subnet: '2001:db8::/64' }), subnet({ subnet: '2001:db8:1::/64' })];
    expect([...interfacesBySubnet(subnets, machine, listening(['eth7/2001:db8:1::1']))]).toEqual([
      ['2001:db8::/64', 'eth1'],
      ['2001:db8:1::/64', 'eth7'],
    ]);
    expect([...interfacesBySubnet(subnets, machine, listening(['*'])).keys()]).toEqual(['2001:db8::/64']);
    expect([...interfacesBySubnet(subnets, machine, undefined).keys()]).toEqual(['2001:db8::/64']);
  });

  it.each([
    ['frames of an interface', ['eth1'], undefined, { address: '255.255.255.255', port: 67, from: '10.77.0.1' }],
    ['UDP at an address', ['lo/127.0.0.1'], 'udp', { address: '127.0.0.1', port: 67 }],
    ['frames of all interfaces', ['*'], 'raw', { address: '255.255.255.255', port: 67, from: '192.0.2.7' }],
    ['an interface that is not seen here', ['eth9'], 'raw', undefined],
    ['an address that is not there', ['eth1/10.77.0.9'], 'udp', undefined],
    ['nothing', [], undefined, undefined],
  ])('is asked for a lease where Kea takes %s', (_, interfaces, type, target) => {
    expect(questionTarget(listening(interfaces, type), machine)).toEqual(target);
  });
});
