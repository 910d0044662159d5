import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Client } from 'pg';
import { recordedLog } from '#testing';
import { startEmbeddedPostgres } from './embedded-postgres.ts';

jest.setTimeout(240_000);

const NOBODY = 65_534;

/** A directory the server can get to, whichever user it runs as. */
async function newDirectory(): Promise<string> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'contractor-postgres-'));
  await chmod(directory, 0o755);
  return directory;
}

/** Whether a server runs on it, as far as its lock file says. */
const locked = async (directory: string): Promise<boolean> =>
  (await readdir(path.join(directory, 'postgres'))).includes('postmaster.pid');

async function ask(url: string, query: string): Promise<unknown> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query({ text: query, rowMode: 'array' })).rows[0]?.[0];
  } finally {
    await client.end();
  }
}

/** A process that starts a server, writes something into it, and is killed. @returns where the server can be reached */
async function startAndGetKilled(directory: string): Promise<string> {
  const program = `
    import { startEmbeddedPostgres } from ${JSON.stringify(path.resolve('dist/libs/runtime/src/embedded-postgres/embedded-postgres.js'))};
    const { url } = await startEmbeddedPostgres(${JSON.stringify(directory)});
    process.stdout.write(url);
    setInterval(() => {}, 1000);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit').then(([code]) => Promise.reject(new Error(`it ended with ${code}`)));
  const [url] = (await Promise.race([once(child.stdout, 'data'), ended])) as [Buffer];
  ended.catch(() => undefined);
  child.kill('SIGKILL');
  await once(child, 'exit');
  return url.toString();
}

it('begins anew where an earlier start was killed before the data was whole', async () => {
  const directory = await newDirectory();
  const data = path.join(directory, 'postgres');
  await mkdir(data);
  await writeFile(path.join(data, 'half'), '');
  await mkdir(path.join(directory, 'postgres.new-1'));

  const server = await startEmbeddedPostgres(directory);
  expect(await ask(server.url, 'SELECT 1')).toBe(1);
  expect((await readdir(directory)).toSorted()).toEqual(['postgres', 'postgres.password']);
  await server.stop();
  await rm(directory, { recursive: true });
});

/** The account of the server on a directory. */
const accountOn = async (directory: string): Promise<number> => (await stat(path.join(directory, 'postgres'))).uid;

describe('wherever the directory is', () => {
  let parent: string;
  const umask = process.umask();
  beforeEach(async () => {
    parent = await mkdtemp(path.join(os.tmpdir(), 'contractor-postgres-'));
  });
  afterEach(async () => {
    process.umask(umask);
    await rm(parent, { recursive: true });
  });

  it.each([
    ['nobody else may enter it', 0o022, 0o700],
    ['new directories are closed to others', 0o027, 0o755],
    ['new directories are closed to all but their owner', 0o077, 0o700],
  ])('keeps everything in it, also where %s', async (_, mask, mode) => {
    await chmod(parent, mode);
    process.umask(mask);
    const directory = path.join(parent, 'deep', 'data');
    const server = await startEmbeddedPostgres(directory);
    await ask(server.url, 'CREATE TABLE kept AS SELECT 44 AS n');
    await server.stop();
    expect(await readdir(directory)).toEqual(['postgres', 'postgres.password']);
    expect((await lstat(path.join(directory, 'postgres'))).isSymbolicLink()).toBe(false);

    // A copy of it holds everything, whoever owns it now.
    const copy = path.join(parent, 'copy');
    await cp(directory, copy, { recursive: true });
    const again = await startEmbeddedPostgres(copy);
    expect(await ask(again.url, 'SELECT n FROM kept')).toBe(44);
    await again.stop();
  });

  it('takes over a server in a closed directory', async () => {
    const url = await startAndGetKilled(parent);
    const found = await startEmbeddedPostgres(parent);
    expect(found).toMatchObject({ takenOver: true, url });
    await found.stop();
    expect(await locked(parent)).toBe(false);
  });

  it('says where the data is when a link leads elsewhere', async () => {
    const first = await startEmbeddedPostgres(path.join(parent, 'elsewhere'));
    await ask(first.url, 'CREATE TABLE kept AS SELECT 45 AS n');
    await first.stop();
    await mkdir(path.join(parent, 'data'));
    await symlink(path.join(parent, 'elsewhere', 'postgres'), path.join(parent, 'data', 'postgres'));
    const { log, lines } = recordedLog();
    const second = await startEmbeddedPostgres(path.join(parent, 'data'), log);
    expect(await ask(second.url, 'SELECT n FROM kept')).toBe(45);
    await second.stop();
    expect(lines).toEqual([
      expect.objectContaining({ level: 'warn', data: path.join(parent, 'elsewhere', 'postgres') }),
    ]);
  });

  const asRoot = process.getuid?.() === 0 ? it : it.skip;
  asRoot('runs as an account of its own, also on data that was of another (needs root)', async () => {
    const first = await startEmbeddedPostgres(parent);
    await ask(first.url, 'CREATE TABLE kept AS SELECT 46 AS n');
    const account = await accountOn(parent);
    expect([0, NOBODY]).not.toContain(account);
    await first.stop();
    spawnSync('chown', ['-R', `${NOBODY}:${NOBODY}`, path.join(parent, 'postgres')]);
    const second = await startEmbeddedPostgres(parent);
    expect(await ask(second.url, 'SELECT n FROM kept')).toBe(46);
    expect(await accountOn(parent)).toBe(account);
    await second.stop();
  });
});

describe('on one directory', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await newDirectory();
  });
  afterAll(async () => {
    await rm(directory, { recursive: true });
  });

  it('starts, and starts again with what was in it', async () => {
    const first = await startEmbeddedPostgres(directory);
    expect(first.takenOver).toBe(false);
    expect(new URL(first.url).hostname).toBe('127.0.0.1');
    await ask(first.url, 'CREATE TABLE kept AS SELECT 42 AS n');
    await first.stop();
    expect(await locked(directory)).toBe(false);

    const second = await startEmbeddedPostgres(directory);
    expect(second.takenOver).toBe(false);
    expect(await ask(second.url, 'SELECT n FROM kept')).toBe(42);
    await second.stop();
  });

  it('takes over the server of a process that was killed, and stops it', async () => {
    const url = await startAndGetKilled(directory);
    await ask(url, 'CREATE TABLE orphan AS SELECT 43 AS n');
    const found = await startEmbeddedPostgres(directory);
    expect(found).toMatchObject({ takenOver: true, url });
    expect(await ask(found.url, 'SELECT n FROM orphan')).toBe(43);

    await found.stop();
    expect(await locked(directory)).toBe(false);
    await expect(ask(url, 'SELECT 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await found.stop();
  });

  it('leaves a server alone whose process lives', async () => {
    const server = await startEmbeddedPostgres(directory);
    await expect(startEmbeddedPostgres(directory)).rejects.toMatchObject({
      name: 'OwnedByAnother',
      pid: process.pid,
      message: `the database belongs to process ${process.pid}`,
    });
    expect(await ask(server.url, 'SELECT n FROM kept')).toBe(42);
    await server.stop();
  });

  it('starts the server again when it has ended by itself', async () => {
    const { log, lines } = recordedLog();
    const server = await startEmbeddedPostgres(directory, log);
    const [pid] = (await readFile(path.join(directory, 'postgres', 'postmaster.pid'), 'utf8')).split('\n');
    process.kill(Number(pid), 'SIGKILL');
    while ((await ask(server.url, 'SELECT n FROM kept').catch(() => undefined)) !== 42) await sleep(50);
    expect(lines[0]?.['error']).toEqual(new Error('the embedded PostgreSQL ended by itself'));
    await server.stop();
    expect(await locked(directory)).toBe(false);
  });

  it.each([
    ['is gone', 999_999_999],
    ['had the number that this process has now', process.pid],
  ])('does not mind the lock file of a server that %s', async (_, pid) => {
    const lock = path.join(directory, 'postgres', 'postmaster.pid');
    await writeFile(lock, `${pid}\n${path.dirname(lock)}\n0\n54321\n\n127.0.0.1\n`);
    const server = await startEmbeddedPostgres(directory);
    expect(server.takenOver).toBe(false);
    expect(await ask(server.url, 'SELECT n FROM kept')).toBe(42);
    await server.stop();
  });

  it('does not mind the lock file of a server whose number another process of its account has', async () => {
    const uid = await accountOn(directory);
    const other = spawn('sleep', ['60'], process.getuid?.() === 0 ? { uid } : {});
    const data = path.join(directory, 'postgres');
    await writeFile(path.join(data, 'postmaster.pid'), `${other.pid}\n${data}\n0\n54321\n\n127.0.0.1\n`);
    try {
      const server = await startEmbeddedPostgres(directory);
      expect(server.takenOver).toBe(false);
      expect(await ask(server.url, 'SELECT n FROM kept')).toBe(42);
      await server.stop();
    } finally {
      other.kill();
    }
  });

  it('gives the server none of the settings, which hold passwords', async () => {
    process.env['CONTRACTOR_ADMIN_PASSWORD'] = 'mellon';
    const server = await startEmbeddedPostgres(directory);
    delete process.env['CONTRACTOR_ADMIN_PASSWORD'];
    const [pid] = (await readFile(path.join(directory, 'postgres', 'postmaster.pid'), 'utf8')).split('\n');
    expect(await readFile(`/proc/${pid}/environ`, 'utf8')).not.toContain('mellon');
    await server.stop();
  });

  it('says at once where the log is when the server does not come up', async () => {
    await writeFile(path.join(directory, 'postgres', 'postgresql.auto.conf'), 'no such setting');
    await expect(startEmbeddedPostgres(directory)).rejects.toThrow(
      new RegExp(
        `the embedded PostgreSQL ended with 1 \\(FATAL: .*postgresql.auto.conf.*\\); its log is ` +
          path.join(directory, 'postgres', 'log', 'postgres.log'),
      ),
    );
  });
});
