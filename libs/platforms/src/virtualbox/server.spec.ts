import { describe, expect, it } from '@jest/globals';
import { foundationFixture } from '../../test/foundation-fixture.ts';
import { knownFoundation } from '../../test/known-foundation.ts';
import { ScriptHarness } from '../../test/script-harness.suite.ts';
import { virtualbox } from './server.ts';

const [type] = virtualbox.foundationTypes;
const [complex] = virtualbox.complexTypes ?? [];
const { foundation } = foundationFixture(virtualbox, type);
const nic = (n: number) => ({ name: `eth${n}`, physical_location: `eth${n}`, network_name: `vboxnet${n}` });

describe('a foundation of VirtualBox', () => {
  it('is known to clients by the names of the original, and stays with its complex once it is made', () => {
    expect(type).toMatchObject({
      type: 'VirtualBox',
      model: 'VirtualBox/VirtualBoxFoundation',
      classes: ['VM', 'VirtualBox'],
      locates: 'with-complex',
      complexField: 'virtualbox_complex',
      machineId: 'virtualbox_uuid',
      inSiteOfComplex: true,
    });
    expect(complex).toMatchObject({
      type: 'VirtualBox',
      model: 'VirtualBox/VirtualBoxComplex',
      maxMembers: 1,
      carries: { type: 'VirtualBox', blueprint: 'virtualbox-vm-base' },
    });
    expect(type?.attributes?.({ virtualbox_uuid: 'u', virtualbox_complex: 'c' }, {})).toEqual({
      _virtualbox_uuid: 'u',
      _virtualbox_complex: 'c',
    });
  });

  it('is specified by the configuration of its structure', () => {
    const specOf = type?.values?.['virtualbox_vmspec'];
    expect(specOf?.(knownFoundation({}))).toEqual({
      cpu_count: 1,
      memory_size: 1024,
      disk_size: 10,
      virtualbox_guest_type: 'Other',
    });
    const config = {
      cpu_count: 4,
      virtualbox_guest_type: 'Linux26_64',
      virtualbox_network_adapter_type: 'Virtio',
      more: 1,
    };
    expect(specOf?.(knownFoundation(config))).toEqual({
      cpu_count: 4,
      memory_size: 1024,
      disk_size: 10,
      virtualbox_guest_type: 'Linux26_64',
      virtualbox_network_adapter_type: 'Virtio',
    });
  });

  it('is ordered with its disk, and with four adapters at the most', () => {
    const spec = {
      cpu_count: 2,
      memory_size: 2048,
      disk_size: 20,
      virtualbox_guest_type: 'Linux26_64',
      virtualbox_network_adapter_type: 'Virtio',
    };
    const fields = { ...foundation, interface_list: [0, 1, 2, 3, 4].map(nic) };
    const script = new ScriptHarness(virtualbox, '  value = virtualbox.create( vm_spec=vars.spec )', type, fields, {
      vars: { spec },
    });
    script.run();
    expect(script.task()?.parameters['vm']).toEqual({
      name: 'node01',
      cpu_count: 2,
      memory_size: 2048,
      guest_type: 'Linux26_64',
      disk_list: [{ name: 'sda', size: 20 }],
      interface_list: [0, 1, 2, 3].map((index) => ({
        name: `eth${index}`,
        index,
        network: `vboxnet${index}`,
        type: 'host',
        adapter_type: 'Virtio',
      })),
      boot_order: ['net', 'hdd'],
    });
  });

  it('is reached by its host with the credentials of its complex, or with those of a vault', () => {
    const login = { virtualbox_username: 'vbox', virtualbox_password: { $secret: 's1' } };
    expect(complex?.connection?.(login, '192.0.2.1')).toEqual({
      host: '192.0.2.1',
      credentials: { username: 'vbox', password: { $secret: 's1' } },
    });
    const vault = { virtualbox_username: '/v1/box', virtualbox_password: '_VAULT_' };
    expect(complex?.connection?.(vault, '192.0.2.1')).toEqual({ host: '192.0.2.1', credentials: '/v1/box' });
  });
});
