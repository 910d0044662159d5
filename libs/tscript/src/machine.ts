/**
 * A script in progress, as plain JSON: it can be stored after any step, moved to another process and go on there
 * with the program of the same hash. The program is not part of it.
 */
import { fromJson } from './json.ts';
import { type Program, lineAt } from './program.ts';
import { type Heap, type Stored, valueReader, valueWriter } from './stored-values.ts';
import type { Value } from './values.ts';

/** When a block began, and when it must be over (null: it has been stopped for that and may go on once). */
export interface BlockTimes {
  readonly start: number;
  readonly deadline?: number | null;
}

/** A call that stopped the script and counts as executed: its value is none. */
export interface CalledCall {
  readonly kind: 'called';
}

/** An external function in progress: its state, the module it is dispatched to, and whether its task is out. */
export interface ExternalCall {
  readonly kind: 'external';
  readonly state: unknown;
  readonly module: string | null;
  readonly dispatched: boolean;
  /** The function of the task that was sent last. */
  readonly sent?: string;
}

/** What the call at which the machine stands is about. */
export type Waiting = CalledCall | ExternalCall;

/** A script in progress. Times are milliseconds since the epoch. */
export interface Machine {
  /** The hash of its program. */
  readonly program: string;
  readonly state: 'new' | 'running' | 'done' | 'aborted';
  /** The instruction that comes next, or that it stands at. */
  readonly pc: number;
  /** The line of the source that was begun last; 0 before the first. */
  readonly line: number;
  /** Operands of the expressions in progress. */
  readonly stack: readonly Stored[];
  /** The open blocks, the outermost first. */
  readonly blocks: readonly BlockTimes[];
  readonly variables: Readonly<Record<string, Stored>>;
  /** Arrays and maps that several places share. */
  readonly heap: Heap;
  readonly waiting: Waiting | null;
  /** What a result must carry; null before the first external call. */
  readonly cookie: string | null;
  /** Instructions done since it last stopped for another reason than its share. */
  readonly busy: number;
  /** Whether it stopped in the middle because its share was used up. */
  readonly yielded: boolean;
  /** Why it was aborted, or what it showed last. */
  readonly message: string;
}

/** A machine at the beginning of a program. Variables are JSON or values. */
export function begin(program: Program, variables: Readonly<Record<string, unknown>> = {}): Machine {
  const entries = Object.entries(variables).map(([name, json]) => [name, fromJson(json)] as const);
  const start: Machine = {
    program: program.hash,
    state: 'new',
    pc: 0,
    line: 0,
    stack: [],
    blocks: [],
    variables: {},
    heap: [],
    waiting: null,
    cookie: null,
    busy: 0,
    yielded: false,
    message: '',
  };
  return { ...start, ...storedValues([], new Map(entries)) };
}

/** Operands and variables in their stored form, with the heap they share. */
export function storedValues(
  stack: readonly Value[],
  variables: ReadonlyMap<string, Value>,
): Pick<Machine, 'stack' | 'variables' | 'heap'> {
  const writer = valueWriter([...stack, ...variables.values()]);
  const stored = stack.map(writer.store);
  const named: Record<string, Stored> = {};
  for (const [name, value] of variables) named[name] = writer.store(value);
  return { stack: stored, variables: named, heap: writer.heap() };
}

/** The variables of a script; what they share is shared in the result. */
export function variables(machine: Machine): Record<string, Value> {
  const read = valueReader(machine.heap);
  return Object.fromEntries(Object.entries(machine.variables).map(([name, stored]) => [name, read(stored)]));
}

/** The line of the source a script has come to: 0 before the first, null when it is done. */
export function line(machine: Machine): number | null {
  return machine.state === 'done' ? null : machine.line;
}

/** Whether a script has begun and not ended. */
export function isRunning(machine: Machine): boolean {
  return machine.state === 'running';
}

/** Whether a machine stands at a call. */
export function atCall(machine: Machine, program: Program): boolean {
  return isRunning(machine) && program.code[machine.pc]?.[0] === 'call';
}

/** The cookie of the external function a script waits for; null when it waits for none. */
export function pendingCookie(machine: Machine): string | null {
  return isRunning(machine) && machine.waiting?.kind === 'external' ? machine.cookie : null;
}

/** A program and a machine that belong together, or an error: mixing them up is a fault of the caller. */
export function checkProgram(machine: Machine, program: Program): void {
  if (machine.program === program.hash) return;
  throw new Error(`the machine runs program ${machine.program}, not ${program.hash}`);
}

/** The line of the source of the instruction a machine stands at; its own line where there is none. */
export function standingLine(machine: Machine, program: Program): number {
  return lineAt(program, machine.pc) ?? machine.line;
}

/**
 * When a script is to be stopped because one of its blocks is over its time (milliseconds since 1970), the first such
 * moment from the given one on; undefined: there is none.
 */
export function overdueAt({ blocks }: Machine, from: number): number | undefined {
  const moments = blocks.flatMap(({ deadline }) => (typeof deadline === 'number' ? [deadline + 1] : []));
  const ahead = moments.filter((moment) => moment >= from);
  return ahead.length === 0 ? undefined : Math.min(...ahead);
}
