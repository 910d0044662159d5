import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { readResourceFile, ShippedResources } from '#blueprint';
import { renderTemplate } from '#config';
import type { Json } from '#kernel';
import { platformResources } from '#platforms/resources';

const shipped = new ShippedResources(platformResources);

const HASH = '$6$salt$hash./x';
const UUID = '8f9c3c1e-1d2b-4c3d-8e4f-5a6b7c8d9e0f';
const ADDRESS = { address: '10.0.0.11', netmask: '255.255.255.0', prefix: 24, gateway: '10.0.0.1', primary: true };
/** What the configuration of a machine says, as far as installers ask. */
const MACHINE: Readonly<Record<string, Json>> = {
  _hostname: 'web1',
  _domain_name: 'site1.example',
  _fqdn: 'web1.site1.example',
  _structure_config_uuid: UUID,
  _console: 'ttyS0',
  _primary_interface: 'eth0',
  _primary_interface_mac: '52:54:00:12:34:56',
  _primary_address: ADDRESS,
  _interface_map: {
    eth0: {
      name: 'eth0',
      mac: '52:54:00:12:34:56',
      address_list: [ADDRESS, { ...ADDRESS, address: '10.0.7.11', primary: false, gateway: null, vlan: 7 }],
    },
    eth1: { name: 'eth1', mac: null, address_list: [] },
  },
  __contractor_host: 'http://contractor',
  __pxe_location: 'http://static/pxe/',
  mirror_server: 'mirror.example',
  dns_servers: ['10.0.0.2', '10.0.0.3'],
  ntp_servers: ['ntp1', 'ntp2'],
  root_password_hash: HASH,
  package_list: ['nginx', 'vim'],
  postinstall_command_list: ['echo one', 'echo "two" > /etc/motd'],
};
/** The least that a configuration has to say. */
const { ntp_servers: _, package_list: __, postinstall_command_list: ___, _console: ____, ...BARE } = MACHINE;
const LEAST: Readonly<Record<string, Json>> = { ...BARE, _primary_address: { ...ADDRESS, gateway: null } };
/** Texts that mean something to YAML, shells and installers. */
const ODD: Readonly<Record<string, Json>> = {
  ...MACHINE,
  package_list: ['- a: b', '#no', "it's", '{ x', 'yes', '1.0', 'ä ~ |'],
  postinstall_command_list: [`echo 'it' "is" && : # \\ no`, 'line one\nline two: [', '%end of it'],
  http_proxy: 'http://user:p%40ss@proxy:3128/?a=b: c',
};

const FILES = ['base_os', 'debian', 'ubuntu', 'centos', 'vmware'];

const definitions = (
  await Promise.all(
    FILES.map(async (name) => {
      const { definitions: found, faults, warnings } = readResourceFile(name, (await shipped.get(name))?.text ?? '');
      expect([faults, warnings]).toEqual([[], []]);
      return found;
    }),
  )
).flat();

/** What a blueprint says, after what its parents say. */
function valuesOf(blueprint: string): Record<string, Json> {
  const found = definitions.find(({ kind, name }) => kind === 'structure' && name === blueprint);
  if (found?.kind !== 'structure') throw new Error(`there is no ${blueprint}`);
  return Object.assign({}, ...found.parents.map(valuesOf), found.configValues) as Record<string, Json>;
}

function rendered(pxe: string, values: Readonly<Record<string, Json>>, blueprint?: string) {
  const found = definitions.find(({ kind, name }) => kind === 'pxe' && name === pxe);
  if (found?.kind !== 'pxe') throw new Error(`there is no PXE ${pxe}`);
  const all = Object.entries({ ...(blueprint === undefined ? {} : valuesOf(blueprint)), ...values });
  return {
    script: renderTemplate(found.bootScript, all).text,
    template: renderTemplate(found.template, all).text,
  };
}

/** The blueprints whose machines are installed by a PXE. */
const installedBy = (pxe: string): readonly string[] =>
  definitions.flatMap(({ kind, name }) =>
    kind === 'structure' && name.split('-').length > 2 && valuesOf(name)['installer_pxe'] === pxe ? [name] : [],
  );

const BLUEPRINTS = ['debian', 'ubuntu', 'ubuntu-autoinstall', 'centos-6', 'centos-7', 'enterprise-linux'].flatMap(
  (pxe) => installedBy(pxe).map((blueprint) => [blueprint, pxe] as const),
);
const CASES = BLUEPRINTS.flatMap(([blueprint, pxe]) =>
  (['usual', 'least', 'odd'] as const).map((which) => [blueprint, which, pxe] as const),
);
const VALUES = { usual: MACHINE, least: LEAST, odd: ODD };

/** What debconf reads of a preseed file: owner, question, type and value of each line. */
const preseedOf = (text: string): Map<string, string> =>
  new Map(
    text.split('\n').flatMap((line): [string, string][] => {
      if (line === '' || line.startsWith('#')) return [];
      const [, question = '', value = ''] =
        /^\S+\s+(\S+)\s+(?:string|select|multiselect|boolean|password|note)(?: (.*))?$/.exec(line) ?? [];
      if (question === '') throw new Error(`no line of a preseed file: ${line}`);
      return [[question, value]];
    }),
  );

describe('operating systems', () => {
  it('are there as blueprints, each with the PXE that installs it', () => {
    expect(Object.fromEntries(BLUEPRINTS)).toEqual({
      'debian-buster-base': 'debian',
      'debian-bullseye-base': 'debian',
      'debian-bookworm-base': 'debian',
      'debian-trixie-base': 'debian',
      'ubuntu-trusty-base': 'ubuntu',
      'ubuntu-xenial-base': 'ubuntu',
      'ubuntu-bionic-base': 'ubuntu',
      'ubuntu-focal-base': 'ubuntu',
      'ubuntu-jammy-base': 'ubuntu-autoinstall',
      'ubuntu-noble-base': 'ubuntu-autoinstall',
      'centos-6-base': 'centos-6',
      'centos-7-base': 'centos-7',
      'centos-stream-9-base': 'enterprise-linux',
      'centos-stream-10-base': 'enterprise-linux',
      'almalinux-8-base': 'enterprise-linux',
      'almalinux-9-base': 'enterprise-linux',
      'almalinux-10-base': 'enterprise-linux',
      'rocky-8-base': 'enterprise-linux',
      'rocky-9-base': 'enterprise-linux',
      'rocky-10-base': 'enterprise-linux',
    });
  });

  it.each(CASES)('%s: the script that boots its installer is one for iPXE (%s)', (blueprint, which, pxe) => {
    const { script } = rendered(pxe, VALUES[which], blueprint);
    const lines = script.trimEnd().split('\n');
    expect(lines.map((line) => line.split(' ')[0])).toEqual(['echo', 'kernel', 'initrd', 'boot']);
    expect(lines[1]).toMatch(/^kernel http:\/\/static\/pxe\//);
    expect(lines[1]).toContain('BOOTIF=01-52-54-00-12-34-56');
    expect(lines[1]).toContain(UUID);
    expect(lines[1]).not.toMatch(/undefined|None|\{/);
    // A kernel reads no more than that.
    expect(lines[1]?.length).toBeLessThan(2048);
  });

  it.each(CASES.filter(([, , pxe]) => pxe === 'debian' || pxe === 'ubuntu'))(
    '%s: its answers are a preseed file (%s)',
    (blueprint, which, pxe) => {
      const answers = preseedOf(rendered(pxe, VALUES[which], blueprint).template);
      expect(answers.get('mirror/http/hostname')).toBe('mirror.example');
      expect(answers.get('mirror/suite')).toBe(blueprint.split('-')[1]);
      expect(answers.get('passwd/root-password-crypted')).toBe(HASH);
      expect(answers.get('debian-installer/exit/poweroff')).toBe('true');
      expect(answers.has('preseed/late_command')).toBe(which !== 'least');
    },
  );

  it.each(CASES.filter(([, , pxe]) => pxe === 'ubuntu-autoinstall'))(
    '%s: its answers are user data of cloud-init (%s)',
    (blueprint, which, pxe) => {
      const values = VALUES[which];
      const { template } = rendered(pxe, values, blueprint);
      expect(template.startsWith('#cloud-config\n')).toBe(true);
      const { autoinstall } = parse(template) as { autoinstall: Record<string, unknown> };
      const eth0 = {
        match: { macaddress: '52:54:00:12:34:56' },
        'set-name': 'eth0',
        dhcp4: false,
        addresses: ['10.0.0.11/24'],
        ...(which === 'least' ? {} : { routes: [{ to: 'default', via: '10.0.0.1' }] }),
        nameservers: { addresses: ['10.0.0.2', '10.0.0.3'], search: [] },
      };
      expect(autoinstall).toMatchObject({
        version: 1,
        // Of the zones the installer takes those that `timedatectl` lists, which is not each way to say UTC.
        timezone: 'UTC',
        network: { version: 2, ethernets: { eth0 } },
        packages: values['package_list'] ?? [],
        shutdown: 'poweroff',
        'user-data': { hostname: 'web1', users: [{ name: 'root', hashed_passwd: HASH, lock_passwd: false }] },
        'late-commands': [
          'true',
          ...((values['postinstall_command_list'] ?? []) as string[]).map((one) => [
            'curtin',
            'in-target',
            '--',
            'sh',
            '-c',
            one,
          ]),
        ],
      });
      expect(autoinstall['proxy']).toBe(values['http_proxy']);
    },
  );

  it.each(CASES.filter(([, , pxe]) => pxe.startsWith('centos') || pxe === 'enterprise-linux'))(
    '%s: its answers are a kickstart file (%s)',
    (blueprint, which, pxe) => {
      const { template } = rendered(pxe, VALUES[which], blueprint);
      const [commands = '', ...sections] = template.split(/^%(?=packages|post)/m);
      expect(sections.map((section) => section.split('\n')[0])).toEqual(['packages', 'post']);
      expect(sections.every((section) => /\n%end\n*$/.test(section))).toBe(true);
      const names = commands.split('\n').flatMap((line) => (line === '' ? [] : [line.split(' ')[0]]));
      expect(names).toEqual(expect.arrayContaining(['text', 'poweroff', 'url', 'network', 'rootpw', 'autopart']));
      expect(commands).toContain(`rootpw --iscrypted ${HASH}\n`);
      // What newer releases do not know any more.
      if (pxe === 'enterprise-linux') expect(names).not.toEqual(expect.arrayContaining(['install']));
      expect(commands).not.toMatch(/undefined|None/);
    },
  );

  it('answer the installer of ESX, on a single line for each command', () => {
    const { script, template } = rendered('esx', { ...MACHINE, esx_license_key: 'AAAAA-BBBBB' }, 'vmware-esx-base');
    expect(script.match(/^kernel .*$/gm)).toHaveLength(2);
    expect(template).toContain('serialnum --esx=AAAAA-BBBBB\n');
    expect(template).toContain('--portgroup-name=contractor-1 --vlan-id=7\n');
    expect(template).toContain('--interface-name=vmk1 --ipv4=10.0.7.11 --netmask=255.255.255.0 --type=static\n');
    expect(rendered('esx', LEAST, 'vmware-esx-base').template).not.toMatch(/serialnum|undefined|None/);
  });
});

describe('commands after the installation', () => {
  it('reach the shell of a Debian as they were written', () => {
    const { template } = rendered('debian', ODD, 'debian-bookworm-base');
    expect(preseedOf(template).get('preseed/late_command')).toBe(
      `true ; in-target sh -c 'echo '\\''it'\\'' "is" && : # \\ no' ; in-target sh -c 'line one ; line two: [' ; in-target sh -c '%end of it'`,
    );
  });
});
