import { describe, expect, it } from '@jest/globals';
import { machine, settings, subnet } from '../../test/example-subnets.ts';
import { kea4Configuration } from './kea4-configuration.ts';

const running = {
  'interfaces-config': { interfaces: ['eth1'] },
  'control-socket': { 'socket-type': 'unix', 'socket-name': '/run/kea/kea4.sock' },
  'decline-probation-period': 600,
  subnet4: [{ id: 9, subnet: '192.0.2.0/24' }],
  'client-classes': [{ name: 'theirs' }],
};
const MAC = '52:54:00:77:00:01';

describe('the configuration of Kea for IPv4', () => {
  const one = kea4Configuration(
    [
      subnet({
        mtu: 9000,
        vlan: 30,
        pool: ['10.77.0.100', '10.77.0.101', '10.77.0.110'],
        machines: [machine(MAC, '10.77.0.11', { mtu: 9000, vlan: 31, console: 'ttyS1' })],
      }),
    ],
    settings(),
    running,
  ).Dhcp4;

  it('keeps what is the operator’s, and nothing else of what runs', () => {
    expect(one['interfaces-config']).toEqual({
      interfaces: ['eth1'],
      'service-sockets-retry-wait-time': 500,
      'service-sockets-max-retries': 1_000_000_000,
    });
    expect(one['control-socket']).toEqual(running['control-socket']);
    expect(one['decline-probation-period']).toBe(600);
    expect(JSON.stringify(one)).not.toMatch(/192\.0\.2\.0|theirs/);
  });

  it('has a subnet with its options, pools and reservations', () => {
    expect(one['subnet4']).toEqual([
      {
        id: 1,
        subnet: '10.77.0.0/24',
        'require-client-classes': [
          'bios-ttyS1',
          'uefi-ttyS1',
          'uefi-http-ttyS1',
          'bios-pool',
          'uefi-pool',
          'uefi-http-pool',
        ],
        pools: [{ pool: '10.77.0.100 - 10.77.0.101' }, { pool: '10.77.0.110 - 10.77.0.110' }],
        'option-data': [
          { name: 'routers', data: '10.77.0.254' },
          { name: 'domain-name-servers', data: '10.77.0.1' },
          { name: 'domain-name', data: 'site.test' },
          { name: 'domain-search', data: 'site.test, example.test' },
          { code: 26, 'csv-format': false, data: '2328', 'always-send': true },
          { code: 132, 'csv-format': false, data: '001e', 'always-send': true },
        ],
        reservations: [
          {
            'hw-address': MAC,
            'ip-address': '10.77.0.11',
            hostname: 'web1',
            'client-classes': ['machine', 'console-ttyS1'],
            'option-data': [
              { code: 132, 'csv-format': false, data: '001f', 'always-send': true },
              {
                code: 210,
                'csv-format': false,
                data: Buffer.from('5a9f1d0e-3c4b-4f0a-9c1d-0b1e2f3a4b5c').toString('hex'),
                'always-send': true,
              },
            ],
          },
        ],
      },
    ]);
  });

  it('says nothing that is not known', () => {
    const bare = subnet({ gateway: null, dns_servers: ['2001:db8::1'], domain_name: null, domain_search: [] });
    const { subnet4 } = kea4Configuration([bare], settings({ tftp: undefined, filesUrl: undefined }), running).Dhcp4;
    expect(subnet4).toEqual([{ id: 1, subnet: '10.77.0.0/24', pools: [], 'option-data': [], reservations: [] }]);
  });

  it('puts subnets of one wire together, with their relays', () => {
    const relays = new Map([['10.78.0.0/24', ['192.0.2.1']]]);
    const { subnet4, 'shared-networks': shared } = kea4Configuration(
      [
        subnet({ links: ['1/0'] }),
        subnet({ block: 2, subnet: '10.78.0.0/24', links: ['2/0', '1/0'] }),
        subnet({ block: 3, subnet: '10.79.0.0/24', links: ['1/30'] }),
        subnet({ block: 4, subnet: '10.80.0.0/24', links: [] }),
        subnet({ block: 5, subnet: '10.81.0.0/24', links: [] }),
      ],
      settings({ relays }),
      running,
    ).Dhcp4;
    expect(shared).toMatchObject([
      { name: 'wire-1', subnet4: [{ id: 1 }, { id: 2, relay: { 'ip-addresses': ['192.0.2.1'] } }] },
    ]);
    expect(subnet4).toMatchObject([{ id: 3 }, { id: 4 }, { id: 5 }]);
  });
});

describe('what clients boot', () => {
  const classesFor = (more: Parameters<typeof settings>[0]) => {
    const machines = [machine(MAC, '10.77.0.11', { console: 'ttyS1' })];
    const classes = kea4Configuration([subnet({ machines })], settings(more), running).Dhcp4['client-classes'];
    return new Map((classes as { name: string }[]).map(({ name, ...its }) => [name, its as Record<string, unknown>]));
  };

  it('is told apart by what they are, and by the console of their machine', () => {
    const classes = classesFor({});
    expect([...classes.keys()].join(' ')).toBe(
      'ipxe bios uefi uefi-http reserved machine console-ttyS1 ' +
        'bios-ttyS1 uefi-ttyS1 uefi-http-ttyS1 bios-pool uefi-pool uefi-http-pool',
    );
    expect(classes.get('ipxe')).toMatchObject({
      test: "option[77].hex == 'iPXE'",
      'boot-file-name': 'http://contractor/config/boot_script/',
      'option-data': [{ code: 175, data: 'b00101' }],
    });
    expect(classes.get('bios-ttyS1')).toEqual({
      test: "member('console-ttyS1') and member('bios')",
      'only-if-required': true,
      'next-server': '10.77.0.1',
      'boot-file-name': 'ttyS1.kpxe',
    });
    expect(classes.get('uefi-pool')).toEqual({
      test: "not member('machine') and member('uefi')",
      'only-if-required': true,
      'next-server': '10.77.0.1',
      'boot-file-name': 'console.efi',
    });
    expect(classes.get('uefi-http-pool')).toMatchObject({
      'boot-file-name': 'http://boot.test/ipxe/console.efi',
      'option-data': [{ code: 60, data: Buffer.from('HTTPClient').toString('hex') }],
    });
  });

  it('is the URL of the boot script in octets where the field has no room for it', () => {
    const bootUrl = `http://${'a'.repeat(60)}.${'b'.repeat(60)}.test`;
    expect(classesFor({ bootUrl }).get('ipxe')).toEqual({
      test: "option[77].hex == 'iPXE'",
      'option-data': [
        expect.objectContaining({ code: 67, data: Buffer.from(`${bootUrl}/config/boot_script/`).toString('hex') }),
        expect.objectContaining({ code: 175 }),
      ],
    });
    const just = `http://${'a'.repeat(127 - 'http:///config/boot_script/'.length)}`;
    expect(classesFor({ bootUrl: just }).get('ipxe')).toHaveProperty('boot-file-name');
    expect(classesFor({ bootUrl: `${just}a` }).get('ipxe')).not.toHaveProperty('boot-file-name');
  });

  it('is nothing where nobody serves boot files', () => {
    const names = [...classesFor({ tftp: undefined, filesUrl: undefined, console: undefined }).keys()];
    expect(names.join(' ')).toBe('ipxe bios uefi uefi-http reserved machine console-ttyS1');
  });
});
