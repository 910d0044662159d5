import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, utimesSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { freePort, until } from '#testing';

jest.setTimeout(240_000);

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'contractor-dev-'));
  await chmod(directory, 0o755);
});
afterEach(() => rm(directory, { recursive: true, force: true }));

it('npm run dev starts the server again when the build changes, and leaves nothing behind after Ctrl-C', async () => {
  const { scripts } = JSON.parse(await readFile('package.json', 'utf8')) as { scripts: { dev: string } };
  expect(scripts.dev).toBe('npm run --silent build && node scripts/dev.mjs');
  // A compiler that compiles nothing: other specs use the build.
  const child = spawn(process.execPath, ['scripts/dev.mjs', process.execPath, '-e', 'setInterval(() => {}, 1e6)'], {
    env: { PATH: process.env['PATH'] ?? '', CONTRACTOR_DATA: directory, CONTRACTOR_PORT: String(await freePort()) },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const listened = (times: number) => () => output.split('contractor listens').length > times;
  try {
    await until(listened(1));
    const now = new Date();
    utimesSync('dist/apps/contractor/src/main.js', now, now);
    await until(listened(2));
    const postmaster = path.join(directory, 'postgres', 'postmaster.pid');
    expect(existsSync(postmaster)).toBe(true);
    const [postgres] = (await readFile(postmaster, 'utf8')).split('\n');

    const ended = once(child, 'close');
    // The terminal tells everybody in the foreground, and npm tells the script once more.
    process.kill(-(child.pid ?? 0), 'SIGINT');
    child.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
    expect(existsSync(postmaster)).toBe(false);
    expect(() => process.kill(Number(postgres), 0)).toThrow('ESRCH');
  } finally {
    child.kill('SIGTERM');
  }
});

it('the Nest CLI finds the server where it was built, and starts it by its build', async () => {
  const { exec, entryFile } = JSON.parse(await readFile('nest-cli.json', 'utf8')) as Record<string, string>;
  // As `nest start` does, in a shell.
  const child = spawn(`${exec} --enable-source-maps ${path.join('dist', `${entryFile}.js`)}`, {
    env: { PATH: process.env['PATH'] ?? '', CONTRACTOR_DATA: directory, CONTRACTOR_PORT: String(await freePort()) },
    detached: true,
    shell: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const ended = once(child, 'close');
  try {
    await until(() => output.includes('contractor listens'));
  } finally {
    process.kill(-(child.pid ?? 0), 'SIGTERM');
    await ended;
  }
  expect(output).not.toContain('stopping went wrong');
});
