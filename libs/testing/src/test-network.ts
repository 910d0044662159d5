import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A network of a test's own, apart from the machine's: a server's end `srv0` and a client's end `cli0` of one wire. */
export interface TestNetwork {
  /** The words that run a program within it. */
  readonly within: readonly string[];
  /** Runs a program within it. @returns what it has written @throws Error where it fails */
  run(program: string, ...args: readonly string[]): Promise<string>;
  /** Asks for a lease as a client, which knows nothing before. @returns what it was told, undefined: nothing */
  lease(client: DhcpClient): Promise<Readonly<Record<string, string>> | undefined>;
  /** Ends it; everything in it has to have ended. */
  stop(): Promise<void>;
}

/** A client of DHCP. */
export interface DhcpClient {
  readonly mac: string;
  /** Option 93, four digits: `0007`. */
  readonly architecture?: string;
  /** Option 77: `iPXE`. */
  readonly userClass?: string;
  /** Options it asks for besides the usual ones. */
  readonly asks?: readonly number[];
}

/** Told the shell that keeps the network: it sets up, says so, and waits until we end. */
const KEEP = `
  set -e
  ip link set lo up
  for f in all default; do echo 0 > /proc/sys/net/ipv6/conf/$f/accept_dad; done
  ip link add srv0 type veth peer name cli0
  for a in "$@"; do ip addr add "$a" dev srv0; done
  ip link set srv0 up
  ip link set cli0 up
  echo ready
  read -r _ <&3 || true
`;

/** What a client writes of what it was told. */
const TOLD = '#!/bin/sh\nif [ "$1" = bound ]; then env; fi\n';

/**
 * Makes a network without leaving a name behind: it goes with the processes in it.
 * @param addresses of `srv0`: `10.77.0.1/24`
 */
export async function startNetwork(...addresses: readonly string[]): Promise<TestNetwork> {
  const root = process.getuid?.() === 0;
  const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` };
  const folder = await mkdtemp(path.join(tmpdir(), 'contractor-network-'));
  const script = path.join(folder, 'told.sh');
  await writeFile(script, TOLD, { mode: 0o755 });
  const own = root ? ['--net'] : ['--user', '--map-root-user', '--net'];
  const keeper = spawn('unshare', [...own, 'sh', '-c', KEEP, 'network', ...addresses], {
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const told: string[] = [];
  (keeper.stderr as Readable).on('data', (text: Buffer) => told.push(text.toString()));
  const stop = async (): Promise<void> => {
    if (keeper.exitCode === null && keeper.signalCode === null) {
      const ended = once(keeper, 'exit');
      (keeper.stdio[3] as Writable).end('\n');
      await ended;
    }
    await rm(folder, { recursive: true, force: true });
  };
  await new Promise<void>((resolve, reject) => {
    (keeper.stdout as Readable).once('data', () => resolve());
    keeper.once('error', reject);
    keeper.once('exit', (code) => reject(new Error(`no network can be made (${code}):\n${told.join('')}`)));
  }).catch(async (cause: unknown) => {
    await stop();
    throw cause;
  });
  const target = ['--target', String(keeper.pid), '--net'];
  const within = ['nsenter', ...target, ...(root ? [] : ['--user', '--preserve-credentials'])];
  const inside = async (program: string, ...args: readonly string[]): Promise<string> => {
    const [enter = '', ...words] = within;
    return (await run(enter, [...words, program, ...args], { env })).stdout;
  };
  return {
    within,
    run: inside,
    async lease({ mac, architecture, userClass, asks = [] }) {
      await inside('sh', '-c', `ip link set cli0 down; ip link set cli0 address ${mac}; ip link set cli0 up`);
      const options = [
        ...(architecture === undefined ? [] : ['-V', 'PXEClient', '-x', `0x5d:${architecture}`, '-O', '67']),
        ...(userClass === undefined ? [] : ['-x', `0x4d:${Buffer.from(userClass).toString('hex')}`]),
        ...asks.flatMap((code) => ['-O', String(code)]),
      ];
      const ask = ['udhcpc', '-i', 'cli0', '-f', '-q', '-n', '-t', '3', '-T', '1', '-s', script, ...options];
      const text = await inside('busybox', ...ask).catch(() => '');
      const lines = text.split('\n').filter((line) => line.includes('='));
      if (lines.length === 0) return undefined;
      return Object.fromEntries(lines.map((line) => [line.split('=', 1)[0], line.slice(line.indexOf('=') + 1)]));
    },
    stop,
  };
}
