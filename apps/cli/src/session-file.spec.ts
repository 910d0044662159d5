import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SessionFile } from './session-file.ts';

const ONE = 'http://one:8080';
const OTHER = 'http://other:8080';
const session = { user: 'alice', token: 'abc' };

describe('the file of sessions', () => {
  let directory: string;
  let file: SessionFile;
  beforeEach(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'contractor-cli-'));
    file = new SessionFile({ XDG_CONFIG_HOME: directory });
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('keeps one for each server', async () => {
    expect(await file.get(ONE)).toBeUndefined();
    await file.set(ONE, session);
    await file.set(OTHER, { user: 'bob', token: 'def' });
    expect(await new SessionFile({ XDG_CONFIG_HOME: directory }).get(ONE)).toEqual(session);
    await file.set(ONE, undefined);
    expect(await file.get(ONE)).toBeUndefined();
    expect(await file.get(OTHER)).toEqual({ user: 'bob', token: 'def' });
  });

  it('is for its owner alone, whatever it was before', async () => {
    await file.set(ONE, session);
    const name = path.join(directory, 'contractor', 'session.json');
    const modes = async () => [(await stat(path.dirname(name))).mode & 0o777, (await stat(name)).mode & 0o777];
    expect(await modes()).toEqual([0o700, 0o600]);
    await rm(name);
    await writeFile(name, '{}', { mode: 0o644 });
    await file.set(ONE, session);
    expect(await modes()).toEqual([0o700, 0o600]);
    expect(await readdir(path.dirname(name))).toEqual(['session.json']);
  });

  it('says what to do when it is spoilt', async () => {
    await file.set(ONE, session);
    await writeFile(path.join(directory, 'contractor', 'session.json'), '{');
    await expect(file.get(ONE)).rejects.toThrow('remove it and log in again');
  });

  it('stands in ~/.config unless said otherwise', async () => {
    await new SessionFile({ HOME: directory, XDG_CONFIG_HOME: '' }).set(ONE, session);
    expect(await readdir(path.join(directory, '.config', 'contractor'))).toEqual(['session.json']);
  });
});
