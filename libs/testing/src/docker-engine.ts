import type { ChildProcess } from 'node:child_process';
import { execFile, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { promisify } from 'node:util';
import { testAuthority } from './test-certificates.ts';

/** An answer of the engine. */
export interface EngineAnswer {
  readonly status: number;
  readonly body: unknown;
}

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
  api(method: string, path: string, body?: Buffer | object): Promise<EngineAnswer>;
  /** Makes an image of busybox alone, which runs a line of its shell, or nothing unless it is told to. */
  makeImage(name: string, line?: string): Promise<void>;
  /** The names of all containers it has, running or not. */
  containers(): Promise<readonly string[]>;
  /** Ends it with its containers, and removes everything of it. */
  stop(): Promise<void>;
}

const run = promisify(execFile);
// Debian has some programs where only root looks.
const PATH = `${process.env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`;
const ip = (...args: readonly string[]) => run('ip', args, { env: { PATH } });

/** Whether this account may start one: it makes a network namespace. */
export const canStartDockerEngine = process.getuid?.() === 0;

/** What removes all of an engine that is gone: what it has mounted, its network, its cgroups, its folder. */
const REMOVE = `
remove() {
  sed 's/^[^ ]* [^ ]* [^ ]* [^ ]* \\([^ ]*\\) .*/\\1/' /proc/self/mountinfo | grep "^$folder/" | sort -r |
    while read -r mounted; do umount "$mounted"; done
  ip netns del "$name"
  find /sys/fs/cgroup -depth -type d -path "*/$name*" -exec rmdir {} + 2>/dev/null
  rm -rf "$folder"
}
`;

/** Becomes the engine, and leaves a watch behind that ends it and removes what is left when we die without a word. */
const GUARDED = `
${REMOVE}
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
  const remove = () => run('sh', ['-c', `${REMOVE}\nfolder=$1 name=$2\nremove`, 'sh', folder, name], { env: { PATH } });
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
    const api: DockerEngine['api'] = (method, where, body) => ask(inFolder('docker.sock'), method, where, body);
    const containers = async () => {
      const { body } = await api('GET', '/containers/json?all=true');
      return (body as readonly { readonly Names: readonly string[] }[]).map(({ Names }) => (Names[0] ?? '').slice(1));
    };
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

/** Makes a network namespace with one way into it. @returns the addresses of both ends, of a block meant for tests */
async function makeNetwork(name: string): Promise<{ readonly near: string; readonly far: string }> {
  const [block, third, fourth] = [randomInt(18, 20), randomInt(256), randomInt(64) * 4];
  const at = (n: number) => `198.${block}.${third}.${fourth + n}`;
  const [near, far] = [at(1), at(2)];
  const link = name.replace('contractor-', 'ctr');
  await ip('netns', 'add', name);
  await ip('-netns', name, 'link', 'set', 'lo', 'up');
  await ip('link', 'add', link, 'type', 'veth', 'peer', 'name', 'up0', 'netns', name);
  await ip('address', 'add', `${near}/30`, 'dev', link);
  await ip('link', 'set', link, 'up');
  await ip('-netns', name, 'address', 'add', `${far}/30`, 'dev', 'up0');
  await ip('-netns', name, 'link', 'set', 'up0', 'up');
  return { near, far };
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
    env: { PATH },
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

/** An image whose file system is busybox under the names of its programs. */
async function makeImage(api: DockerEngine['api'], folder: string, image: string, line?: string): Promise<void> {
  await mkdir(path.join(folder, 'bin'), { recursive: true });
  const { stdout: where } = await run('sh', ['-c', 'command -v busybox'], { env: { PATH } });
  await copyFile(where.trim(), path.join(folder, 'bin/busybox'));
  // Debian has it as one file, or with libraries that are named line by line.
  const { stdout: libraries } = await run('ldd', [where.trim()], { env: { PATH } }).catch(() => ({ stdout: '' }));
  for (const [library] of libraries.matchAll(/\/\S+/g)) {
    await mkdir(path.join(folder, path.dirname(library)), { recursive: true });
    await copyFile(library, path.join(folder, library));
  }
  for (const program of ['sh', 'sleep', 'httpd', 'cat', 'echo']) {
    await symlink('busybox', path.join(folder, 'bin', program));
  }
  const tar = path.join(folder, '../image.tar');
  await run('tar', ['--create', '--file', tar, '--directory', folder, '.']);
  const [repo = '', tag = 'latest'] = image.split(':');
  // The first process of a container is ended by no signal that it does not wait for.
  const command = line === undefined ? 'true' : `trap 'exit 0' TERM; ${line} & wait`;
  const query = new URLSearchParams({
    fromSrc: '-',
    repo,
    tag,
    changes: `CMD ${JSON.stringify(['/bin/sh', '-c', command])}`,
  });
  const { status, body } = await api('POST', `/images/create?${query.toString()}`, await readFile(tar));
  await Promise.all([rm(tar), rm(folder, { recursive: true })]);
  if (status !== 200 || JSON.stringify(body).includes('"error"')) throw new Error(`no image: ${JSON.stringify(body)}`);
}

async function ask(socketPath: string, method: string, where: string, body?: Buffer | object): Promise<EngineAnswer> {
  const bytes = body === undefined || Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
  const type = Buffer.isBuffer(body) ? 'application/x-tar' : 'application/json';
  const headers = bytes === undefined ? {} : { 'Content-Type': type, 'Content-Length': bytes.length };
  const request = http.request({ socketPath, method, path: `/v1.41${where}`, headers, agent: false });
  request.end(bytes);
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  let text = '';
  response.setEncoding('utf8');
  for await (const chunk of response as AsyncIterable<string>) text += chunk;
  const lines = text.trim().split('\n').filter(Boolean);
  const answer = lines.length > 1 ? lines.map((line) => JSON.parse(line) as unknown) : JSON.parse(lines[0] ?? 'null');
  return { status: response.statusCode ?? 0, body: answer };
}
