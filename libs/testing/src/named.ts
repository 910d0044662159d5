import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { freePort } from './contractor.ts';
import type { TestNetwork } from './test-network.ts';

/** A BIND of a test's own on loopback, with its files in a temporary folder. */
export interface Named {
  /** `127.0.0.1:<port>`; stays the same over a restart. */
  readonly address: string;
  readonly port: number;
  readonly rndcPort: number;
  /** File with the key of `rndc`. */
  readonly rndcKey: string;
  /** Folder for zones, whose file `dns.master` it includes. */
  readonly zones: string;
  /** What it has written since it was last started. */
  readonly lines: readonly string[];
  start(): Promise<void>;
  /** Ends it as a loss of power would. */
  kill(): Promise<void>;
  /** Ends it and removes its files. */
  stop(): Promise<void>;
}

export interface NamedOptions {
  /** Further statements of its configuration. */
  readonly config?: string;
  /** Where it runs; on this machine's own network unless said otherwise. */
  readonly network?: TestNetwork;
}

/** Starts a name server and resolves once it serves. Needs the program `named`. */
export async function startNamed({ config = '', network }: NamedOptions = {}): Promise<Named> {
  const folder = await mkdtemp(path.join(tmpdir(), 'contractor-named-'));
  const zones = path.join(folder, 'contractor');
  const [port, rndcPort] = [await freePort(), await freePort()];
  const rndcKey = path.join(folder, 'rndc.key');
  const secret = randomBytes(32).toString('base64');
  await mkdir(zones);
  await writeFile(path.join(zones, 'dns.master'), '');
  await writeFile(rndcKey, `key "rndc-key" { algorithm hmac-sha256; secret "${secret}"; };\n`);
  await writeFile(
    path.join(folder, 'named.conf'),
    `include "${rndcKey}";
options {
  directory "${folder}"; pid-file none; session-keyfile "${folder}/session.key"; lock-file none;
  managed-keys-directory "${folder}"; listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; };
  recursion no; notify explicit; dnssec-validation no; allow-transfer { none; };
};
controls { inet 127.0.0.1 port ${rndcPort} allow { 127.0.0.1; } keys { "rndc-key"; }; };
include "${zones}/dns.master";
${config}
`,
  );
  const lines: string[] = [];
  let server: ChildProcess | undefined;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill(signal);
    await ended;
  };
  const start = async (): Promise<void> => {
    lines.length = 0;
    server = await launch(folder, lines, network?.within ?? []);
  };
  await start().catch(async (cause: unknown) => {
    await rm(folder, { recursive: true, force: true });
    throw cause;
  });
  return {
    address: `127.0.0.1:${port}`,
    port,
    rndcPort,
    rndcKey,
    zones,
    lines,
    start,
    kill: () => end('SIGKILL'),
    async stop() {
      await end('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Becomes the server, and leaves a watch behind that ends it and removes its folder when we die without a word. */
const GUARDED = `
  (read -r _ <&3 || { kill -KILL $$; rm -rf "$0"; }) >/dev/null 2>&1 &
  exec named -g -n 1 -c "$0/named.conf" 3<&-
`;

async function launch(folder: string, lines: string[], within: readonly string[]): Promise<ChildProcess> {
  // Debian puts the program where only root looks.
  const env = { PATH: `${process.env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin:/sbin` };
  const [command, ...words] = [...within, 'sh', '-c', GUARDED, folder];
  const server = spawn(command, words, { env, stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
  const watch = server.stdio[3] as Writable;
  watch.on('error', () => undefined);
  server.once('exit', () => watch.end('\n'));
  await new Promise<void>((resolve, reject) => {
    const failed = (why: string) =>
      reject(new Error(`named ${why} (scripts/install-test-tools.sh installs it):\n${lines.join('\n')}`));
    createInterface(server.stdio[2] as Readable).on('line', (line) => {
      lines.push(line);
      if (/ could not listen on | address in use/.test(line)) failed('has no port');
      if (line.endsWith(' running')) resolve();
    });
    server.once('error', reject);
    server.once('exit', (code) => failed(`ended with ${code}`));
  });
  return server;
}
