import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import type { Json } from '#kernel';
import { cloudInitFile } from './cloud-init.ts';

const PRIMARY = { address: '10.0.0.11', prefix: 24, gateway: '10.0.0.1', primary: true };
const MACHINE: Readonly<Record<string, Json>> = {
  _structure_config_uuid: '8f9c3c1e-1d2b-4c3d-8e4f-5a6b7c8d9e0f',
  _hostname: 'web1',
  _fqdn: 'web1.example',
  _domain_name: 'example',
  distro: 'debian',
  mirror_server: 'mirror.example',
  http_proxy: 'http://proxy:3128/',
  root_password_hash: '$6$a$b',
  ssh_authorized_keys: ['ssh-ed25519 AAAA me'],
  dns_servers: ['10.0.0.2'],
  ntp_servers: ['ntp1'],
  package_list: ["it's: - odd", '#no', 'yes'],
  postinstall_command_list: ['echo "a: b" # \\ \u{1f600}'],
  postinstall_script: "http://static/it's.sh",
  cloud_config: { timezone: 'Etc/UTC', manage_etc_hosts: false },
  _interface_map: {
    eth0: {
      name: 'eth0',
      mac: '52:54:00:12:34:56',
      mtu: 9000,
      address_list: [PRIMARY, { address: '10.0.7.11', prefix: 24, gateway: '10.0.7.1', primary: false, vlan: 7 }],
    },
    eth1: { name: 'eth1', mac: '52:54:00:12:34:57', address_list: [] },
    eth2: { name: 'eth2', mac: null, address_list: [] },
    bond0: {
      name: 'bond0',
      primary: 'eth0',
      secondary: ['eth1'],
      paramaters: { mode: '802.3ad', miimon: 100, other: 1, constructor: 1 },
      address_list: [{ address: 'fd00::11', prefix: 64, gateway: null, primary: false }],
    },
  },
};
const read = (file: Parameters<typeof cloudInitFile>[0], values = MACHINE): unknown =>
  parse(cloudInitFile(file, values));

describe('the seed of cloud-init', () => {
  it('says who the machine is', () => {
    expect(read('meta-data')).toEqual({
      'instance-id': '8f9c3c1e-1d2b-4c3d-8e4f-5a6b7c8d9e0f',
      'local-hostname': 'web1',
    });
    expect(read('vendor-data')).toEqual({});
  });

  it('says what is to be on it, whatever the texts look like', () => {
    expect(cloudInitFile('user-data', MACHINE).startsWith('#cloud-config\n{')).toBe(true);
    expect(read('user-data')).toEqual({
      hostname: 'web1',
      fqdn: 'web1.example',
      manage_etc_hosts: false,
      timezone: 'Etc/UTC',
      disable_root: false,
      users: [
        { name: 'root', lock_passwd: false, hashed_passwd: '$6$a$b', ssh_authorized_keys: ['ssh-ed25519 AAAA me'] },
      ],
      ntp: { enabled: true, servers: ['ntp1'] },
      apt: {
        preserve_sources_list: false,
        primary: [{ arches: ['default'], uri: 'http://mirror.example/debian' }],
        security: [{ arches: ['default'], uri: 'http://security.debian.org/debian-security' }],
        disable_suites: ['backports'],
        proxy: 'http://proxy:3128/',
      },
      package_update: true,
      packages: ["it's: - odd", '#no', 'yes'],
      runcmd: [
        'echo "a: b" # \\ \u{1f600}',
        `{ curl -fsSLo /run/postinstall 'http://static/it'\\''s.sh' || wget -qO /run/postinstall 'http://static/it'\\''s.sh'; } && sh /run/postinstall`,
      ],
    });
  });

  it('has the updates of Debian that are wanted, from where they are', () => {
    const apt = (values: typeof MACHINE) => (read('user-data', { ...MACHINE, ...values }) as typeof MACHINE)['apt'];
    expect(apt({ security_server: 'mirror.example', apt_services: ['updates', 'backports'] })).toMatchObject({
      security: [{ arches: ['default'], uri: 'http://mirror.example/debian-security' }],
      disable_suites: ['security'],
    });
    expect(apt({ apt_services: [] })).toMatchObject({ disable_suites: ['security', 'updates', 'backports'] });
    // That of Ubuntu has them beside the release.
    expect(apt({ distro: 'ubuntu' })).toEqual({
      preserve_sources_list: false,
      primary: [{ arches: ['default'], uri: 'http://mirror.example/ubuntu' }],
      proxy: 'http://proxy:3128/',
    });
  });

  it('locks root where nothing is said of a password', () => {
    expect(read('user-data', { _hostname: 'web1', _fqdn: 'web1' })).toEqual({
      hostname: 'web1',
      fqdn: 'web1',
      manage_etc_hosts: true,
      disable_root: false,
      users: [{ name: 'root', lock_passwd: true }],
    });
  });

  it('says what its interfaces are, by their MAC, with VLANs and bonds, and one default route', () => {
    const nameservers = { addresses: ['10.0.0.2'], search: ['example'] };
    const still = { dhcp4: false, dhcp6: false };
    expect(read('network-config')).toEqual({
      version: 2,
      ethernets: {
        eth0: {
          match: { macaddress: '52:54:00:12:34:56' },
          'set-name': 'eth0',
          ...still,
          addresses: ['10.0.0.11/24'],
          nameservers,
          routes: [{ to: '0.0.0.0/0', via: '10.0.0.1' }],
          mtu: 9000,
        },
        eth1: { match: { macaddress: '52:54:00:12:34:57' }, 'set-name': 'eth1', ...still },
      },
      bonds: {
        bond0: {
          interfaces: ['eth0', 'eth1'],
          parameters: { mode: '802.3ad', 'mii-monitor-interval': 100 },
          ...still,
          addresses: ['fd00::11/64'],
          nameservers,
        },
      },
      vlans: { 'eth0.7': { id: 7, link: 'eth0', ...still, addresses: ['10.0.7.11/24'], nameservers } },
    });
    expect(read('network-config', {})).toEqual({ version: 2 });
  });

  it.each([
    [{ dns_search: ['a.example'], domain_search: ['b.example'] }, ['a.example']],
    [{ domain_search: ['b.example'] }, ['b.example']],
    [{ dns_search: [] }, []],
  ])('looks names up as %j say', (values, search) => {
    const ethernets = { eth0: { nameservers: { search } } };
    expect(read('network-config', { ...MACHINE, ...values })).toMatchObject({ ethernets });
  });
});
