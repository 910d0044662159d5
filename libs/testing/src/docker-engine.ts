import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { EngineApi } from './engine-api.ts';
import { askEngine, containersOf, makeImage } from './engine-api.ts';
import { makeNetwork, REMOVE_ENGINE, removeEngine, ROOT_PATH } from './engine-network.ts';
import { testAuthority } from './test-certificates.ts';

/** A Docker engine of a test's own, in a network namespace of its own, with all it keeps in a temporary folder. */
export interface DockerEngine {
  /** The address of its host: it listens there at port 2376, over TLS, and published ports are there. */
  readonly address: string;
  /** The address of this side, as the engine sees it: for registries. */
  readonly nearAddress: string;
  /** The unix socket it listens at. */
  readonly socket: string;
  /** A folder with `ca.pem`, `cert.pem` and `key.pem` for its clients. */
  readonly certs: string;
  /** Asks it over its socket; `path` without version. */
  readonly api: EngineApi;
  /** Makes an image of busybox alone, which runs a line of its shell, or nothing unless it is told to. */
  makeImage(name: string, line?: string): Promise<void>;
  /** The names of all containers it has, running or not. */
  containers(): Promise<readonly string[]>;
  /** Ends it with its containers, and removes everything of it. */
  stop(): Promise<void>;
}

/** Whether this account may start one: it makes a network namespace. */
export const canStartDockerEngine = process.getuid?.() === 0;

/** Becomes the engine, and leaves a watch behind that ends it and removes what is left when we die without a word. */
const GUARDED = `
${REMOVE_ENGINE}
folder=$1 name=$2
shift 2
( read -r _ <&3 || { kill $$; while kill -0 $$; do sleep 0.1; done; remove; } ) >/dev/null 2>&1 &
exec nsenter --net=/run/netns/$name dockerd "$@" 3<&-
`;

/** Starts an engine and resolves once it takes requests. Needs the programs `dockerd`, `ip`, `nsenter`, `busybox`, and root. */
export async function startDockerEngine(): Promise<DockerEngine> {
  const folder = await mkdtemp(path.join(tmpdir(), 'contractor-docker-'));
  const inFolder = (name: string) => path.join(folder, name);
  const name = `contractor-${path.basename(folder).slice(-6).toLowerCase()}`;
  const remove = () => removeEngine(folder, name);
  let engine: Launched | undefined;
  try {
    const { near, far } = await makeNetwork(name);
    await writeCertificates(folder, far);
    engine = await launch(folder, name, [
      `--data-root=${inFolder('data')}`,
      `--exec-root=${inFolder('exec')}`,
      `--pidfile=${inFolder('pid')}`,
      `--host=unix://${inFolder('docker.sock')}`,
      `--host=tcp://${far}:2376`,
      '--tlsverify',
      `--tlscacert=${inFolder('certs/ca.pem')}`,
      `--tlscert=${inFolder('engine.pem')}`,
      `--tlskey=${inFolder('engine.key')}`,
      `--insecure-registry=${near}/32`,
      `--cgroup-parent=/${name}`,
      '--shutdown-timeout=1',
      '--storage-driver=overlay2',
      '--userland-proxy=false',
      '--max-download-attempts=1',
    ]);
    const { end } = engine;
    const api: EngineApi = (method, where, body) => askEngine(inFolder('docker.sock'), method, where, body);
    const containers = () => containersOf(api);
    return {
      address: far,
      nearAddress: near,
      socket: inFolder('docker.sock'),
      certs: inFolder('certs'),
      api,
      containers,
      makeImage: (image, line) => makeImage(api, inFolder('image'), image, line),
      async stop() {
        for (const one of await containers()) await api('DELETE', `/containers/${one}?force=true&v=true`);
        await end();
        await remove();
      },
    };
  } catch (error) {
    await engine?.end();
    await remove();
    throw error;
  }
}

async function writeCertificates(folder: string, address: string): Promise<void> {
  const authority = await testAuthority('docker');
  try {
    await mkdir(path.join(folder, 'certs'));
    const engine = await authority.sign('engine', `IP:${address}`);
    const client = await authority.sign('client', 'DNS:client');
    await copyFile(engine.cert, path.join(folder, 'engine.pem'));
    await copyFile(engine.key, path.join(folder, 'engine.key'));
    await copyFile(authority.ca, path.join(folder, 'certs/ca.pem'));
    await copyFile(client.cert, path.join(folder, 'certs/cert.pem'));
    await copyFile(client.key, path.join(folder, 'certs/key.pem'));
  } finally {
    await authority.remove();
  }
}

interface Launched {
  readonly end: () => Promise<void>;
}

async function launch(folder: string, name: string, options: readonly string[]): Promise<Launched> {
  const child: ChildProcess = spawn('sh', ['-c', GUARDED, 'sh', folder, name, ...options], {
    env: { PATH: ROOT_PATH },
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  const watch = child.stdio[3] as Writable;
  watch.on('error', () => undefined);
  child.once('exit', () => watch.end('\n'));
  const lines: string[] = [];
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) =>
      reject(new Error(`dockerd ended with ${code} (scripts/install-test-tools.sh installs it):\n${lines.join('\n')}`)),
    );
    createInterface(child.stdio[2] as Readable).on('line', (line) => {
      lines.push(line);
      if (line.includes('API listen on') && line.includes(':2376')) resolve();
    });
  });
  return {
    async end() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}
