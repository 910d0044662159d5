import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { promisify } from 'node:util';
import { until } from './until.ts';

/** A libvirtd of a test's own, alone with its guests in a world of its own but for the files. */
export interface Libvirtd {
  /** URI of its QEMU; guests run without the hardware's help where they are of the type `qemu`. */
  readonly uri: string;
  /** URI of its driver without anything behind it, which keeps what it is told as long as this runs. */
  readonly testUri: string;
  /** A folder of its own, for disks. */
  readonly folder: string;
  /** Asks its QEMU something, or another driver. @returns what was answered */
  virsh(command: readonly string[], uri?: string): Promise<string>;
  /** Ends it with all its guests and removes its files. */
  stop(): Promise<void>;
}

/** The bridge that guests find. */
export const LIBVIRT_BRIDGE = 'br0';

/** Becomes the daemon's world, and leaves a watch behind that ends it and removes its folder when we die without a word. */
const GUARDED = `
  (read -r _ <&3 || { kill -KILL $$; rm -rf "$0"; }) >/dev/null 2>&1 &
  exec unshare --mount --propagation private --net --pid --fork --kill-child --mount-proc sh -ec "$1" "$0" 3<&-
`;

/**
 * Within that world: a network with a bridge, folders of its own, the accounts it asks for, and something that looks after
 * guests that have ended.
 */
const WITHIN = `
  ip link set lo up
  ip link add ${LIBVIRT_BRIDGE} type bridge
  ip link set ${LIBVIRT_BRIDGE} up
  while read -r from to; do
    mkdir -p "$0/$from" "$to"
    mount --bind "$0/$from" "$to"
  done <<END
etc /etc/libvirt
var /var/lib/libvirt
cache /var/cache/libvirt
run /run/libvirt
log /var/log/libvirt
END
  for list in passwd group; do
    cp "/etc/$list" "$0/$list"
    for account in libvirt-qemu kvm qemu; do
      grep -q "^$account:" "$0/$list" || echo "$account:x:64055:$([ "$list" = group ] || echo 64055::/:/usr/sbin/nologin)" >>"$0/$list"
    done
    mount --bind "$0/$list" "/etc/$list"
  done
  exec tini -- libvirtd -f "$0/libvirtd.conf" -p "$0/libvirtd.pid"
`;

const daemonConfig = (folder: string): string => `
unix_sock_dir = "${folder}/sockets"
unix_sock_group = "root"
auth_unix_rw = "none"
auth_unix_ro = "none"
log_outputs = "3:stderr"
`;

/** No other daemons, no control groups, no other accounts. */
const QEMU_CONFIG = `
stdio_handler = "file"
user = "root"
group = "root"
security_driver = "none"
namespaces = []
cgroup_controllers = []
remember_owner = 0
`;

/**
 * Starts a libvirtd and resolves once it answers. Needs root, and the programs `libvirtd`, `virsh`,
 * `qemu-system-x86_64`, `tini` and `ip`.
 */
export async function startLibvirtd(): Promise<Libvirtd> {
  const folder = await mkdtemp(path.join(tmpdir(), 'contractor-libvirtd-'));
  const inFolder = (name: string) => path.join(folder, name);
  await Promise.all(['etc', 'sockets', 'disks'].map((name) => mkdir(inFolder(name))));
  await writeFile(inFolder('libvirtd.conf'), daemonConfig(folder));
  await writeFile(inFolder('etc/qemu.conf'), QEMU_CONFIG);
  const socket = inFolder('sockets/libvirt-sock');
  const uri = `qemu:///system?socket=${socket}`;
  const testUri = `test+unix:///default?socket=${socket}`;
  const lines: string[] = [];
  const daemon = launch(folder, lines);
  let failure: Error | undefined;
  daemon.once('error', (error) => (failure = error));
  const virsh: Libvirtd['virsh'] = async (command, at = uri) => {
    const { stdout } = await promisify(execFile)('virsh', ['-q', '-c', at, ...command]);
    return stdout;
  };
  let holder: ChildProcess | undefined;
  const stop = async (): Promise<void> => {
    holder?.kill('SIGKILL');
    await end(daemon);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await until(async () => {
      if (failure) throw failure;
      if (daemon.exitCode !== null) throw new Error(`it ended with ${daemon.exitCode}`);
      return virsh(['version']).then(
        () => true,
        () => false,
      );
    });
    // What the test driver is told is forgotten with the last connection.
    holder = spawn('virsh', ['-c', testUri, 'event', '--all', '--loop'], { stdio: 'ignore' });
    await until(async () => (await virsh(['list', '--all', '--name'], testUri)).includes('test'));
  } catch (cause) {
    await stop();
    const hint = 'scripts/install-test-tools.sh installs what it needs';
    throw new Error(`libvirtd did not start (${hint}):\n${lines.join('\n')}`, { cause });
  }
  return { uri, testUri, folder: inFolder('disks'), virsh, stop };
}

function launch(folder: string, lines: string[]): ChildProcess {
  const env = { PATH: `${process.env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin:/sbin` };
  const daemon = spawn('sh', ['-c', GUARDED, folder, WITHIN], { env, stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
  const watch = daemon.stdio[3] as Writable;
  watch.on('error', () => undefined);
  daemon.once('exit', () => watch.end('\n'));
  createInterface(daemon.stdio[2] as Readable).on('line', (line) => lines.push(line));
  return daemon;
}

/** Ends the first process of the daemon's world, and with it all that are in there, which the kernel waits for. */
async function end(daemon: ChildProcess): Promise<void> {
  if (daemon.pid === undefined || daemon.exitCode !== null || daemon.signalCode !== null) return;
  const ended = once(daemon, 'exit');
  const children = await readFile(`/proc/${daemon.pid}/task/${daemon.pid}/children`, 'utf8');
  const first = Number(children.trim().split(' ').at(-1));
  process.kill(first > 0 ? first : daemon.pid, 'SIGKILL');
  await ended;
}
