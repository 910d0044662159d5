/** What passes between a script at an external call and the agent that does the work. */
import { functionOf } from './calls.ts';
import type { CallContext, ExternalFunction, Host } from './host.ts';
import { cloneJson, fromJson, toJson } from './json.ts';
import { type ExternalCall, type Machine, atCall, checkProgram, isRunning, standingLine } from './machine.ts';
import type { Program } from './program.ts';
import { readMember, wake } from './running.ts';
import { NoRollback, faultText } from './signals.ts';

/** Work for an agent. */
export interface Task {
  readonly module: string;
  readonly function: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly cookie: string;
}

/** What the answer to a result can be. */
export type DeliverAnswer =
  'Accepted' | 'Bad Cookie' | 'Not Expecting Anything' | 'Script not Running' | 'Not At a Function' | 'Error';

/** What the answer to a rollback can be. */
export type RollbackAnswer =
  'Done' | 'Script not Running' | 'Not At a Function' | 'Rollback not possible' | 'Exception while trying to rollback';

interface Standing {
  readonly found: ExternalFunction | undefined;
  readonly waiting: ExternalCall | null;
  readonly context: CallContext;
}

function standing(machine: Machine, program: Program, host: Host, now: number): Standing {
  const [, module, name] = program.code[machine.pc] ?? [];
  const found = functionOf(host, (module as string | null) ?? null, String(name));
  const effect = (): void => {};
  const read = (from: string, member: string) =>
    readMember(wake(machine, program, host, { now, newCookie: () => '' }), from, member, false);
  const line = standingLine(machine, program);
  return {
    found: found?.kind === 'external' ? found : undefined,
    waiting: machine.waiting?.kind === 'external' ? machine.waiting : null,
    context: { now, line, place: line, effect, read },
  };
}

/**
 * What the call at which a machine stands wants sent now, and the machine that has sent it. `fault` says why a
 * function that has something to send could not.
 */
export function dispatch(
  machine: Machine,
  program: Program,
  host: Host,
  options: { readonly now: number; readonly modules?: readonly string[] },
): { machine: Machine; task: Task | null; fault?: string } {
  checkProgram(machine, program);
  if (!atCall(machine, program)) return { machine, task: null };
  const { found, waiting, context } = standing(machine, program, host, options.now);
  if (found?.task === undefined || waiting === null || waiting.dispatched) return { machine, task: null };
  const { module } = waiting;
  if (module === null || machine.cookie === null) return { machine, task: null };
  if (options.modules !== undefined && !options.modules.includes(module)) return { machine, task: null };
  try {
    const state = cloneJson(waiting.state);
    const wanted = found.task(state, context);
    if (wanted === null) return { machine, task: null };
    const parameters = toJson(fromJson(wanted.parameters), { float: host.float }) as Record<string, unknown>;
    const next = cloneJson(wanted.state ?? state);
    const sent: ExternalCall = { ...waiting, state: next, dispatched: true, sent: wanted.function };
    const task: Task = { module, function: wanted.function, parameters, cookie: machine.cookie };
    return { machine: { ...machine, waiting: sent }, task };
  } catch (thrown) {
    return { machine, task: null, fault: faultText(thrown, context.line) };
  }
}

/**
 * Gives an agent's result to the call that waits for it. The script itself goes on at its next run. `fault` says why a
 * function could not take it.
 */
export function deliver(
  machine: Machine,
  program: Program,
  host: Host,
  report: { readonly cookie: string | null; readonly data: unknown; readonly now: number },
): { machine: Machine; answer: DeliverAnswer; message?: string; fault?: string } {
  checkProgram(machine, program);
  if (!isRunning(machine)) return { machine, answer: 'Script not Running' };
  if (report.cookie !== machine.cookie) return { machine, answer: 'Bad Cookie' };
  if (!atCall(machine, program)) return { machine, answer: 'Not At a Function' };
  const { found, waiting, context } = standing(machine, program, host, report.now);
  if (waiting === null || !waiting.dispatched) return { machine, answer: 'Not Expecting Anything' };
  if (found?.receive === undefined) return { machine, answer: 'Error', fault: 'the function takes no results' };
  try {
    const data = cloneJson(report.data);
    const state = cloneJson(found.receive(cloneJson(waiting.state), data, context, waiting.sent));
    const message = found.message?.(state, context) ?? '';
    return {
      machine: { ...machine, waiting: { ...waiting, state, dispatched: false }, message },
      answer: 'Accepted',
      message,
    };
  } catch (thrown) {
    return { machine, answer: 'Error', fault: faultText(thrown, context.line) };
  }
}

/** Lets the task of the call at which a machine stands be sent again; the cookie stays. */
export function clearDispatched(machine: Machine): Machine {
  if (!isRunning(machine) || machine.waiting?.kind !== 'external') return machine;
  return { ...machine, waiting: { ...machine.waiting, dispatched: false } };
}

/** Prepares undoing the call at which a machine stands; the cookie is new then. */
export function rollback(
  machine: Machine,
  program: Program,
  host: Host,
  options: { readonly now: number; newCookie(): string },
): { machine: Machine; answer: RollbackAnswer } {
  checkProgram(machine, program);
  if (!isRunning(machine)) return { machine, answer: 'Script not Running' };
  if (!atCall(machine, program)) return { machine, answer: 'Not At a Function' };
  const { found, waiting, context } = standing(machine, program, host, options.now);
  if (found?.rollback === undefined || waiting === null) return { machine, answer: 'Rollback not possible' };
  try {
    const state = cloneJson(found.rollback(cloneJson(waiting.state), context));
    const undone: ExternalCall = { ...waiting, state, dispatched: false };
    return { machine: { ...machine, waiting: undone, cookie: options.newCookie() }, answer: 'Done' };
  } catch (thrown) {
    const refused = thrown instanceof NoRollback;
    return { machine, answer: refused ? 'Rollback not possible' : 'Exception while trying to rollback' };
  }
}

/** Lets a running script go on at a label. */
export function jumpTo(
  machine: Machine,
  program: Program,
  label: string,
): { machine: Machine; answer: 'Done' | 'Script not Running' | 'Not Defined' } {
  checkProgram(machine, program);
  if (!isRunning(machine)) return { machine, answer: 'Script not Running' };
  const target = Object.hasOwn(program.labels, label) ? program.labels[label] : undefined;
  if (target === undefined) return { machine, answer: 'Not Defined' };
  const blocks = machine.blocks.slice(0, 1);
  return { machine: { ...machine, pc: target, blocks, stack: [], waiting: null, yielded: false }, answer: 'Done' };
}
