import { unhandled } from './calls.ts';
import { type Host } from './host.ts';
import { Ended, type Step, link } from './instructions.ts';
import { type Machine, checkProgram } from './machine.ts';
import { Acknowledged, type Outcome } from './outcome.ts';
import { type Program, nodesAt } from './program.ts';
import { type PassOptions, type Running, rest, wake } from './running.ts';
import {
  ExecutionError,
  Interrupt,
  NotDefined,
  ParameterError,
  Pause,
  Unrecoverable,
  faultText,
  thrownText,
} from './signals.ts';

/** What a pass leads to: the machine to store, how it ended, and what inline functions reported, in order. */
export interface Pass {
  readonly machine: Machine;
  readonly outcome: Outcome;
  readonly effects: readonly unknown[];
}

/** Instructions after which a pass yields when nothing else is said. */
export const usualBudget = 100_000;

/** Instructions without stopping after which a script is put in error when nothing else is said. */
export const usualTotal = 10_000_000;

/** Runs a script until it stops. The machine given is not changed, so a pass can be repeated. */
export function run(machine: Machine, program: Program, host: Host, options: PassOptions): Pass {
  checkProgram(machine, program);
  if (machine.state === 'done') return { machine, outcome: { kind: 'ended' }, effects: [] };
  if (machine.state === 'aborted') return { machine, outcome: aborted(machine.message, machine.line), effects: [] };
  const running = wake(machine, program, host, options);
  const late = machine.yielded ? null : overdue(running);
  if (late !== null) {
    const message = 'Max Time Elapsed';
    const stopped = rest(running, machine, { line: late, busy: 0, message });
    return { machine: stopped, outcome: { kind: 'paused', message, line: late }, effects: [] };
  }
  const { effects } = running;
  const outcome = inTime(running, advance(running, machine.busy));
  try {
    return { machine: after(running, machine, outcome), outcome, effects };
  } catch (thrown) {
    if (!(thrown instanceof Unrecoverable)) throw thrown;
    running.variables.clear();
    const over = aborted(faultText(thrown, running.line), running.line);
    return { machine: after(running, machine, over), outcome: over, effects };
  }
}

/** A script that waits is to be run again when one of its blocks is over its time, so that it can be stopped. */
function inTime({ blocks, options }: Running, outcome: Outcome): Outcome {
  if (outcome.kind !== 'waiting') return outcome;
  const deadlines = blocks.flatMap(({ deadline }) => (typeof deadline === 'number' ? [deadline] : []));
  const ahead = deadlines.filter((deadline) => deadline > options.now).map((deadline) => deadline + 1);
  const wakeAt = Math.min(...ahead, outcome.wakeAt ?? Infinity);
  return Number.isFinite(wakeAt) ? { ...outcome, wakeAt } : outcome;
}

/** How much of a message is kept in the machine. */
const longestKept = 1024;

function after(running: Running, before: Machine, outcome: Outcome): Machine {
  const message = 'message' in outcome ? outcome.message.slice(0, longestKept) : '';
  if (outcome.kind === 'yielded') {
    return rest(running, before, { state: 'running', busy: before.busy + running.spent, yielded: true, message });
  }
  if (outcome.kind !== 'aborted' && outcome.kind !== 'ended') {
    return rest(running, before, { state: 'running', busy: 0, yielded: false, message });
  }
  running.stack.length = 0;
  running.blocks.length = 0;
  running.waiting = null;
  const state = outcome.kind === 'ended' ? 'done' : 'aborted';
  return rest(running, before, { state, busy: 0, yielded: false, message });
}

/** The line of the outermost block that is over its time, which may then go on once; null when none is. */
function overdue(running: Running): number | null {
  const { blocks, options } = running;
  const chain = nodesAt(running.program, running.pc);
  for (const [index, times] of blocks.entries()) {
    if (times.deadline === undefined) continue;
    if (times.deadline === null) blocks[index] = { ...times, deadline: options.now };
    else if (options.now > times.deadline) {
      blocks[index] = { ...times, deadline: null };
      const scopes = chain.flatMap(({ type }, place) => (type === 'S' ? [place] : []));
      const outside = chain.slice(0, scopes[index]);
      return outside.findLast(({ line }) => line !== undefined)?.line ?? running.line;
    }
  }
  return null;
}

function advance(running: Running, busy: number): Outcome {
  const { budget = usualBudget, total = usualTotal } = running.options;
  const steps = linked(running.program);
  const allowed = Math.max(1, Math.min(budget, total - busy));
  for (;;) {
    try {
      while (running.spent < allowed) {
        running.spent += 1;
        steps[running.pc]?.(running);
      }
      if (busy + running.spent < total) return { kind: 'yielded', message: `running at line ${running.line}` };
      const message = `step limit reached at line ${running.line}`;
      return { kind: 'error', message, line: running.line, reason: 'limit' };
    } catch (thrown) {
      if (!caught(running, thrown)) return outcomeOf(running, thrown);
    }
  }
}

const programs = new WeakMap<Program, readonly Step[]>();

function linked(program: Program): readonly Step[] {
  const known = programs.get(program);
  if (known !== undefined) return known;
  const steps = program.code.map(link);
  programs.set(program, steps);
  return steps;
}

/** Inside `exists` a name that is not defined makes it false. */
function caught(running: Running, thrown: unknown): boolean {
  if (!(thrown instanceof NotDefined)) return false;
  const { pc } = running;
  const guard = running.program.guards.find(({ from, to }) => pc >= from && pc < to);
  if (guard === undefined) return false;
  running.stack.length = guard.depth;
  running.waiting = null;
  running.pc = guard.target;
  return true;
}

function outcomeOf(running: Running, thrown: unknown): Outcome {
  const { line } = running;
  if (thrown instanceof Ended) return { kind: 'ended' };
  if (thrown instanceof Acknowledged) {
    running.waiting = { kind: 'called' };
    return thrown.outcome;
  }
  const message = thrownText(thrown);
  if (thrown instanceof Interrupt) {
    return { kind: 'waiting', message, ...(thrown.wakeAt !== undefined && { wakeAt: thrown.wakeAt }) };
  }
  if (thrown instanceof Pause) return { kind: 'paused', message, line };
  if (thrown instanceof ExecutionError) return { kind: 'error', message, line, reason: 'raised' };
  if (thrown instanceof NotDefined) return { kind: 'aborted', message, line, reason: 'not-defined' };
  if (thrown instanceof ParameterError) return { kind: 'aborted', message, line, reason: 'parameter' };
  if (thrown instanceof Unrecoverable) return aborted(faultText(thrown, line), line);
  return aborted(unhandled(running, thrown).message, line);
}

function aborted(message: string, line: number): Outcome {
  return { kind: 'aborted', message, line, reason: 'unrecoverable' };
}
