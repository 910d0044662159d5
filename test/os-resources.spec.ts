import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { readResourceFile, ShippedResources } from '#blueprint';
import { overlay, renderTemplate } from '#config';
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

/** What a configuration may say, or not. */
const OPTIONAL = [
  'http_proxy',
  'ntp_servers',
  'package_list',
  'postinstall_command_list',
  'postinstall_script',
  'install_device',
  'boot_device',
  'security_server',
  'ssh_authorized_keys',
  'dns_servers',
  'dns_search',
  'domain_search',
  '_domain_name',
  '_console',
];

const FILES = ['base_os', 'debian', 'ubuntu', 'centos', 'utility', 'vmware'];

const definitions = (
  await Promise.all(
    FILES.map(async (name) => {
      const { definitions: found, faults, warnings } = readResourceFile(name, (await shipped.get(name))?.text ?? '');
      expect([faults, warnings]).toEqual([[], []]);
      return found;
    }),
  )
).flat();

function structure(blueprint: string) {
  const found = definitions.find(({ kind, name }) => kind === 'structure' && name === blueprint);
  if (found?.kind !== 'structure') throw new Error(`there is no ${blueprint}`);
  return found;
}

/** What a blueprint says, after what its parents say. */
function valuesOf(blueprint: string): Record<string, Json> {
  const { parents, configValues } = structure(blueprint);
  return Object.assign({}, ...parents.map(valuesOf), configValues) as Record<string, Json>;
}

/** A blueprint after its parents. */
const withParents = (blueprint: string): readonly string[] => [
  ...structure(blueprint).parents.flatMap(withParents),
  blueprint,
];

/** The configuration of a machine that is made of a blueprint, with what its site says. */
function configurationOf(blueprint: string, site: Readonly<Record<string, Json>> = {}): Record<string, Json> {
  const layers = [
    { source: { kind: 'Site', id: 'site' }, values: Object.entries(site) },
    ...withParents(blueprint).map((id) => ({
      source: { kind: 'StructureBluePrint', id },
      values: Object.entries(structure(id).configValues ?? {}),
    })),
  ];
  return Object.fromEntries(overlay(layers).values);
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

/** The blueprints of releases whose machines are installed by a PXE. */
const installedBy = (pxe: string): readonly string[] =>
  definitions.flatMap(({ kind, name }) =>
    kind === 'structure' && /-.*-base$/.test(name) && valuesOf(name)['installer_pxe'] === pxe ? [name] : [],
  );

const BLUEPRINTS = ['debian', 'ubuntu', 'ubuntu-autoinstall', 'centos-6', 'centos-7', 'enterprise-linux'].flatMap(
  (pxe) => installedBy(pxe).map((blueprint) => [blueprint, pxe] as const),
);
const CASES = BLUEPRINTS.flatMap(([blueprint, pxe]) =>
  (['usual', 'least', 'odd'] as const).map((which) => [blueprint, which, pxe] as const),
);
const VALUES = { usual: MACHINE, least: LEAST, odd: ODD };

/** What debconf reads of a preseed file: question and value of each line, in which `\n` is the end of a line. */
const preseedOf = (text: string): Map<string, string> =>
  new Map(
    text.split('\n').flatMap((line): [string, string][] => {
      if (line === '' || line.startsWith('#')) return [];
      const [, question = '', value = ''] =
        /^\S+\s+(\S+)\s+(?:string|select|multiselect|boolean|password|note)(?: (.*))?$/.exec(line) ?? [];
      if (question === '') throw new Error(`no line of a preseed file: ${line}`);
      return [[question, value.replaceAll(String.raw`\n`, '\n')]];
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

  it.each(['debian', 'ubuntu', 'ubuntu-autoinstall', 'centos-6', 'centos-7', 'enterprise-linux'])(
    'are answered by %s in the same way where a value is not there and where it is null',
    (pxe) => {
      const [blueprint] = installedBy(pxe);
      const { dns_servers: _servers, _domain_name: _domain, ...values } = LEAST;
      const same = rendered(pxe, values, blueprint);
      expect(Object.values(same).join()).not.toMatch(/undefined|None/);
      for (const name of OPTIONAL)
        expect([name, rendered(pxe, { ...values, [name]: null }, blueprint)]).toEqual([name, same]);
    },
  );

  it.each(['apt_services', 'task_list'])('have no %s where there are none', (name) => {
    const { template } = rendered('debian', { ...LEAST, [name]: [] }, 'debian-bookworm-base');
    expect(rendered('debian', { ...LEAST, [name]: null }, 'debian-bookworm-base').template).toBe(template);
    const question = name === 'task_list' ? 'tasksel/first' : 'apt-setup/services-select';
    expect(preseedOf(template).get(question)).toBe('');
  });

  it.each(['centos-6', 'centos-7', 'enterprise-linux'])('%s asks name servers, if any', (pxe) => {
    const network = (values: Readonly<Record<string, Json>>) =>
      /^network .*$/m.exec(rendered(pxe, values, installedBy(pxe)[0]).template)?.[0];
    expect(network(LEAST)).toContain(' --nameserver=10.0.0.2,10.0.0.3 ');
    expect(network({ ...LEAST, dns_servers: [] })).not.toContain('--nameserver');
  });

  it.each([
    ['centos-7-base', 'centos-7', /^timezone --utc UTC --ntpservers=ntp1,ntp2$/m],
    ['rocky-8-base', 'enterprise-linux', /^timezone Etc\/UTC --utc --ntpservers=ntp1,ntp2$/m],
    ['rocky-9-base', 'enterprise-linux', /^timesource --ntp-server=ntp1\n\ntimesource --ntp-server=ntp2$/m],
    [
      'centos-6-base',
      'centos-6',
      /^%packages\n@core\n\nntp\n[^]*echo 'server ntp2 iburst' >> \/etc\/ntp.conf\n[^]*^chkconfig ntpd on$/m,
    ],
  ])('%s asks its time servers for the time', (blueprint, pxe, what) => {
    expect(rendered(pxe, MACHINE, blueprint).template).toMatch(what);
    expect(rendered(pxe, LEAST, blueprint).template).not.toMatch(/ntp/);
  });

  it.each([
    ['centos-6', 'bootloader --location=mbr --driveorder='],
    ['centos-7', 'bootloader --location=mbr --boot-drive='],
    ['enterprise-linux', 'bootloader --boot-drive='],
  ])('%s writes to no disk but those it is told', (pxe, bootloader) => {
    const disks = (values: Readonly<Record<string, Json>>) =>
      rendered(pxe, { ...LEAST, ...values }, installedBy(pxe)[0])
        .template.split('\n')
        .filter((line) => /^(?:ignoredisk|bootloader|clearpart) /.test(line));
    const clear = 'clearpart --all --initlabel --drives=';
    expect(disks({})).toEqual(['ignoredisk --only-use=sda', `${bootloader}sda`, `${clear}sda`]);
    expect(disks({ install_device: '/dev/vdb' })).toEqual([
      'ignoredisk --only-use=vdb',
      `${bootloader}vdb`,
      `${clear}vdb`,
    ]);
    const [used, boot, cleared] = disks({ install_device: '/dev/vdb', boot_device: '/dev/vda' });
    expect([used, cleared]).toEqual(['ignoredisk --only-use=vda,vdb', `${clear}vdb`]);
    expect(boot).toBe(`${bootloader}${pxe === 'centos-6' ? 'vda,vdb' : 'vda'}`);
  });

  it.each([
    [{ dns_search: ['a.example', 'b.example'], domain_search: ['c.example'] }, ['a.example', 'b.example']],
    [{ domain_search: ['c.example'] }, ['c.example']],
    [{}, []],
  ])('ubuntu-autoinstall and esx look names up as %j say', (values, search) => {
    const esx = rendered('esx', { ...LEAST, ...values }, 'vmware-esx-base').template;
    expect([...esx.matchAll(/dns search add --domain=(.*)/g)].map(([, domain]) => domain)).toEqual(search);
    const { template } = rendered('ubuntu-autoinstall', { ...LEAST, ...values }, 'ubuntu-noble-base');
    expect(parse(template)).toMatchObject({
      autoinstall: { network: { ethernets: { eth0: { nameservers: { search } } } } },
    });
  });

  it('let root log in to an Ubuntu, who has no other account', () => {
    const values = configurationOf('ubuntu-noble-base', { postinstall_command_list: ['mine'] });
    const commands = values['postinstall_command_list'] as readonly string[];
    expect(commands).toEqual([expect.stringContaining(' /etc/ssh/sshd_config'), 'mine']);
    const sed = commands[0]?.replace(' -i ', ' ').replace('/etc/ssh/sshd_config', '') ?? '';
    for (const line of ['#PermitRootLogin prohibit-password', 'PermitRootLogin without-password'])
      expect(spawnSync('sh', ['-c', sed], { input: `Port 22\n${line}\n` }).stdout.toString()).toBe(
        'Port 22\nPermitRootLogin yes\n',
      );
  });

  it('are there from an image with cloud-init, and as a desktop', () => {
    expect(configurationOf('ubuntu-noble-cloudinit-base')).toMatchObject({
      distro_version: 'noble',
      installer_pxe: 'linux-installer',
      os_image: 'ubuntu-noble',
    });
    expect(configurationOf('linux-jump-box', { package_list: ['vim'] })).toMatchObject({
      distro_version: 'bionic',
      installer_pxe: 'ubuntu',
      memory_size: 8192,
      cpu_count: 2,
      disk_size: 100,
      package_list: expect.arrayContaining(['vim', 'xrdp']),
    });
  });

  it('answer the installer of ESX, on a single line for each command', () => {
    const { script, template } = rendered('esx', { ...MACHINE, esx_license_key: 'AAAAA-BBBBB' }, 'vmware-esx-base');
    expect(script.match(/^kernel .*$/gm)).toHaveLength(2);
    expect(template).toContain('serialnum --esx=AAAAA-BBBBB\n');
    expect(template).toContain('--portgroup-name=contractor-1 --vlan-id=7\n');
    expect(template).toContain('--interface-name=vmk1 --ipv4=10.0.7.11 --netmask=255.255.255.0 --type=static\n');
    expect(rendered('esx', LEAST, 'vmware-esx-base').template).not.toMatch(/serialnum|undefined|None/);
  });
});

/** Commands that say more than one line, and what means something to shells. */
const COMMANDS = [
  `if true; then\n  printf '%s' "it's" > one\nfi\n`,
  `# A note.\ncat > two <<'END'\n  a\\b \\n $HOME 'q' "r" %s &\n\nEND`,
  `printf '%s' 'ä && ; \\' > three`,
];
const SCRIPT = "http://static/it's?role=web&env=$HOME;x";
const INSTALLED = {
  one: "it's",
  two: `  a\\b \\n $HOME 'q' "r" %s &\n\n`,
  three: 'ä && ; \\',
  script: SCRIPT,
};

/** Programs that stand for those of an installer, whose new system is a folder; each URL has a script that says where it is from. */
const FETCH = `#!/bin/sh
case "$*" in *missing*) exit 8;; esac
for word do url=$word; done
printf '%s' "$url" > "$2.url"
printf 'cat "$0.url" > script' > "$2"
`;
const PROGRAMS = {
  'in-target': '#!/bin/sh\nexec "$@"\n',
  curtin: '#!/bin/sh\nshift 2\nexec "$@"\n',
  wget: FETCH,
  curl: FETCH,
};

/** What shells write into their folder, by name, and the exit code of the one that fails: those after it are not run. */
async function run(
  scripts: readonly string[],
): Promise<{ readonly code: number; readonly files: Record<string, string> }> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'contractor-installed-'));
  try {
    const programs = path.join(folder, 'bin');
    await mkdir(programs);
    for (const [name, text] of Object.entries(PROGRAMS))
      await writeFile(path.join(programs, name), text, { mode: 0o755 });
    const root = path.join(folder, 'root');
    await mkdir(root);
    const env = { PATH: `${programs}:${process.env['PATH'] ?? ''}`, HOME: '/nowhere' };
    let code = 0;
    for (const script of scripts) {
      const text = script.replaceAll('/tmp/', `${folder}/`);
      code = spawnSync('sh', ['-c', text], { cwd: root, env, stdio: 'ignore' }).status ?? -1;
      if (code !== 0) break;
    }
    const names = await readdir(root);
    const read = async (name: string) => [name, await readFile(path.join(root, name), 'utf8')] as const;
    return { code, files: Object.fromEntries(await Promise.all(names.map(read))) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;
/** The commands that an installer gives to shells after the installation. */
function afterwards(pxe: string, template: string): readonly string[] {
  if (pxe === 'debian' || pxe === 'ubuntu') return [preseedOf(template).get('preseed/late_command') ?? ''];
  if (pxe !== 'ubuntu-autoinstall') return [/^%post$(.*)^%end$/ms.exec(template)?.[1] ?? ''];
  const { autoinstall } = parse(template) as { autoinstall: { 'late-commands': (string | string[])[] } };
  return autoinstall['late-commands'].map((one) => (typeof one === 'string' ? one : one.map(quoted).join(' ')));
}

describe('commands after the installation', () => {
  it.each(['debian', 'ubuntu', 'ubuntu-autoinstall', 'centos-6', 'centos-7', 'enterprise-linux'])(
    'of %s are run as they were written, and so is the script that is fetched',
    async (pxe) => {
      const values = { ...LEAST, postinstall_command_list: COMMANDS, postinstall_script: SCRIPT };
      const { template } = rendered(pxe, values, installedBy(pxe)[0]);
      expect(await run(afterwards(pxe, template))).toEqual({ code: 0, files: INSTALLED });
    },
  );

  it.each(['debian', 'ubuntu', 'ubuntu-autoinstall'])('of %s end with the first that fails', async (pxe) => {
    const ended = async (values: Readonly<Record<string, Json>>) =>
      run(afterwards(pxe, rendered(pxe, { ...LEAST, ...values }, installedBy(pxe)[0]).template));
    expect(await ended({ postinstall_command_list: ['exit 3', 'echo > late'] })).toEqual({ code: 3, files: {} });
    expect(await ended({ postinstall_script: 'http://static/missing' })).toEqual({ code: 8, files: {} });
  });
});
