import { describe, expect, it } from '@jest/globals';
import { knownFoundation } from '../../test/known-foundation.ts';
import { proxmox } from './server.ts';

const [type] = proxmox.foundationTypes;
const [complex] = proxmox.complexTypes ?? [];

describe('a foundation of Proxmox', () => {
  it('is known to clients by the names of the original; its complex is reached by a structure of its own', () => {
    expect(type).toMatchObject({
      type: 'Proxmox',
      model: 'Proxmox/ProxmoxFoundation',
      classes: ['VM', 'Proxmox'],
      complexField: 'proxmox_complex',
      machineId: 'proxmox_id',
    });
    expect(type?.inSiteOfComplex).toBeUndefined();
    expect(complex).toMatchObject({
      type: 'Proxmox',
      model: 'Proxmox/ProxmoxComplex',
      host: { field: 'proxmox_host' },
      carries: { type: 'Proxmox', blueprint: 'proxmox-vm-base' },
    });
    expect(type?.attributes?.({ proxmox_id: 104, proxmox_complex: 'c' }, {})).toEqual({
      _proxmox_id: 104,
      _proxmox_complex: 'c',
    });
  });

  it('is specified by the configuration of its structure', () => {
    const specOf = type?.values?.['proxmox_vmspec'];
    expect(specOf?.(knownFoundation({ disk_size: 40, proxmox_ostype: 'l26', proxmox_node: 'pve2' }))).toEqual({
      cpu_count: 1,
      memory_size: 1024,
      disk_size: 40,
      proxmox_ostype: 'l26',
      proxmox_node: 'pve2',
    });
  });

  it('is reached with a password, a token or what a vault has', () => {
    const reach = (username: string, password: string) =>
      complex?.connection?.({ proxmox_username: username, proxmox_password: password }, 'h');
    expect(reach('root@pam', 'pw')).toEqual({ host: 'h', credentials: { username: 'root@pam', password: 'pw' } });
    expect(reach('/v1/pve', '_VAULT_')).toEqual({ host: 'h', credentials: '/v1/pve' });
  });
});
