import { isDeepStrictEqual } from 'node:util';
import { serverHalves } from '#platforms/servers';
import { ScriptHarness } from '../libs/platforms/test/script-harness.suite.ts';

/** A recorded call of a function that wants something of an agent, and what went back and forth. */
export interface WireCase {
  readonly case: string;
  /** One call, at most with its value given to a variable. */
  readonly script: string;
  readonly exchanges: readonly {
    readonly task: { readonly module: string; readonly function: string; readonly paramaters: unknown };
    readonly result: unknown;
  }[];
  readonly outcome: string;
  readonly script_variables?: Readonly<Record<string, unknown>>;
}

/** A minute: enough for every pause between two tasks of a call. */
const LATER = 60_000;

/** The half that has the function a case calls; undefined: there is none yet. */
const halfOf = ({ script }: WireCase) => {
  const [, module, name = ''] = /\b(\w+)\.(\w+)\(/.exec(script) ?? [];
  return serverHalves.find((half) => half.name === module && Object.hasOwn(half.functions, name));
};

/** Whether there is something to play a case against. */
export const isPlayable = (row: WireCase): boolean => halfOf(row) !== undefined;

/** Plays a case. @returns where it went otherwise than recorded */
export function checkWireCase(row: WireCase): string[] {
  const half = halfOf(row);
  if (!half) throw new Error(`nothing to play ${row.case} against`);
  const play = new ScriptHarness(half, `  ${row.script}`);
  let outcome = play.run();
  const differences: string[] = [];
  for (const [n, { task: wanted, result }] of row.exchanges.entries()) {
    play.now = n * LATER;
    const task = play.task();
    const { module, function: name, paramaters: parameters } = wanted;
    const expected = { module, function: name, parameters };
    if (!isDeepStrictEqual(task, expected))
      differences.push(`task ${n}: ${JSON.stringify(task)}, not ${JSON.stringify(expected)}`);
    play.answer(result);
    outcome = play.run();
  }
  const ended = { ended: 'call finished', aborted: 'job aborted' }[outcome.kind as string] ?? outcome.kind;
  if (ended !== row.outcome) differences.push(`outcome: ${JSON.stringify(outcome)}, not ${row.outcome}`);
  for (const [name, value] of Object.entries(row.script_variables ?? {})) {
    const found = play.variables[name];
    if (!isDeepStrictEqual(found, value))
      differences.push(`${name}: ${JSON.stringify(found)}, not ${JSON.stringify(value)}`);
  }
  return differences;
}
