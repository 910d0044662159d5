import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { freePort } from './contractor.ts';

/** An SSH server of a test's own on loopback, with its keys in a temporary folder. */
export interface Sshd {
  readonly port: number;
  /** Who may log in: the account that runs the tests. */
  readonly user: string;
  /** The private key of that account. */
  readonly key: string;
  /** A folder of its own, for files that a test puts somewhere. */
  readonly folder: string;
  /** Its public host keys, `type base64`, as known hosts have them. */
  hostKeys(): Promise<readonly string[]>;
  /** Ends it and starts it again, with new host keys where that is wanted, as a machine that was made anew. */
  restart(options?: { readonly newHostKeys?: boolean }): Promise<void>;
  /** Has it stand still (`SIGSTOP`), or go on (`SIGCONT`). */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void;
  stop(): Promise<void>;
}

const HOST_KEYS = ['ed25519', 'ecdsa', 'rsa'] as const;
const keygen = (args: readonly string[]) => promisify(execFile)('ssh-keygen', ['-q', '-N', '', ...args]);

/** Starts an SSH server and resolves once it listens. It takes keys and no passwords. Needs the program `sshd`. */
export async function startSshd(): Promise<Sshd> {
  const folder = await mkdtemp(path.join(tmpdir(), 'contractor-sshd-'));
  const inFolder = (name: string) => path.join(folder, name);
  const port = await freePort();
  const { username: user, uid } = userInfo();
  // Where root starts it, it wants a folder that the service would make.
  if (uid === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
  await mkdir(inFolder('files'));
  await mkdir(inFolder('home'));
  const makeHostKeys = async (): Promise<void> => {
    for (const type of HOST_KEYS) {
      await rm(inFolder(`host_${type}`), { force: true });
      await keygen(['-t', type, ...(type === 'rsa' ? ['-b', '2048'] : []), '-f', inFolder(`host_${type}`)]);
    }
  };
  await Promise.all([makeHostKeys(), keygen(['-t', 'ed25519', '-f', inFolder('client')])]);
  await writeFile(inFolder('authorized'), await readFile(inFolder('client.pub')));
  await writeFile(
    inFolder('config'),
    // Its home is empty, so that shells begin at once, whatever the account of the tests has its own do first.
    `Port ${port}
ListenAddress 127.0.0.1
SetEnv HOME=${inFolder('home')}
${HOST_KEYS.map((type) => `HostKey ${inFolder(`host_${type}`)}`).join('\n')}
PidFile none
AuthorizedKeysFile ${inFolder('authorized')}
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin yes
MaxStartups 100
Subsystem sftp internal-sftp
`,
  );
  let server: ChildProcess | undefined;
  const end = async (): Promise<void> => {
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
  };
  const start = async (): Promise<void> => {
    server = await launch(inFolder('config'));
  };
  const stop = async (): Promise<void> => {
    await end();
    await rm(folder, { recursive: true, force: true });
  };
  await start().catch(async (cause: unknown) => {
    await stop();
    throw cause;
  });
  return {
    port,
    user,
    key: await readFile(inFolder('client'), 'utf8'),
    folder: inFolder('files'),
    hostKeys: () =>
      Promise.all(
        HOST_KEYS.map(async (type) =>
          (await readFile(inFolder(`host_${type}.pub`), 'utf8')).split(' ').slice(0, 2).join(' '),
        ),
      ),
    async restart({ newHostKeys = false } = {}) {
      await end();
      if (newHostKeys) await makeHostKeys();
      await start();
    },
    signal: (name) => void server?.kill(name),
    stop,
  };
}

async function launch(config: string): Promise<ChildProcess> {
  // It starts itself again for every connection, so it is named by its whole path.
  const where = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;
  const { stdout } = await promisify(execFile)('sh', ['-c', 'command -v sshd'], { env: { PATH: where } });
  const child = spawn(stdout.trim(), ['-D', '-e', '-f', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  const lines: string[] = [];
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`sshd ended with ${code}:\n${lines.join('\n')}`)));
    createInterface(child.stderr).on('line', (line) => {
      lines.push(line);
      if (line.startsWith('Server listening')) resolve();
    });
  });
  return child;
}
