import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Limit, OverLimit } from '../scripts/bench/limit.ts';

jest.setTimeout(240_000);

/** What stands in several folders is there once. */
const ignored = (): void => undefined;
const never = new Promise<never>(() => undefined);

describe('the limit of a bench', () => {
  it('lets steps end in time', async () => {
    const limit = new Limit(600);
    expect(await limit.step('counting', async () => 7)).toBe(7);
    await expect(limit.step('failing', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  });

  it('ends what stands still, and says where', async () => {
    const limit = new Limit(0.05);
    const text = 'stopped after 0.05 s (--limit), while waiting for nothing';
    await expect(limit.step('waiting for nothing', () => never)).rejects.toEqual(new OverLimit(text));
    await expect(limit.step('going on', () => never)).rejects.toThrow('while going on');
  });
});

describe('a bench', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'contractor-bench-spec-'));
    // The account of PostgreSQL looks into it.
    await chmod(directory, 0o755);
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const bench = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const child = spawn(
      process.execPath,
      ['--conditions=development', '--import', './scripts/typescript.mjs', 'scripts/bench/main.ts', ...args],
      { env: { PATH: process.env['PATH'] ?? '', HOME: directory, TMPDIR: directory, ...env } },
    );
    const said = { out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, ...said };
  };

  it('is over when its time is, and leaves nothing behind', async () => {
    const { code, out, err } = await bench(['thread', '3', '--limit', '0.001']);
    expect({ code, out, err }).toEqual({
      code: 1,
      out: '',
      err: 'thread: stopped after 0.001 s (--limit), while logging in\n',
    });
    expect((await readdir(directory)).filter((name) => name.startsWith('contractor-bench-'))).toEqual([]);
  });

  it('says why its jobs do not end', async () => {
    // A machine that has everything but ping.
    const programs = path.join(directory, 'programs');
    await mkdir(programs);
    for (const folder of (process.env['PATH'] ?? '').split(':')) {
      for (const name of await readdir(folder).catch(() => [])) {
        if (!/^ping[46]?$/.test(name)) await symlink(path.join(folder, name), path.join(programs, name)).catch(ignored);
      }
    }
    const { code, err } = await bench(['thread', '3'], { PATH: programs });
    expect(code).toBe(1);
    expect(err).toMatch(
      /^thread: Error: \d jobs are left, and \/api\/v1\/Foreman\/FoundationJob:\d: is in error: .*"ping" is not/,
    );
  });

  it.each([[['nosuch']], [[]], [['thread', '--limit', 'soon']]])('is asked for by its name: %j', async (args) => {
    const { code, err } = await bench(args);
    expect(code).toBe(2);
    expect(err).toMatch(/^npm run bench -- <thread \| requests \| .*> \[--limit SECONDS\]\n$/);
  });
});
