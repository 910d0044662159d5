import { describe, expect, it } from '@jest/globals';
import { guestKind } from './capabilities.ts';

/** What a host says, with guests of some types. */
const host = (types: readonly string[], arch = 'x86_64') => `<capabilities>
  <host><cpu><arch>x86_64</arch></cpu></host>
  <guest><os_type>xen</os_type><arch name='x86_64'><domain type='xen'/></arch></guest>
  <guest><os_type>hvm</os_type><arch name='aarch64'><domain type='qemu'/></arch></guest>
  <guest><os_type>hvm</os_type>
    <arch name='${arch}'>
      <emulator>/usr/bin/qemu-system-x86_64</emulator>
      <machine maxCpus='255'>pc-i440fx-7.2</machine>
      <machine canonical='pc-i440fx-7.2' maxCpus='255'>pc</machine>
      ${types.map((type) => `<domain type='${type}'><machine>only-${type}</machine></domain>`).join('\n')}
    </arch>
  </guest>
</capabilities>`;

describe('the kind of guests of a host', () => {
  it.each([
    ['kvm where it works', ['qemu', 'kvm'], 'kvm'],
    ['qemu without it', ['qemu'], 'qemu'],
    ['whatever else there is', ['test'], 'test'],
  ])('is %s', async (_, types, type) => {
    expect(await guestKind(host(types), {}, 'host1')).toEqual({ type, arch: 'x86_64' });
  });

  it('is as it is wanted, where the host has that', async () => {
    expect(await guestKind(host(['qemu', 'kvm']), { type: 'qemu', machine: 'pc' }, 'host1')).toEqual({
      type: 'qemu',
      arch: 'x86_64',
      machine: 'pc',
    });
    expect((await guestKind(host(['qemu', 'kvm']), { machine: 'only-kvm' }, 'host1')).machine).toBe('only-kvm');
    expect(await guestKind(host(['test'], 'i686'), {}, 'host1')).toEqual({ type: 'test', arch: 'i686' });
  });

  it('is refused where the host has it not, with what it has', async () => {
    await expect(guestKind(host(['qemu']), { type: 'kvm' }, 'host1')).rejects.toThrow(
      'host1 offers no domains of the type "kvm": it has qemu',
    );
    await expect(guestKind(host(['qemu']), { machine: 'pc-i440fx-noble' }, 'host1')).rejects.toThrow(
      'host1 has no machine "pc-i440fx-noble": it has pc-i440fx-7.2, pc, only-qemu',
    );
    await expect(guestKind(host(['qemu'], 's390x'), {}, 'host1')).rejects.toThrow(
      'host1 runs no guests of x86_64 or i686',
    );
  });
});
