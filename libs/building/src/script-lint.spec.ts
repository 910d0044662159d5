import { expect, it } from '@jest/globals';
import type { Call } from '#api';
import type { ServerHalf } from '#platform';
import { MAX_LINTED, scriptLint } from './script-lint.api.ts';

const lab = { name: 'lab', foundationTypes: [], functions: { work: {} } } as unknown as ServerHalf;
const { run } = scriptLint([lab]).actions!['lint']!;
const faultsOf = async (script: string) => {
  const ask = 'query' in run ? run.query : undefined;
  const answer = await ask?.(undefined, { script }, {} as Call);
  return (answer as { faults: { severity: string; kind: string; line: number; column: number }[] }).faults.map(
    ({ severity, kind, line, column }) => [severity, kind, line, column],
  );
};

it('a script that is well says nothing', async () => {
  expect(
    await faultsOf(
      'size = config.size\nlab.work( number=size )\nfoundation.power_on()\nsignaling.reset( pxe_name="x" )\n',
    ),
  ).toEqual([]);
});

it.each([
  ['lab.play()\n', [['error', 'unknown-function', 1, 1]]],
  ['size = 1\nlob.work()\n', [['error', 'unknown-module', 2, 1]]],
  ['lab.work( number=size )\n', [['warning', 'unassigned', 1, 18]]],
  ['size = \n', [['error', 'syntax', 1, 8]]],
])('what is wrong with %j is told with its place', async (script, faults) => {
  expect(await faultsOf(script)).toEqual(faults);
});

it('one that is too long is not looked at, and it is said so', async () => {
  expect(await faultsOf('a'.repeat(MAX_LINTED + 1))).toEqual([['warning', 'length', 1, 1]]);
});
