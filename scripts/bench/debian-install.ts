/**
 * `npm run bench -- debian-install [FOLDER]`: a machine of QEMU is installed by the netboot installer of Debian 12 with the answers
 * that a real server gives it, from a small mirror made of packages that apt fetches, and then boots from its disk. It has
 * no way out: it reaches the server and the mirror alone. The mirror stays in FOLDER, where one is given. Without
 * virtualization by the processor it takes half an hour or more.
 */
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stdout } from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { InstalledMachine } from './debian-install/installed-machine.ts';
import { installedMachine } from './debian-install/installed-machine.ts';
import { serveMirror } from './debian-install/serve-mirror.ts';
import type { Console } from './debian-install/start-console.ts';
import { startConsole } from './debian-install/start-console.ts';
import type { Limit } from './limit.ts';
import { loadedServer } from './loaded-server.ts';

const run_ = promisify(execFile);

/** Where the machine finds server and mirror. */
const SERVER = '10.0.2.100';
const MIRROR = '10.0.2.101';
/** How long nothing may come of an installation before it is given up, in milliseconds. */
const STANDSTILL_MS = 600_000;
/** Megabytes of the disk. */
const DISK_MB = 6000;

export async function run([given]: string[], limit: Limit): Promise<void> {
  const begun = performance.now();
  const tell = (text: string): boolean =>
    stdout.write(`${Math.round((performance.now() - begun) / 1000)} s: ${text}\n`);
  const server = await loadedServer(undefined, {
    CONTRACTOR_URL: `http://${SERVER}`,
    CONTRACTOR_SUBCONTRACTOR: 'none',
  });
  const folder = path.resolve(given ?? path.join(server.directory, 'install'));
  const consoles: Console[] = [];
  const mirror = await serveMirror(path.join(folder, 'mirror'));
  try {
    await mkdir(folder, { recursive: true });
    const script = fileURLToPath(new URL('debian-install/make-mirror.sh', import.meta.url));
    const made = await limit.step('making the mirror', () => run_(script, [folder], { maxBuffer: 2 ** 24 }));
    tell(`the mirror: ${made.stdout.trim()}`);
    const missing = (await readFile(path.join(folder, 'missing'), 'utf8')).split('\n').filter(Boolean);
    const machine = await installedMachine(server, MIRROR);
    tell(`the server has the script that boots ${machine.hostname}, and the answers for its installer`);
    const disk = path.join(folder, 'disk.raw');
    await writeFile(disk, '');
    await run_('truncate', ['--size', `${DISK_MB}M`, disk]);
    const network = { [SERVER]: Number(new URL(server.url).port), [MIRROR]: mirror.port };
    const { mac, hostname } = machine;
    const installer = startConsole({
      disk,
      network,
      mac,
      log: path.join(folder, 'install.log'),
      ...booted(machine, folder),
    });
    consoles.push(installer);
    await limit.step('installing', () => installed(installer, { folder, mirror, missing, tell }));
    const system = startConsole({ disk, network, mac, log: path.join(folder, 'boot.log') });
    consoles.push(system);
    const asks = (text: string): boolean => text.includes(`${hostname} login:`);
    await limit.step('booting from the disk', () => system.until(asks, STANDSTILL_MS));
    tell('it has booted from its disk, and asks who logs in');
  } finally {
    await Promise.all(consoles.map((console) => console.stop()));
    await mirror.stop();
    await server.stop();
  }
}

/** What of the installer is booted; the mirror is signed by nobody. */
const booted = ({ kernelArguments }: InstalledMachine, folder: string) => ({
  kernel: path.join(folder, 'installer', 'linux'),
  initrd: path.join(folder, 'installer', 'initrd.gz'),
  append: kernelArguments.replace(
    ' --- ',
    ' debian-installer/allow_unauthenticated=true DEBIAN_FRONTEND=text console=ttyS0,115200 --- ',
  ),
});

/** What it is seen by that an installation has come so far. */
const STEPS: readonly (readonly [seen: (asked: string) => boolean, what: string])[] = [
  [(asked) => asked.endsWith('/dists/bookworm/Release'), 'it has its answers, its address, and looks at the mirror'],
  [(asked) => asked.endsWith('.udeb'), 'it loads parts of the installer'],
  [(asked) => asked.endsWith('.deb'), 'its disk has a file system, and it loads packages'],
];
/** What it shows where it does not know what to do. */
const FAILURE = /!! ERROR|Debian installer main menu/;

interface Installation {
  readonly folder: string;
  readonly mirror: Awaited<ReturnType<typeof serveMirror>>;
  readonly missing: readonly string[];
  readonly tell: (text: string) => boolean;
}

/** Waits until the installer has switched the machine off. @throws Error that says how far it came */
async function installed(console: Console, { folder, mirror, missing, tell }: Installation): Promise<void> {
  const told = new Set<string>();
  mirror.onRequest((asked) => {
    for (const [seen, what] of STEPS) {
      if (!seen(asked) || told.has(what)) continue;
      told.add(what);
      tell(what);
    }
  });
  try {
    await console.ended(STANDSTILL_MS, FAILURE);
    if (told.size < STEPS.length) throw new Error('it has switched itself off too early');
    tell('it has switched itself off');
  } catch (error) {
    const last = [...told].at(-1) ?? 'it boots';
    const without = `the mirror is without ${missing.length} packages (${path.join(folder, 'missing')})`;
    throw new Error(`it has come no further than: ${last}; ${without}: ${(error as Error).message}`, { cause: error });
  }
}
