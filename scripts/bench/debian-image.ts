/**
 * `npm run bench -- debian-image [FOLDER]`: Debian 12 is installed from a small mirror made of packages that apt fetches, made an
 * image of a disk, and written by the boot image to a machine of QEMU, under the scripts and the blueprint of Debian that come
 * with the server. The machine boots from its disk, and cloud-init makes of it what the server says: its name, its address, who
 * may log in, and a package that it installs from the mirror. The mirror and the image stay in FOLDER, where one is given.
 * Takes to be root, and the packages `fdisk`, `mmdebstrap` and `zstd`.
 */
import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { until } from '#testing';
import { declareMachine } from './hall/hall-machine.ts';
import { inHall } from './hall/in-hall.ts';
import type { MachineHall } from './hall/machine-hall.ts';
import type { Limit } from './limit.ts';

const run_ = promisify(execFile);

/** How long a step of a machine may take, in milliseconds. */
const STEP_MS = 900_000;
/** What is in the image besides a plain system. */
const PACKAGES = [
  'linux-image-cloud-amd64',
  'grub-pc-bin',
  'grub2-common',
  'openssh-server',
  'cloud-init',
  'cloud-guest-utils',
  'netplan.io',
  'systemd-resolved',
  'systemd-timesyncd',
  'locales',
  'dbus',
  'sudo',
];
/** What the machine installs itself; the mirror has it too. */
const INSTALLED_LATER = 'hello';
/** How long a login may be refused, in milliseconds. */
const LOGIN_MS = 600_000;
const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;

type Tell = (text: string) => void;

export async function run([given]: string[], limit: Limit): Promise<void> {
  const begun = performance.now();
  const tell: Tell = (text) => console.log(`${((performance.now() - begun) / 1000).toFixed(1).padStart(6)} s  ${text}`);
  await inHall({ bootMs: STEP_MS }, async (hall, temporary) => {
    tell('the hall is there');
    const folder = path.resolve(given ?? path.join(temporary, 'debian'));
    await limit.step('making the image', () => imageIn(folder, tell));
    await cp(path.join(folder, 'mirror'), path.join(hall.files, 'debian'), { recursive: true });
    await limit.step('a machine becomes Debian', () => installed(hall, { folder, temporary }, tell));
  });
}

async function imageIn(folder: string, tell: Tell): Promise<void> {
  await mkdir(folder, { recursive: true });
  const script = async (name: string, ...words: readonly string[]) => {
    const file = fileURLToPath(new URL(name, import.meta.url));
    const options = { maxBuffer: 2 ** 24, env: { ...process.env, PATH } };
    tell((await run_(file, [folder, ...words], options)).stdout.trim());
  };
  if (await isThere(path.join(folder, 'debian.raw.zst'))) return tell('the image is there already');
  await script('debian-install/make-mirror.sh', ...PACKAGES, INSTALLED_LATER);
  await script('debian-image/make-image.sh', ...PACKAGES);
}

const isThere = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );

async function installed(
  hall: MachineHall,
  { folder, temporary }: { readonly folder: string; readonly temporary: string },
  tell: Tell,
): Promise<void> {
  const { rest, lab } = hall;
  const key = path.join(temporary, 'key');
  await run_('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  await hall.contractor('image', 'upload', 'debian', path.join(folder, 'debian.raw.zst'));
  await rest('POST', 'BluePrint/ResourceFile/load', { files: {}, shipped: ['debian'] });
  await hall.setValues({
    boot_arguments: 'no_timer_check panic=5 disks_quiet=1',
    mirror_server: '10.77.0.2',
    // The mirror has the release alone.
    apt_services: [],
    dns_servers: ['10.77.0.1'],
    ssh_authorized_keys: [(await readFile(`${key}.pub`, 'utf8')).trim()],
    package_list: [INSTALLED_LATER],
    postinstall_command_list: [`${INSTALLED_LATER} > /dev/ttyS0`],
  });
  const { machine, mac, address, foundation, structure } = await declareMachine(hall, 1, {
    parts: { disks: [3000], memory: 768 },
    foundation: 'ipmi-base',
    structure: 'debian-bookworm-base',
    values: { installer_pxe: 'linux-installer', os_image: 'debian' },
  });
  const reached = (what: () => Promise<boolean>) => hall.reached(machine, what);
  try {
    await hall.leases(address);
    await rest('POST', `${foundation}/force`, { state: 'built' });
    await rest('POST', `${structure}/doCreate`, {});
    tell('its structure is to be built');
    const shows = (text: string) => reached(async () => (await machine.console()).includes(text));
    await reached(async () =>
      (await hall.asked(mac)).some(({ text }) => text === 'http /pxe/disks/linux-installer.initrd served'),
    );
    tell('the boot image is loaded');
    await shows('is on vda');
    tell('the image is written');
    await shows('web1 login:');
    tell('it has booted from its disk, and asks who logs in');
    await reached(async () => (await hall.stateOf(structure)) === 'built');
    tell(`port 22 answers, and the structure is built`);
    await shows('Hello, world!');
    tell('it has installed a package from the mirror, which runs');
    const asked =
      'cloud-init status --wait --long; grep -a -e "^Err" -e "^E: " /var/log/cloud-init-output.log; ' +
      'cloud-init schema --system; hostname --fqdn; findmnt -no SIZE,SOURCE /; ip -br -4 address show eth0';
    const words = [
      '-i',
      key,
      '-o',
      'StrictHostKeyChecking=no',
      '-o',
      'UserKnownHostsFile=/dev/null',
      '-o',
      'BatchMode=yes',
    ];
    let said = '';
    const logsIn = async (): Promise<boolean> => {
      said = await lab.network.run('ssh', ...words, `root@${address}`, asked).catch(() => '');
      return said !== '';
    };
    await until(logsIn, LOGIN_MS);
    tell(
      `root logs in with a key, and is told: ${said
        .trim()
        .split(/\s*\n\s*/)
        .join('; ')}`,
    );
    if (!/^status: done$/m.test(said)) throw new Error('cloud-init has not done all that it was told');
  } finally {
    await machine.stop();
  }
}
