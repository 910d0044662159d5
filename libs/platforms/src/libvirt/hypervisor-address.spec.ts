import { networkInterfaces } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { hypervisorAddress } from './hypervisor-address.ts';

describe('where a hypervisor is', () => {
  it.each([
    ['127.0.0.1', 'qemu:///system', true],
    ['localhost', 'qemu:///system', true],
    ['::1', 'qemu:///system', true],
    ['192.0.2.10', 'qemu+ssh://192.0.2.10/system?no_tty=1', false],
    ['kvm1.example.com', 'qemu+ssh://kvm1.example.com/system?no_tty=1', false],
    ['2001:db8::10', 'qemu+ssh://[2001:db8::10]/system?no_tty=1', false],
  ])('%s: %s, unless it is said', (host, uri, isLocal) => {
    expect(hypervisorAddress(host)).toEqual({ host, uri, isLocal });
  });

  it('is the machine of the agent by every address of that', () => {
    const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
    expect(own.length).toBeGreaterThan(0);
    for (const { address } of own) expect(hypervisorAddress(address).isLocal).toBe(true);
  });

  it.each([
    ['qemu+tls://{host}/system', 'qemu+tls://192.0.2.10/system', false],
    ['qemu+ssh://root@{host}/system', 'qemu+ssh://root@192.0.2.10/system', false],
    ['test:///default', 'test:///default', true],
    ['qemu:///system', 'qemu:///system', true],
    ['qemu+unix:///system?socket=/run/other', 'qemu+unix:///system?socket=/run/other', true],
    ['qemu+ssh:///system', 'qemu+ssh:///system', false],
    ['xen+tcp://{host}/', 'xen+tcp://192.0.2.10/', false],
  ])('is where the settings say: %s', (template, uri, isLocal) => {
    expect(hypervisorAddress('192.0.2.10', template)).toEqual({ host: '192.0.2.10', uri, isLocal });
  });

  it.each(['', 'a b', 'host/system?command=/bin/sh', '-oProxyCommand=x', 'user@host', '[::1]', 'host?x', 'a\nb'])(
    'is refused for a host that is more than one: %j',
    (host) => {
      expect(() => hypervisorAddress(host)).toThrow('is neither a host name nor an IP address');
    },
  );
});
