import { isDeepStrictEqual } from 'node:util';
import { serverHalves } from '#platforms/servers';
import { toJson, type Value } from '#tscript';
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

/** Where calls of a function that were answered end otherwise than recorded, and why: by `module.function`. */
export type WireDecisions = Readonly<
  Record<string, { readonly reason: string; readonly recorded: string; readonly outcome: string }>
>;

/** How a call ended, in the words of the recordings. */
const ENDINGS: Readonly<Record<string, string>> = {
  ended: 'call finished',
  aborted: 'job aborted',
  error: 'job in error',
};

/** A minute: enough for every pause between two tasks of a call. */
const LATER = 60_000;

/** What a case calls. */
const calledBy = ({ script }: WireCase) => {
  const [, module = '', name = ''] = /\b(\w+)\.(\w+)\(/.exec(script) ?? [];
  return { module, name };
};

/** The half that has the function a case calls; undefined: there is none yet. */
const halfOf = (row: WireCase) => {
  const { module, name } = calledBy(row);
  return serverHalves.find((half) => half.name === module && Object.hasOwn(half.functions, name));
};

/** Whether there is something to play a case against. */
export const isPlayable = (row: WireCase): boolean => halfOf(row) !== undefined;

/** The decision a case counts by; undefined: as it was recorded. */
export function decisionOn(row: WireCase, decisions: WireDecisions): WireDecisions[string] | undefined {
  const { module, name } = calledBy(row);
  const decision = decisions[`${module}.${name}`];
  return row.exchanges.length > 0 && decision?.recorded === row.outcome ? decision : undefined;
}

/** Plays a case. @returns where it went otherwise than recorded, or than decided */
export function checkWireCase(row: WireCase, decisions: WireDecisions): string[] {
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
  const wantedOutcome = decisionOn(row, decisions)?.outcome ?? row.outcome;
  if ((ENDINGS[outcome.kind] ?? outcome.kind) !== wantedOutcome) {
    differences.push(`outcome: ${JSON.stringify(outcome)}, not ${wantedOutcome}`);
  }
  for (const [name, value] of Object.entries(row.script_variables ?? {})) {
    const variable = play.variables[name] as Value | undefined;
    const found = variable === undefined ? undefined : toJson(variable);
    if (!isDeepStrictEqual(found, value))
      differences.push(`${name}: ${JSON.stringify(found)}, not ${JSON.stringify(value)}`);
  }
  return differences;
}
