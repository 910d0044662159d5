import type { JsonMap, UnitOfWork } from '#kernel';
import type { Refusal } from '#kernel';
import { foundation } from '#building';
import type { Host, Machine, Program } from '#tscript';
import { dispatch, run } from '#tscript';
import type { Job } from './job.ts';
import { job, nextTask } from './job.ts';
import { program } from './program.ts';

/** What a pass needs besides the state of the streams. */
export interface RunContext {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly newCookie: () => string;
  readonly hostFor: (work: UnitOfWork, job: Job) => Promise<Host>;
}

const iso = (milliseconds: number): string => new Date(milliseconds).toISOString();

/** The program of a job. */
export async function programOf(work: UnitOfWork, { program: hash }: Job): Promise<Program> {
  const stored = await work.load(program, hash);
  if (!stored) throw new Error(`program ${hash} is not in the log`);
  return stored.program;
}

/**
 * Runs the script of a queued job until it blocks or ends, and decides what follows: a task is ordered, a time is
 * waited for, the job is paused, in error, aborted or over. It depends on nothing but what the work reads and the given
 * time, so it can simply be run again when somebody else was faster.
 */
export async function runUntilBlocked(work: UnitOfWork, id: number, context: RunContext): Promise<void> {
  const state = await work.load(job, id);
  if (state?.stage !== 'queued' || !state.machine) return;
  const code = await programOf(work, state);
  const host = await context.hostFor(work, state);
  const { now, newCookie } = context;
  const { machine, outcome } = run(state.machine, code, host, { now, newCookie });
  switch (outcome.kind) {
    case 'ended':
      return end(work, id, state, machine);
    case 'paused':
      await work.decide(job, id, { type: 'PauseJob', data: { machine, message: outcome.message } });
      return undefined;
    case 'error':
      await work.decide(job, id, { type: 'FailJob', data: { machine, message: outcome.message } });
      return undefined;
    case 'aborted':
      await work.decide(job, id, { type: 'AbortJob', data: { machine, message: outcome.message } });
      return undefined;
    case 'yielded':
      await work.decide(job, id, { type: 'WaitJob', data: { machine, message: outcome.message, wakeAt: iso(now) } });
      return undefined;
    case 'waiting':
      return block(work, id, state, { machine, code, host, now, ...outcome });
  }
}

interface Blocked {
  readonly machine: Machine;
  readonly code: Program;
  readonly host: Host;
  readonly now: number;
  readonly message: string;
  readonly wakeAt?: number;
}

async function block(work: UnitOfWork, id: number, state: Job, blocked: Blocked): Promise<void> {
  const { code, host, now, message, wakeAt } = blocked;
  const { machine, task, fault } = dispatch(blocked.machine, code, host, { now });
  if (fault !== undefined) {
    await work.decide(job, id, { type: 'FailJob', data: { machine, message: fault } });
    return;
  }
  const under = { machine, message, ...(wakeAt === undefined ? {} : { wakeAt: iso(wakeAt) }) };
  if (!task) {
    await work.decide(job, id, { type: 'WaitJob', data: under });
    return;
  }
  const order = {
    task: nextTask(id, state),
    module: task.module,
    function: task.function,
    parameters: task.parameters as JsonMap,
  };
  await work.decide(job, id, { type: 'OrderTask', data: { ...under, order } });
}

/** What the end of a job does to its target; a refused effect puts the job into error, and a reset tries it again. */
async function end(work: UnitOfWork, id: number, state: Job, machine: Machine): Promise<void> {
  const refusal = await applyEffect(work, id, state);
  if (refusal) {
    await work.decide(job, id, { type: 'FailJob', data: { machine, message: refusal.message } });
    return;
  }
  await work.decide(foundation, state.target.id, { type: 'ReleaseFoundation', data: { job: id } });
  await work.decide(job, id, { type: 'EndJob', data: { machine } });
}

async function applyEffect(work: UnitOfWork, id: number, { script, target }: Job): Promise<Refusal | undefined> {
  if (script === 'create') return work.attempt(foundation, target.id, { type: 'FinishFoundation', data: { job: id } });
  if (script === 'destroy')
    return work.attempt(foundation, target.id, { type: 'DestroyFoundation', data: { job: id } });
  return undefined;
}
