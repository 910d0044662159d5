import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { freePort } from '#testing';
import { nodeFault, nodeNotice, SUPPORTED_NODE } from '#runtime/check-node';

jest.setTimeout(240_000);

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
    expect(out).toMatch(/^Usage: npm start \[-- --demo\]\n/);
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
    ['22.22.3', 'good'],
    ['22.30.0', 'good'],
    ['24.15.0', 'good'],
    ['26.0.0', 'good'],
    ['26.1.0-nightly', 'good'],
    ['28.0.0', 'good'],
    ['20.19.0', 'noticed'],
    ['22.22.2', 'noticed'],
    ['23.11.0', 'noticed'],
    ['24.14.9', 'noticed'],
    ['25.2.0', 'noticed'],
    ['20.18.3', 'refused'],
    ['18.20.8', 'refused'],
    ['8.17.0', 'refused'],
  ])('%s is %s', (version, outcome) => {
    const wanted = 'Node.js 22 (22.22.3 or newer), 24 (24.15.0 or newer) or 26';
    const fault = nodeFault(version);
    expect(fault).toBe(outcome === 'refused' ? `contractor needs ${wanted}; this is ${version}` : undefined);
    const notice = nodeNotice(version);
    if (outcome === 'good') expect(notice).toBeUndefined();
    else expect(notice).toBe(`Node.js ${version} is not supported, though it may do; use ${wanted}`);
    // The check before the build says the same.
    const check = `Object.defineProperty(process.versions, 'node', { value: '${version}' }); require('./scripts/check-node.cjs')`;
    const { status, stderr } = spawnSync(process.execPath, ['-e', check], { encoding: 'utf8' });
    expect([status, stderr === '' ? '' : stderr.split('Node.js ^22')[0]]).toEqual(
      { good: [0, ''], noticed: [0, 'contractor is made for '], refused: [2, 'contractor needs '] }[outcome],
    );
  });

  it('is what package.json and README.md say, and every dependency supports', async () => {
    const { engines } = JSON.parse(await readFile('package.json', 'utf8')) as { engines: { node: string } };
    const lines = SUPPORTED_NODE.map((line, n) => `${n === SUPPORTED_NODE.length - 1 ? '>=' : '^'}${line.join('.')}`);
    expect(engines.node).toBe(lines.join(' || '));
    expect(await readFile('README.md', 'utf8')).toContain('Node.js 22 (22.22.3 or newer), 24 (24.15.0 or newer) or 26');
    expect(SUPPORTED_NODE.map(([line]) => line)).toContain(
      Number(/^ARG BASE=node:(\d+)/m.exec(await readFile('Dockerfile', 'utf8'))?.[1]),
    );
    const { packages } = JSON.parse(await readFile('package-lock.json', 'utf8')) as {
      packages: Readonly<Record<string, { readonly engines?: { readonly node?: string } }>>;
    };
    const semver = createRequire(import.meta.url)('semver') as { satisfies(version: string, range: string): boolean };
    const unsupported = Object.entries(packages).flatMap(([name, one]) =>
      SUPPORTED_NODE.map((line) => line.join('.'))
        .filter((version) => !semver.satisfies(version, one.engines?.node ?? '*'))
        .map((version) => `${name} is not for ${version}`),
    );
    expect(Object.keys(packages).length).toBeGreaterThan(300);
    expect(unsupported).toEqual([]);
  });
});
