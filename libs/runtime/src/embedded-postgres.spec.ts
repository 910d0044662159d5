import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Client } from 'pg';
import { startEmbeddedPostgres } from './embedded-postgres.ts';

jest.setTimeout(30_000);

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
    import { startEmbeddedPostgres } from ${JSON.stringify(path.resolve('dist/libs/runtime/src/embedded-postgres.js'))};
    const { url } = await startEmbeddedPostgres(${JSON.stringify(directory)});
    process.stdout.write(url);
    setInterval(() => {}, 1000);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [url] = (await once(child.stdout, 'data')) as [Buffer];
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
    const reports: string[] = [];
    const server = await startEmbeddedPostgres(directory, ({ message }) => void reports.push(message));
    const [pid] = (await readFile(path.join(directory, 'postgres', 'postmaster.pid'), 'utf8')).split('\n');
    process.kill(Number(pid), 'SIGKILL');
    while ((await ask(server.url, 'SELECT n FROM kept').catch(() => undefined)) !== 42) await sleep(50);
    expect(reports[0]).toBe('the embedded PostgreSQL ended by itself');
    await server.stop();
    expect(await locked(directory)).toBe(false);
  });

  it.each([
    ['is gone', 999_999_999],
    ['was another process, which has its number now', process.pid],
  ])('does not mind the lock file of a server that %s', async (_, pid) => {
    const lock = path.join(directory, 'postgres', 'postmaster.pid');
    await writeFile(lock, `${pid}\n${path.dirname(lock)}\n0\n54321\n\n127.0.0.1\n`);
    const server = await startEmbeddedPostgres(directory);
    expect(server.takenOver).toBe(false);
    expect(await ask(server.url, 'SELECT n FROM kept')).toBe(42);
    await server.stop();
  });

  it('says at once where the log is when the server does not come up', async () => {
    await writeFile(path.join(directory, 'postgres', 'postgresql.auto.conf'), 'no such setting');
    await expect(startEmbeddedPostgres(directory)).rejects.toThrow(
      `the embedded PostgreSQL ended with 1; its log is ${path.join(directory, 'postgres', 'log', 'postgres.log')}`,
    );
  });
});
