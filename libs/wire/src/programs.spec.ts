import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { installText, missingPrograms } from './programs.ts';

const needed = (program: string) => ({ program, package: `${program}-package` });

describe('programs that are needed', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'programs-'));
    await writeFile(path.join(directory, 'there'), '');
    await chmod(path.join(directory, 'there'), 0o755);
    await writeFile(path.join(directory, 'text'), '');
    await chmod(path.join(directory, 'text'), 0o644);
  });
  afterAll(() => rm(directory, { recursive: true }));

  it.each([
    ['in one of the directories', () => `/nowhere::${directory}`, ['text', 'gone']],
    ['in none', () => '/nowhere', ['there', 'text', 'gone']],
    ['on no path', () => '', ['there', 'text', 'gone']],
  ])('are looked for %s; a file nobody may run is none', async (_, searchPath, missing) => {
    const found = await missingPrograms(['there', 'text', 'gone'].map(needed), searchPath());
    expect(found).toEqual(missing.map(needed));
  });

  it('are named with what to install', () => {
    expect(installText([needed('ping'), needed('ssh')], 'a1')).toBe(
      'the program "ping" is not on the agent a1: install the package ping-package; the program "ssh" is not on the agent a1: install the package ssh-package',
    );
  });
});
