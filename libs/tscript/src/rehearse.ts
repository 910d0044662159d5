/**
 * Rehearsals: a script is run against a table of answers instead of a host, and everything it does outside is noted.
 * A noted run can be held against a changed script later.
 */
import type { ExternalFunction, Host, HostFunction, HostMember, HostModule } from './host.ts';
import { fromJson, sameJson, toTaggedJson } from './json.ts';
import { begin, variables } from './machine.ts';
import type { Outcome } from './outcome.ts';
import type { Program } from './program.ts';
import { run } from './run.ts';
import type { PassOptions } from './running.ts';
import { ExecutionError, LanguageFault, ParameterError, Pause, Unrecoverable } from './signals.ts';
import { textOf } from './text.ts';
import type { Value } from './values.ts';

/** What a call is answered with; `pause` and `error` stop the script, `fault` ends it. */
export type Answer =
  { readonly value: unknown } | { readonly pause: string } | { readonly error: string } | { readonly fault: string };

/** An answer to the next call of `module.function`; with `parameters` only if those are given so. */
export interface AnswerRow {
  readonly call: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly answer: Answer;
  /** Answers every further call too. */
  readonly repeat?: boolean;
}

/** A table of answers: variables given, values of modules by `module.name`, and calls in order. All JSON. */
export interface Answers {
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly values?: Readonly<Record<string, unknown>>;
  readonly calls?: readonly AnswerRow[];
}

/** One thing a script did outside of itself, or at which it stopped. `variables` are those before it. */
export type TraceEntry =
  | {
      readonly kind: 'call';
      readonly line: number;
      readonly name: string;
      readonly parameters: unknown;
      readonly variables: Readonly<Record<string, unknown>>;
      readonly answer: Answer | null;
    }
  | { readonly kind: 'read'; readonly line: number; readonly name: string; readonly value: unknown }
  | { readonly kind: 'write'; readonly line: number; readonly name: string; readonly value: unknown }
  | { readonly kind: 'stop'; readonly line: number; readonly outcome: Outcome['kind']; readonly message: string };

/** What a rehearsal led to. */
export interface Rehearsal {
  readonly trace: readonly TraceEntry[];
  readonly outcome: Outcome;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Answers what a script asks. */
export interface Prompter {
  /** The answer to a call; undefined when there is none. */
  answer(name: string, parameters: unknown, line: number): Answer | undefined;
  /** Whether a value of a module exists, and what it is. */
  has(name: string): boolean;
  read(name: string, line: number): unknown;
  /** Told of every change of a value and of every stop. */
  wrote?(name: string, value: unknown, line: number): void;
  stopped?(outcome: Outcome, line: number): void;
}

/** How often a rehearsal goes on after a stop before it is given up. */
const mostPasses = 1000;

/** Instructions without stopping after which a rehearsal is given up. */
const longestRun = 500_000;

/** Runs a program against a table of answers. Pauses and errors are resumed, delays take no time. */
export function rehearse(program: Program, answers: Answers = {}): Rehearsal {
  return perform(program, tablePrompter(answers), answers.variables);
}

/** Runs a program against whatever answers it. */
export function perform(program: Program, prompter: Prompter, given: Answers['variables'] = {}): Rehearsal {
  const stage: Stage = { trace: [], prompter, variables: new Map() };
  const host = stageHost(program, stage);
  let [now, cookies] = [0, 0];
  let machine = begin(program, given);
  let outcome: Outcome = { kind: 'yielded', message: '' };
  for (let pass = 0; pass < mostPasses; pass += 1) {
    const newCookie = (): string => `rehearsal-${(cookies += 1)}`;
    const trace: PassOptions['trace'] = (step) => void (stage.variables = step.variables);
    ({ machine, outcome } = run(machine, program, host, { now, newCookie, trace, total: longestRun }));
    if (outcome.kind === 'ended') break;
    if (outcome.kind === 'yielded') continue;
    const { line } = machine;
    stage.trace.push({ kind: 'stop', line, outcome: outcome.kind, message: outcome.message });
    prompter.stopped?.(outcome, line);
    if (outcome.kind === 'aborted' || (outcome.kind === 'error' && outcome.reason === 'limit')) break;
    if (outcome.kind === 'waiting') now = Math.max(now, outcome.wakeAt ?? now);
  }
  return { trace: stage.trace, outcome, variables: jsonOf(Object.entries(variables(machine))) };
}

interface Stage {
  readonly trace: TraceEntry[];
  readonly prompter: Prompter;
  variables: ReadonlyMap<string, Value>;
}

function jsonOf(entries: Iterable<readonly [string, Value]>): Record<string, unknown> {
  return Object.fromEntries([...entries].map(([name, value]) => [name, shownJson(value)]));
}

/** A value as JSON; what has no form as JSON, such as an array that holds itself, as text (`[1, [...]]`). */
function shownJson(value: Value): unknown {
  try {
    return toTaggedJson(value);
  } catch (thrown) {
    if (thrown instanceof LanguageFault) return textOf(value);
    throw thrown;
  }
}

/** What a function is given, as JSON; it cannot be given what has no form as JSON. */
function parametersOf(given: Readonly<Record<string, Value>>, line: number): Record<string, unknown> {
  const entries = Object.entries(given).map(([name, value]) => {
    try {
      return [name, toTaggedJson(value)] as const;
    } catch (thrown) {
      throw thrown instanceof LanguageFault ? new ParameterError(name, thrown.message, line) : thrown;
    }
  });
  return Object.fromEntries(entries);
}

/** Modules in which every function that a program mentions exists, and every value that the prompter has. */
function stageHost(program: Program, stage: Stage): Host {
  const functions = new Map<string, Record<string, HostFunction>>();
  const members = new Map<string, Set<string>>();
  for (const [operation, module, name] of program.code) {
    if (typeof module !== 'string' || typeof name !== 'string') continue;
    const called = functions.get(module) ?? {};
    const mentioned = members.get(module) ?? new Set();
    if (operation === 'call') called[name] = stageFunction(`${module}.${name}`, stage);
    else mentioned.add(name);
    functions.set(module, called);
    members.set(module, mentioned);
  }
  return {
    module(name): HostModule | undefined {
      const [called, mentioned = []] = [functions.get(name), members.get(name)];
      if (called === undefined) return undefined;
      const known = [...mentioned].map((member) => [member, stageMember(`${name}.${member}`, stage)] as const);
      return {
        functions: called,
        members: Object.fromEntries(known.filter(([, member]) => member !== undefined)) as Members,
      };
    },
  };
}

type Members = NonNullable<HostModule['members']>;

function stageMember(name: string, { prompter, trace }: Stage): HostMember | undefined {
  if (!prompter.has(name)) return undefined;
  return {
    get({ place: line }) {
      const value = prompter.read(name, line);
      trace.push({ kind: 'read', line, name, value });
      return value;
    },
    set(written, _effects, { place: line }) {
      const value = toTaggedJson(written);
      prompter.wrote?.(name, value, line);
      trace.push({ kind: 'write', line, name, value });
    },
  };
}

function stageFunction(name: string, stage: Stage): ExternalFunction<Answer> {
  return {
    kind: 'external',
    setup(given, { place: line }) {
      const parameters = parametersOf(given, line);
      const answer = stage.prompter.answer(name, parameters, line) ?? null;
      stage.trace.push({ kind: 'call', line, name, parameters, variables: jsonOf(stage.variables), answer });
      if (answer === null) throw new Unrecoverable(`there is no answer for ${name} on line ${line}`);
      if ('pause' in answer) throw new Pause(answer.pause);
      return answer;
    },
    done: () => true,
    value(answer) {
      if ('error' in answer) return new ExecutionError(answer.error);
      if ('fault' in answer) return new Unrecoverable(answer.fault);
      return 'value' in answer ? answer.value : null;
    },
  };
}

/** Answers from a table: each row once and in order, unless it repeats. What was written is read again. */
function tablePrompter({ values = {}, calls = [] }: Answers): Prompter {
  const rows = [...calls];
  const held = new Map(Object.entries(values));
  return {
    answer(name, parameters) {
      const at = rows.findIndex((row) => row.call === name && fits(row.parameters, parameters));
      const row = rows[at];
      if (row !== undefined && row.repeat !== true) rows.splice(at, 1);
      return row?.answer;
    },
    has: (name) => held.has(name),
    read: (name) => held.get(name),
    wrote: (name, value) => void held.set(name, value),
  };
}

function fits(wanted: AnswerRow['parameters'], given: unknown): boolean {
  return wanted === undefined || sameJson(toTaggedJson(fromJson(wanted)), given);
}
