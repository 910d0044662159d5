import { isDeepStrictEqual } from 'node:util';
import type { FoundationType, ServerHalf } from '#platform';
import { serverHalves } from '#platforms/servers';
import { toJson, type Value } from '#tscript';
import { foundationFixture } from '../libs/platforms/test/foundation-fixture.ts';
import { ScriptHarness } from '../libs/platforms/test/script-harness.suite.ts';

/** A recorded call of a function that wants something of an agent, and what went back and forth. */
export interface WireCase {
  readonly case: string;
  /** One call, at most with its value given to a variable; `foundation.go` stands for the function the case is named after. */
  readonly script: string;
  /** What the script is given. */
  readonly vars?: Readonly<Record<string, unknown>>;
  readonly exchanges: readonly {
    readonly task: { readonly module: string; readonly function: string; readonly paramaters: object };
    readonly result: unknown;
  }[];
  readonly outcome: string;
  readonly script_variables?: Readonly<Record<string, unknown>>;
}

/** Where a call goes otherwise than recorded, and why. */
export interface WireDecision {
  readonly reason: string;
  readonly recorded: string;
  readonly outcome: string;
  /** Its variables in the end, in the place of the recorded ones. */
  readonly variables?: Readonly<Record<string, unknown>>;
  /** Parameters of its tasks, laid over the recorded ones map by map. */
  readonly parameters?: object;
}

/** The decisions by the name of the case, or by `module.function` for calls that were answered and ended as recorded there. */
export type WireDecisions = Readonly<Record<string, WireDecision>>;

/** How a call ended, in the words of the recordings. */
const ENDINGS: Readonly<Record<string, string>> = {
  ended: 'call finished',
  aborted: 'job aborted',
  error: 'job in error',
};

/** A minute: enough for every pause between two tasks of a call. */
const LATER = 60_000;

/** What the last word of a case's name means, where it is no function itself. */
const FUNCTIONS: Readonly<Record<string, string>> = {
  ifmap: 'get_interface_map',
  link: 'link_test',
  off: 'power_off',
  template: 'mark_as_template',
};

/** What a case calls: a function of a module, or of the foundations of a platform. */
export function calledBy({ case: title, script, exchanges }: WireCase) {
  const [, module = '', name = ''] = /\b(\w+)\.(\w+)\(/.exec(script) ?? [];
  if (module !== 'foundation') return { platform: module, name, ofFoundation: false };
  const last = title.split(' ').at(-1) ?? '';
  return { platform: exchanges[0]?.task.module ?? '', name: FUNCTIONS[last] ?? last, ofFoundation: true };
}

/** What has the function a case calls; undefined: nothing has it. */
function playedOn(row: WireCase): { readonly half: ServerHalf; readonly type?: FoundationType } | undefined {
  const { platform, name, ofFoundation } = calledBy(row);
  const half = serverHalves.find((one) => one.name === platform);
  const type = half?.foundationTypes.find(({ functions }) => !ofFoundation || Object.hasOwn(functions, name));
  if (!half || (ofFoundation ? !type : !Object.hasOwn(half.functions, name))) return undefined;
  return { half, ...(type ? { type } : {}) };
}

/** Whether there is something to play a case against. */
export const isPlayable = (row: WireCase): boolean => playedOn(row) !== undefined;

/** The decision a case counts by; undefined: as it was recorded. */
export function decisionOn(row: WireCase, decisions: WireDecisions): WireDecision | undefined {
  const { platform, name, ofFoundation } = calledBy(row);
  const decision = decisions[row.case] ?? (ofFoundation ? undefined : decisions[`${platform}.${name}`]);
  return row.exchanges.length > 0 && decision?.recorded === row.outcome ? decision : undefined;
}

/** Plays a case. @returns where it went otherwise than recorded, or than decided */
export function checkWireCase(row: WireCase, decisions: WireDecisions): string[] {
  const found = playedOn(row);
  if (!found) throw new Error(`nothing to play ${row.case} against`);
  const { half, type } = found;
  const { foundation, config } = foundationFixture(half, type);
  const call = row.script.replace('foundation.go(', `foundation.${calledBy(row).name}(`);
  const play = new ScriptHarness(half, `  ${call}`, type, foundation, { config, vars: row.vars ?? {} });
  let outcome = play.run();
  const decision = decisionOn(row, decisions);
  const differences: string[] = [];
  for (const [n, { task: wanted, result }] of row.exchanges.entries()) {
    play.now = n * LATER;
    const task = play.task();
    const { module, function: name, paramaters: recorded } = wanted;
    const expected = { module, function: name, parameters: laidOver(recorded, decision?.parameters ?? {}) };
    if (!isDeepStrictEqual(task, expected))
      differences.push(`task ${n}: ${JSON.stringify(task)}, not ${JSON.stringify(expected)}`);
    play.answer(result);
    outcome = play.run();
  }
  const wantedOutcome = decision?.outcome ?? row.outcome;
  if ((ENDINGS[outcome.kind] ?? outcome.kind) !== wantedOutcome) {
    differences.push(`outcome: ${JSON.stringify(outcome)}, not ${wantedOutcome}`);
  }
  for (const [name, value] of Object.entries(decision?.variables ?? row.script_variables ?? {})) {
    const variable = play.variables[name] as Value | undefined;
    const given = variable === undefined ? undefined : toJson(variable);
    if (!isDeepStrictEqual(given, value))
      differences.push(`${name}: ${JSON.stringify(given)}, not ${JSON.stringify(value)}`);
  }
  return differences;
}

const isMap = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A map with the entries of another in the place of its own; maps within are laid over in the same way. */
function laidOver(under: object, over: object): object {
  const mine = under as Readonly<Record<string, unknown>>;
  const entries = Object.entries(over).map(([key, value]) => {
    const before = mine[key];
    return [key, isMap(before) && isMap(value) ? laidOver(before, value) : (value as unknown)] as const;
  });
  return { ...under, ...Object.fromEntries(entries) };
}
