import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '#testing';
import { ToldFile } from './told-file.ts';

/** A program that says when it begins, and whenever it is told. */
const PROGRAM = "process.on('SIGHUP', () => console.log('told')); process.stdin.resume(); console.log('here');";

describe('a configuration of another program', () => {
  let folder: string;
  let program: ChildProcessWithoutNullStreams;
  let told = 0;
  const inFolder = (name: string) => path.join(folder, name);
  const written = () => new ToldFile({ file: inFolder('conf'), pidFile: inFolder('pid') });
  const isTold = (times: number) => until(async () => told === times);
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'contractor-told-'));
    program = spawn(process.execPath, ['-e', PROGRAM]);
    createInterface(program.stdout).on('line', (line) => {
      if (line === 'told') told += 1;
    });
    await once(program.stdout, 'data');
  });
  afterAll(async () => {
    program.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });
  beforeEach(async () => {
    told = 0;
    await writeFile(inFolder('pid'), `${program.pid}\n`);
    await rm(inFolder('conf'), { force: true });
  });

  it('is told when it changes, and once after a start', async () => {
    const file = written();
    expect(await file.write('one')).toBe(true);
    expect(await file.write('one')).toBe(false);
    await isTold(1);
    expect(await file.write('two')).toBe(true);
    await isTold(2);
    expect(await written().write('two')).toBe(false);
    await isTold(3);
    expect(await readFile(inFolder('conf'), 'utf8')).toBe('two');
  });

  it('is told again until that is possible', async () => {
    await rm(inFolder('pid'));
    const file = written();
    await expect(file.write('one')).rejects.toThrow('ENOENT');
    await expect(file.write('one')).rejects.toThrow('ENOENT');
    await writeFile(inFolder('pid'), String(program.pid));
    expect(await file.write('one')).toBe(false);
    await isTold(1);
  });

  it('is only written where nobody is to be told', async () => {
    const file = new ToldFile({ file: inFolder('conf'), pidFile: undefined });
    expect(await file.write('one')).toBe(true);
    expect(await file.write('one')).toBe(false);
  });
});
