import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '#testing';
import { ProgramLauncher } from './launcher.ts';
import type { ProgramOptions } from './program.ts';
import { MAX_OUTPUT, ProgramFailed } from './program.ts';

let launcher: ProgramLauncher;
let directory: string;
beforeEach(async () => {
  launcher = new ProgramLauncher();
  directory = await mkdtemp(path.join(os.tmpdir(), 'launcher-'));
});
afterEach(async () => {
  await launcher.stop();
  await rm(directory, { recursive: true });
});

const sh = (script: string, options: Partial<ProgramOptions> = {}) =>
  launcher.run('sh', ['-c', script], { timeoutMs: 60_000, cwd: directory, ...options });
/** Whether a process runs; one that has ended may wait for whoever inherited it to look at its end. */
const isThere = (pid: number): boolean => {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
};
/** The process ids a script has written into a file, one a line. */
const pidsIn = async (file: string, count: number): Promise<number[]> => {
  let pids: number[] = [];
  await until(async () => {
    const text = await readFile(path.join(directory, file), 'utf8').catch(() => '');
    pids = text.split('\n').filter(Boolean).map(Number);
    return pids.length === count;
  });
  return pids;
};
const allGone = (pids: readonly number[]) => until(() => !pids.some(isThere));

/** A program whose child outlives it, unless its whole group is killed; both have written down their ids. */
const FAMILY = 'sleep 600 & echo $! >> pids; echo $$ >> pids; wait';

describe('a program', () => {
  it('tells its exit code and what it wrote to each stream', async () => {
    expect(await sh('echo out; echo err >&2; exit 3')).toEqual({
      code: 3,
      signal: null,
      stdout: 'out\n',
      stderr: 'err\n',
      cut: false,
    });
  });

  it('gets its arguments as they are, without a shell', async () => {
    const args = ['%s|', '$HOME; echo x', '', 'a b', '*', 'ü'];
    const { stdout } = await launcher.run('printf', args, { timeoutMs: 60_000 });
    expect(stdout).toBe('$HOME; echo x||a b|*|ü|');
  });

  it('reads what it is given, and may leave it', async () => {
    const input = 'password\n'.repeat(100_000);
    expect(await sh('wc -c', { input })).toMatchObject({ code: 0, stdout: expect.stringContaining('900000') });
    expect(await sh('exit 0', { input })).toMatchObject({ code: 0 });
    expect(await sh('cat')).toMatchObject({ code: 0, stdout: '' });
  });

  it('has nothing of our environment but the search path', async () => {
    process.env['A_SECRET_OF_THE_TEST'] = 'secret';
    const { stdout } = await sh('env', { env: { OF_ITS_OWN: '1' } });
    delete process.env['A_SECRET_OF_THE_TEST'];
    const names = stdout
      .trim()
      .split('\n')
      .map((line) => line.split('=')[0]);
    // A shell adds what it works in.
    const own = names.filter((name) => name !== 'PWD' && name !== '_' && name !== 'SHLVL');
    expect(new Set(own)).toEqual(new Set(['LC_ALL', 'OF_ITS_OWN', 'PATH']));
  });

  it('is told with the signal that ended it', async () => {
    expect(await sh('kill -SEGV $$')).toMatchObject({ code: null, signal: 'SIGSEGV' });
  });

  it('has the beginning of its output kept, and goes on', async () => {
    const { code, stdout, stderr, cut } = await sh('yes | head -c 3000000; yes | head -c 500000 >&2; exit 7');
    expect({ code, cut }).toEqual({ code: 7, cut: true });
    expect([stdout.length, stderr.length]).toEqual([MAX_OUTPUT, MAX_OUTPUT]);
    expect(await sh('echo 12345', { maxOutput: 3 })).toMatchObject({ stdout: '123', cut: true });
    expect(await sh('printf 123', { maxOutput: 3 })).toMatchObject({ stdout: '123', cut: false });
  });

  it('that takes too long is killed with its whole group', async () => {
    const late = sh(FAMILY, { timeoutMs: 1000 });
    const pids = await pidsIn('pids', 2);
    await expect(late).rejects.toThrow(new ProgramFailed('late', 'sh did not end within 1 s'));
    await allGone(pids);
  });

  it('ends with the signal, with its whole group', async () => {
    const over = new AbortController();
    const running = sh(FAMILY, { signal: over.signal });
    const pids = await pidsIn('pids', 2);
    over.abort(new Error('the term is over'));
    await expect(running).rejects.toThrow('the term is over');
    await allGone(pids);
    await expect(sh('true', { signal: over.signal })).rejects.toThrow('the term is over');
  });

  it('leaves nothing behind in its group', async () => {
    expect(await sh('sleep 600 & echo $! >> pids')).toMatchObject({ code: 0 });
    await allGone(await pidsIn('pids', 1));
  });

  it('has ended though a descendant that left its group holds its output open', async () => {
    expect(
      await sh(
        'setsid sh -c "echo \\$\\$ >> pids; exec sleep 600" & while ! [ -s pids ]; do sleep 0.01; done; echo done',
      ),
    ).toMatchObject({
      stdout: 'done\n',
    });
    for (const pid of await pidsIn('pids', 1)) process.kill(pid, 'SIGKILL');
  });

  it.each([
    ['no-such-program', [], {}, 'missing', /^no-such-program is not installed$/],
    ['/', [], {}, 'not-started', /^\/ cannot be run: .*EACCES/],
    ['echo', ['a\0b'], {}, 'not-started', /^echo cannot be run: .*null bytes/],
    ['echo', ['x'.repeat(3_000_000)], {}, 'not-started', /^echo cannot be run: .*E2BIG/],
  ] as const)('that cannot be started is told: %s', async (program, args, options, kind, message) => {
    const running = launcher.run(program, args, { timeoutMs: 60_000, ...options });
    await expect(running).rejects.toMatchObject({ kind, message: expect.stringMatching(message) });
    expect(await sh('true')).toMatchObject({ code: 0 });
  });
});

describe('the launcher', () => {
  it('starts many programs at a time, and each gets its own answer', async () => {
    const all = Array.from({ length: 60 }, async (_, n) => (await sh(`echo ${n}`)).stdout);
    expect(await Promise.all(all)).toEqual(Array.from({ length: 60 }, (_, n) => `${n}\n`));
  });

  it('runs no more than its bound at a time, the others in their order', async () => {
    launcher = new ProgramLauncher({ maxRunning: 1 });
    const first = sh('mkfifo pipe; cat pipe >> order');
    const given = new AbortController();
    const second = sh('echo second >> order', { signal: given.signal });
    const third = sh('echo third >> order');
    given.abort(new Error('not wanted any more'));
    await expect(second).rejects.toThrow('not wanted any more');
    await until(() => existsSync(path.join(directory, 'pipe')));
    await writeFile(path.join(directory, 'pipe'), 'first\n');
    expect([await first, await third].map(({ code }) => code)).toEqual([0, 0]);
    expect(await readFile(path.join(directory, 'order'), 'utf8')).toBe('first\nthird\n');
  });

  it('that dies takes its programs with it, says so, and is followed by another', async () => {
    const running = sh(FAMILY);
    const pids = await pidsIn('pids', 2);
    const { pid } = launcher;
    process.kill(pid!, 'SIGKILL');
    await expect(running).rejects.toMatchObject({
      kind: 'lost',
      message: 'the process that starts programs ended (SIGKILL)',
    });
    await allGone(pids);
    expect(await sh('echo again')).toMatchObject({ stdout: 'again\n' });
    expect(launcher.pid).not.toBe(pid);
  });

  it('that hangs is killed, and followed by another', async () => {
    launcher = new ProgramLauncher({ answerWithinMs: 100 });
    await sh('true');
    process.kill(launcher.pid!, 'SIGSTOP');
    await expect(sh('true', { timeoutMs: 10 })).rejects.toMatchObject({ kind: 'lost' });
    expect(await sh('echo again')).toMatchObject({ stdout: 'again\n' });
  });

  it('is stopped with what it runs', async () => {
    const running = sh(FAMILY);
    const pids = await pidsIn('pids', 2);
    const { pid } = launcher;
    const lost = expect(running).rejects.toMatchObject({ kind: 'lost' });
    await launcher.stop();
    await lost;
    await allGone([...pids, pid!]);
  });

  it('does not keep its master running, and goes with it however it ends, with what it has started', async () => {
    const script = (rest: string) => `
      import { ProgramLauncher } from ${JSON.stringify(new URL('./launcher.ts', import.meta.url).href)};
      const launcher = new ProgramLauncher();
      await launcher.run('true', [], { timeoutMs: 60000 });
      console.log(launcher.pid);
      ${rest}`;
    const master = (rest: string) =>
      spawn(
        process.execPath,
        ['--conditions=development', '--import', './scripts/typescript.mjs', '--input-type=module', '-e', script(rest)],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
    const firstLine = async (child: ReturnType<typeof master>) => Number(String((await once(child.stdout, 'data'))[0]));

    const ending = master('');
    const ended = once(ending, 'exit');
    const idle = await firstLine(ending);
    expect(await ended).toEqual([0, null]);
    await allGone([idle]);

    const file = path.join(directory, 'pids');
    const family = JSON.stringify(FAMILY.replaceAll('pids', file));
    const killed = master(`await launcher.run('sh', ['-c', ${family}], { timeoutMs: 600000 });`);
    const busy = await firstLine(killed);
    const pids = await pidsIn('pids', 2);
    // Signals that reach a whole service do not end it before its master does.
    process.kill(busy, 'SIGTERM');
    process.kill(busy, 'SIGINT');
    expect([busy, ...pids].map(isThere)).toEqual([true, true, true]);
    killed.kill('SIGKILL');
    await allGone([busy, ...pids]);
  });
});
