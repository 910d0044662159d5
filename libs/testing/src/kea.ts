import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestNetwork } from './test-network.ts';

/** A DHCP server of Kea's of a test's own, with its files in a temporary folder. */
export interface Kea {
  /** Its control socket. */
  readonly socket: string;
  readonly folder: string;
  /** What it has written. */
  readonly lines: readonly string[];
  /** Starts it with its own file, as it was started first. */
  start(): Promise<void>;
  /** Ends it as a loss of power would. */
  kill(): Promise<void>;
  /** Has it stand still, or go on. */
  signal(name: 'SIGSTOP' | 'SIGCONT' | 'SIGHUP'): void;
  /** What it answers a command of its control socket with, as JSON. */
  asked(command: string): Promise<string>;
  /** Ends it and removes its files. */
  stop(): Promise<void>;
}

export interface KeaOptions {
  readonly family?: 4 | 6;
  /** What it listens on: `lo/127.0.0.1`. */
  readonly interfaces: readonly string[];
  /** Whether it reads frames of interfaces, or takes what relays send over UDP. */
  readonly sockets?: 'raw' | 'udp';
  /** The port it listens on, and the one it answers relays at; the usual ones unless said otherwise. */
  readonly ports?: { readonly server: number; readonly relays: number };
  /** Where it runs; on this machine's own network unless said otherwise. */
  readonly network?: TestNetwork;
}

/** How long it may take until it answers, in milliseconds. */
const START_MS = 30_000;

/** Becomes the server, and leaves a watch behind that ends it and removes its folder when we die without a word. */
const GUARDED = `
  folder=$1; shift
  (read -r _ <&3 || { kill -KILL $$; rm -rf "$folder"; }) >/dev/null 2>&1 &
  exec "$@" 3<&-
`;

/** Starts a DHCP server without subnets and resolves once it answers. Needs the program `kea-dhcp4` or `kea-dhcp6`. */
export async function startKea({ family = 4, interfaces, sockets = 'raw', ports, network }: KeaOptions): Promise<Kea> {
  const folder = await mkdtemp(path.join(tmpdir(), 'contractor-kea-'));
  const socket = path.join(folder, 'kea.sock');
  const file = path.join(folder, 'kea.json');
  const part = {
    'interfaces-config': { interfaces, ...(family === 4 ? { 'dhcp-socket-type': sockets } : {}) },
    'control-socket': { 'socket-type': 'unix', 'socket-name': socket },
    // It is not kept where only the one server of a machine could.
    ...(family === 6 ? { 'server-id': { type: 'LLT', persist: false } } : {}),
    'lease-database': { type: 'memfile', persist: true, name: path.join(folder, 'leases.csv'), 'lfc-interval': 0 },
    'hooks-libraries': [{ library: leaseCommands() }],
    loggers: [{ name: `kea-dhcp${family}`, severity: 'INFO', output_options: [{ output: 'stdout' }] }],
  };
  await writeFile(file, JSON.stringify({ [`Dhcp${family}`]: part }));
  const lines: string[] = [];
  const command = [
    ...(network?.within ?? []),
    `kea-dhcp${family}`,
    '-c',
    file,
    ...(ports ? ['-p', String(ports.server), '-P', String(ports.relays)] : []),
  ];
  let server: ReturnType<typeof spawn> | undefined;
  const end = async (): Promise<void> => {
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
  };
  const start = async (): Promise<void> => {
    await rm(socket, { force: true });
    const env = {
      // Debian puts the program where only root looks.
      PATH: `${process.env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`,
      KEA_PIDFILE_DIR: folder,
      KEA_LOCKFILE_DIR: folder,
    };
    const child = spawn('sh', ['-c', GUARDED, 'kea', folder, ...command], {
      env,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    server = child;
    const watch = child.stdio[3] as Writable;
    watch.on('error', () => undefined);
    child.once('exit', () => watch.end('\n'));
    for (const stream of [child.stdout, child.stderr] as Readable[]) {
      createInterface(stream).on('line', (line) => lines.push(line));
    }
    for (const limit = performance.now() + START_MS; !(await listens(socket)); await sleep(10)) {
      if (child.exitCode !== null || performance.now() > limit) {
        throw new Error(`kea did not start (scripts/install-test-tools.sh installs it):\n${lines.join('\n')}`);
      }
    }
  };
  const stop = async (): Promise<void> => {
    await end();
    await rm(folder, { recursive: true, force: true });
  };
  await start().catch(async (cause: unknown) => {
    await stop();
    throw cause;
  });
  const asked = (command: string) => answerOf(socket, command);
  return { socket, folder, lines, start, kill: end, signal: (name) => void server?.kill(name), asked, stop };
}

async function answerOf(socket: string, command: string): Promise<string> {
  const client = connect(socket);
  client.write(JSON.stringify({ command }));
  return text(client);
}

/** Whether somebody takes connections at a socket: its file is there a moment before. */
async function listens(socket: string): Promise<boolean> {
  const client = connect(socket);
  const taken = await once(client, 'connect').then(
    () => true,
    () => false,
  );
  client.destroy();
  return taken;
}

/** Debian's library with the commands for leases. */
function leaseCommands(): string {
  const machine = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
  return `/usr/lib/${machine}-linux-gnu/kea/hooks/libdhcp_lease_cmds.so`;
}
