import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { freePort } from '#testing';
import { nodeFault, OLDEST_NODE } from '#runtime/check-node';

jest.setTimeout(120_000);

describe('the server', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'contractor-start-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  /** Starts it with these settings and arguments, and waits until it has ended by itself. */
  const ended = async (env: Readonly<Record<string, string>>, ...args: readonly string[]) => {
    const child = spawn(process.execPath, [path.resolve('dist/apps/contractor/src/main.js'), ...args], {
      env: { PATH: process.env['PATH'] ?? '', CONTRACTOR_DATA: directory, ...env },
      cwd: directory,
    });
    const said = { out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, ...said };
  };

  it('names every setting that cannot be used, and makes nothing', async () => {
    const env = { CONTRACTOR_PORT: 'http', EVENT_STORE: 'files', CONTRACTOR_ADMIN_PASSWORD: 'mellon' };
    expect(await ended(env)).toEqual({
      code: 2,
      out: '',
      err: [
        'CONTRACTOR_PORT="http": must be a whole number from 0 to 65535',
        'CONTRACTOR_ADMIN_PASSWORD="…": must have at least 8 characters',
        'EVENT_STORE="files": must be one of postgres, kurrentdb\n',
      ].join('\n'),
    });
    expect(await readdir(directory)).toEqual([]);
  });

  it('says that its port is in use and its database refuses, and makes nothing', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    expect(await ended({ CONTRACTOR_PORT: String(port) })).toEqual({
      code: 2,
      out: '',
      err: `CONTRACTOR_PORT="${port}": is in use on 127.0.0.1\n`,
    });
    const nowhere = await freePort();
    const url = `postgres://u:mellon@127.0.0.1:${nowhere}/c`;
    expect(await ended({ CONTRACTOR_PORT: String(port), DATABASE_URL: url })).toEqual({
      code: 2,
      out: '',
      err:
        `CONTRACTOR_PORT="${port}": is in use on 127.0.0.1\n` +
        `DATABASE_URL="…": cannot be connected to: connect ECONNREFUSED 127.0.0.1:${nowhere}\n`,
    });
    other.close();
    expect(await readdir(directory)).toEqual([]);
  });

  it.each([
    ['/proc/x', 'cannot be made in /proc: no directory can be made there'],
    ['/etc/hostname', 'must be a directory'],
  ])('says at once that %s is no data directory', async (data, rule) => {
    expect(await ended({ CONTRACTOR_DATA: data, CONTRACTOR_PORT: '0' })).toEqual({
      code: 2,
      out: '',
      err: `CONTRACTOR_DATA="${data}": ${rule}\n`,
    });
  });

  it('says that KurrentDB cannot be reached, and makes nothing', async () => {
    const env = {
      CONTRACTOR_PORT: '0',
      EVENT_STORE: 'kurrentdb',
      KURRENTDB_URL: `kurrentdb://u:mellon@127.0.0.1:${await freePort()}?tls=false`,
    };
    const { code, out, err } = await ended(env);
    expect([code, out, err]).toEqual([2, '', expect.stringMatching(/^KURRENTDB_URL="…": .*\n$/)]);
    expect(err).not.toContain('mellon');
    expect(await readdir(directory)).toEqual([]);
  });

  it('says that what should be its key is none', async () => {
    await writeFile(path.join(directory, 'secret.key'), 'mellon');
    const { code, err } = await ended({ CONTRACTOR_PORT: '0' });
    const rule = 'must be 32 bytes, as base64 or hexadecimal text';
    expect([code, err]).toEqual([2, `CONTRACTOR_SECRET_KEY is not set: ${directory}/secret.key: ${rule}\n`]);
    expect(await readdir(directory)).toEqual(['secret.key']);
  });

  it.each([['--help'], ['-h']])('explains itself for %s', async (argument) => {
    const { code, out, err } = await ended({ CONTRACTOR_PORT: 'http' }, argument);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^Usage: npm start\n/);
    expect(out).toContain('  CONTRACTOR_PORT\n');
    expect(out).toContain('Exit codes: 0 it was stopped; 1 it failed; 2 a setting or an argument cannot be used.');
  });

  it('tells its version', async () => {
    const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
    expect(await ended({}, '--version')).toEqual({ code: 0, out: `contractor ${version}\n`, err: '' });
  });

  it.each([
    [['--port', '80'], "Unknown option '--port'"],
    [['--help=1'], "Option '-h, --help' does not take an argument"],
    [['start'], "Unexpected argument 'start'"],
  ])('does not start for %j', async (args, fault) => {
    const { code, out, err } = await ended({}, ...args);
    expect({ code, out, err: err.split('\n') }).toEqual({
      code: 2,
      out: '',
      err: [expect.stringContaining(fault), ''],
    });
    expect(err).toMatch(/; --help says how the server is started\n$/);
    expect(await readdir(directory)).toEqual([]);
  });
});

describe('Node.js', () => {
  it.each([
    ['20.19.0', true],
    ['20.20.2', true],
    ['22.0.0', true],
    ['26.1.0-nightly', true],
    ['20.18.3', false],
    ['18.20.8', false],
    ['8.17.0', false],
  ])('%s will do: %j', (version, good) => {
    const fault = `contractor needs Node.js 20.19 or newer; this is ${version}`;
    expect(nodeFault(version)).toBe(good ? undefined : fault);
  });

  it('is as old as package.json says', async () => {
    const { engines } = JSON.parse(await readFile('package.json', 'utf8')) as { engines: { node: string } };
    expect(engines.node).toBe(`>=${OLDEST_NODE.join('.')}`);
  });

  it('is looked at before anything is built', () => {
    expect(spawnSync(process.execPath, ['scripts/check-node.cjs']).status).toBe(0);
    const old = `Object.defineProperty(process.versions, 'node', { value: '12.1.0' }); require('./scripts/check-node.cjs')`;
    const { status, stderr } = spawnSync(process.execPath, ['-e', old], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([2, 'contractor needs Node.js 20.19 or newer; this is 12.1.0\n']);
  });
});
