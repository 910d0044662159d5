import type { CallContext, Host } from './host.ts';
import { fromJson } from './json.ts';
import type { Walk } from './limits.ts';
import { type BlockTimes, type Machine, type Waiting, storedValues } from './machine.ts';
import { type Program, lineAt } from './program.ts';
import { NotDefined, ParameterError, Signal, Unrecoverable, thrownName, thrownText } from './signals.ts';
import { valueReader } from './stored-values.ts';
import type { Value } from './values.ts';

/** One call as it is made, for whoever looks on. */
export interface TraceStep {
  /** The line of the statement that holds the call. */
  readonly line: number;
  readonly module: string | null;
  readonly function: string;
  readonly parameters: Readonly<Record<string, Value>>;
  readonly variables: ReadonlyMap<string, Value>;
}

/** What a pass is given besides machine, program and host. */
export interface PassOptions {
  /** Milliseconds since the epoch. */
  readonly now: number;
  newCookie(): string;
  /** Instructions after which it yields. */
  readonly budget?: number;
  /** Instructions without stopping after which it is put in error. */
  readonly total?: number;
  /** Looks on at every call when it is first made. */
  trace?(step: TraceStep): void;
}

/** A machine taken out of its stored form for the length of a pass. */
export interface Running {
  readonly program: Program;
  readonly host: Host;
  readonly options: PassOptions;
  readonly variables: Map<string, Value>;
  readonly stack: Value[];
  readonly blocks: BlockTimes[];
  readonly effects: unknown[];
  pc: number;
  line: number;
  waiting: Waiting | null;
  cookie: string | null;
  /** What the instructions of this pass have cost. */
  spent: number;
  /** What the operation in progress has visited. */
  readonly walk: Walk;
}

/** Does something with values that may be large, and charges the script for it. */
export function charged<Result>(running: Running, act: (walk: Walk) => Result): Result {
  const { walk } = running;
  walk.visited = 0;
  const result = act(walk);
  running.spent += walk.visited >> 4;
  return result;
}

/** Takes a machine out of its stored form; the machine itself is left as it is. */
export function wake(machine: Machine, program: Program, host: Host, options: PassOptions): Running {
  const read = valueReader(machine.heap);
  const { pc, waiting, cookie } = machine;
  return {
    program,
    host,
    options,
    variables: new Map(Object.entries(machine.variables).map(([name, stored]) => [name, read(stored)])),
    stack: machine.stack.map(read),
    blocks: [...machine.blocks],
    effects: [],
    pc,
    line: machine.yielded ? machine.line : (lineAt(program, pc) ?? machine.line),
    waiting,
    cookie,
    spent: 0,
    walk: { visited: 0 },
  };
}

/** The machine that a pass has arrived at; what changes beside the values is given. */
export function rest(running: Running, before: Machine, changed: Partial<Machine>): Machine {
  const { pc, line, waiting, cookie, blocks, stack, variables } = running;
  return { ...before, pc, line, waiting, cookie, blocks, ...storedValues(stack, variables), ...changed };
}

/** Takes the topmost operand. */
export function pop(running: Running): Value {
  return running.stack.pop() ?? null;
}

/** A member of a module of the host. `items` in the wording for the parts of a member. */
export function readMember(running: Running, module: string, name: string, items: boolean): Value {
  const { line } = running;
  const found = running.host.module(module);
  if (found === undefined) throw new NotDefined(module, line);
  const member = found.members !== undefined && Object.hasOwn(found.members, name) ? found.members[name] : undefined;
  if (member === undefined)
    throw new NotDefined(items ? `${module}" of "${name}` : `${name}" of module "${module}`, line);
  if (member.get === undefined)
    throw new ParameterError('target', `"${name}" of module "${module}" is not gettable`, line);
  try {
    return fromJson(member.get(contextOf(running)));
  } catch (thrown) {
    if (thrown instanceof Signal) throw thrown;
    const place = `getter "${name}" in module "${module}" error during setup on line "${line}"`;
    throw new Unrecoverable(`${place}: "${thrownText(thrown)}"(${thrownName(thrown)})`);
  }
}

/** Changes a member of a module of the host. */
export function writeMember(running: Running, module: string, name: string, value: Value): void {
  const { line } = running;
  const found = running.host.module(module);
  if (found === undefined) throw new NotDefined(module, line);
  const member = found.members !== undefined && Object.hasOwn(found.members, name) ? found.members[name] : undefined;
  if (member === undefined) throw new NotDefined(`${module}" of "${name}`, line);
  if (member.set === undefined) throw new ParameterError('target', `"${module}" of "${name}" is not settable`, line);
  try {
    member.set(value, running.effects, contextOf(running));
  } catch (thrown) {
    if (thrown instanceof Signal) throw thrown;
    const place = `setter "${name}" in module "${module}" error on line "${line}"`;
    throw new Unrecoverable(`${place}: "${thrownText(thrown)}"(${thrownName(thrown)})`);
  }
}

/** What a function of the host is told about a call made in this pass. */
export function contextOf(running: Running): CallContext {
  return {
    now: running.options.now,
    line: running.line,
    get place() {
      return lineAt(running.program, running.pc) ?? running.line;
    },
    effect: (effect) => void running.effects.push(effect),
    read: (module, name) => readMember(running, module, name, false),
  };
}
