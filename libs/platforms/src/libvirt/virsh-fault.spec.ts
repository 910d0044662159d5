import { describe, expect, it } from '@jest/globals';
import { faultOf } from './virsh-fault.ts';

const remote = { host: 'kvm1', uri: 'qemu+ssh://kvm1/system', isLocal: false };
const local = { host: '127.0.0.1', uri: 'qemu:///system', isLocal: true };

describe('what libvirt complains of', () => {
  it.each([
    [
      local,
      `error: failed to connect to the hypervisor
error: Failed to connect socket to '/var/run/libvirt/libvirt-sock': No such file or directory`,
      "libvirtd does not run on the agent's machine (nobody is at /var/run/libvirt/libvirt-sock): start it",
    ],
    [
      local,
      `error: failed to connect to the hypervisor
error: Failed to connect socket to '/var/run/libvirt/libvirt-sock': Permission denied`,
      'the account of the agent may not use libvirt on 127.0.0.1: put it into the group libvirt',
    ],
    [
      { ...remote, uri: 'nonsense:///x' },
      `error: failed to connect to the hypervisor
error: no connection driver available for nonsense:///x`,
      'libvirt does not know the kind of hypervisor that "nonsense:///x" names',
    ],
    [
      remote,
      `error: failed to connect to the hypervisor
error: Cannot recv data: ssh: connect to host kvm1 port 22: No route to host: Connection reset by peer`,
      'kvm1 cannot be reached (qemu+ssh://kvm1/system): look whether it is up',
    ],
    [
      remote,
      `error: failed to connect to the hypervisor
error: Cannot recv data: Host key verification failed.: Connection reset by peer`,
      'the host key of kvm1 is not known to the account of the agent',
    ],
    [
      remote,
      `error: failed to connect to the hypervisor
error: Cannot recv data: root@kvm1: Permission denied (publickey,password).: Connection reset by peer`,
      'kvm1 does not let the account of the agent in over SSH',
    ],
    [
      { ...remote, uri: 'qemu+tcp://kvm1/system' },
      `error: failed to connect to the hypervisor
error: unable to connect to server at 'kvm1:16509': Connection refused`,
      'kvm1 cannot be reached (qemu+tcp://kvm1/system)',
    ],
    [
      { ...remote, uri: 'qemu+tls://kvm1/system' },
      `error: failed to connect to the hypervisor
error: Cannot read CA certificate '/etc/pki/CA/cacert.pem': No such file or directory`,
      'the encryption of the connection to kvm1 is not agreed on',
    ],
    [
      remote,
      `error: Failed to start domain 'node01'
error: Cannot get interface MTU on 'lan': No such device`,
      'kvm1 has no network of libvirt and no bridge "lan"',
    ],
    [
      remote,
      `error: Failed to start domain 'node01'
error: Requested operation is not valid: network 'lan' is not active`,
      'the network "lan" of libvirt on kvm1 is stopped: virsh net-start lan',
    ],
  ])('is told with what it means and what to do, and in its own words', (address, stderr, told) => {
    const text = faultOf(stderr, address);
    expect(text.startsWith(told)).toBe(true);
    expect(text).toContain(
      `[${stderr
        .split('\n')
        .map((line) => line.replace('error: ', ''))
        .join('; ')}]`,
    );
  });

  it('is told in its own words where nothing is known of it', () => {
    expect(faultOf('error: something new\n\nerror: of two lines\n', remote)).toBe(
      'libvirt on kvm1: something new; of two lines',
    );
    expect(faultOf('', remote)).toBe('libvirt on kvm1: virsh failed and said nothing');
    expect(faultOf('x'.repeat(10_000), remote).length).toBeLessThan(600);
  });
});
