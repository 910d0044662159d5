import { expect, it } from '@jest/globals';
import { MAX_OUTPUT, ProgramFailed, runProgram } from './run-program.ts';

const sh = (script: string, timeoutMs = 60_000, signal?: AbortSignal) =>
  runProgram('sh', ['-c', script], { timeoutMs, ...(signal ? { signal } : {}) });

it('tells the exit code and what was written to either stream', async () => {
  expect(await sh('echo out; echo err >&2; exit 3')).toEqual({ code: 3, output: 'out\nerr' });
});

it('gives nothing to read and nothing of our environment', async () => {
  process.env['A_SECRET_OF_THE_TEST'] = 'secret';
  expect(await sh('cat; env')).toMatchObject({ code: 0, output: expect.not.stringContaining('A_SECRET_OF_THE_TEST') });
});

it('keeps the beginning of a long output', async () => {
  const { code, output } = await sh('yes | head -c 1000000');
  expect(code).toBe(0);
  expect(output.length).toBeLessThanOrEqual(MAX_OUTPUT);
});

it('ends what takes too long', async () => {
  await expect(sh('exec sleep 600', 50)).rejects.toThrow(new ProgramFailed('sh did not end within 0.05 s'));
});

it('ends with the signal', async () => {
  const over = new AbortController();
  const running = sh('exec sleep 600', 60_000, over.signal);
  over.abort(new Error('the term is over'));
  await expect(running).rejects.toThrow('the term is over');
});

it('says what is not installed', async () => {
  await expect(runProgram('no-such-program', [], { timeoutMs: 1000 })).rejects.toThrow(
    'no-such-program is not installed',
  );
});
