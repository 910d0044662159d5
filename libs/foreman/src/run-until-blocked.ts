import type { JsonMap, UnitOfWork } from '#kernel';
import { Refusal } from '#kernel';
import type { ServerHalf } from '#platform';
import type { Host, HostModule, Machine, Program } from '#tscript';
import { dispatch, run } from '#tscript';
import type { Job } from './job-messages.ts';
import { job, nextTask } from './job.ts';
import type { JobTarget, JobTargets } from './job-target.ts';
import { releaseTarget, targetOf } from './job-target.ts';
import { program } from './program.ts';
import { scriptHost } from './script-host.ts';
import { SignalEffect, signalingModule } from './signaling-module.ts';

/** What a pass needs besides the state of the streams. */
export interface RunContext {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly newCookie: () => string;
  readonly targets: JobTargets;
  /** Server halves of the platforms, whose modules scripts can reach. */
  readonly platforms: readonly ServerHalf[];
}

/** What the script of a job can reach. */
export async function hostOf(work: UnitOfWork, job: Job, context: RunContext): Promise<Host> {
  return scriptHost(await modulesOf(work, job, context), context.platforms);
}

/** The modules that the script of a job can reach besides those of the platforms, by name. */
export async function modulesOf(
  work: UnitOfWork,
  { target, signal }: Job,
  { targets }: Pick<RunContext, 'targets'>,
): Promise<Readonly<Record<string, HostModule>>> {
  const own = await targetOf(targets, target).scriptModules(work, target.id);
  return { signaling: signalingModule(signal), ...own };
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
 * @param begun the machine to go on with, where the stream does not have it yet
 */
export async function runUntilBlocked(
  work: UnitOfWork,
  id: number,
  context: RunContext,
  begun?: Machine,
): Promise<void> {
  const state = await work.load(job, id);
  const from = begun ?? state?.machine;
  if (state?.stage !== 'queued' || !from) return;
  const code = await programOf(work, state);
  const host = await hostOf(work, state, context);
  const { now, newCookie } = context;
  const { machine, outcome, effects } = run(from, code, host, { now, newCookie });
  const refusal = await applyEffects(work, id, state, effects, context);
  if (refusal) {
    // A reset does the pass again, from where it began.
    await work.decide(job, id, { type: 'FailJob', data: { machine: from, message: refusal.message } });
    return undefined;
  }
  switch (outcome.kind) {
    case 'ended':
      return endJob(work, id, state, { machine, target: targetOf(context.targets, state.target) });
    case 'paused':
      await work.decide(job, id, { type: 'PauseJob', data: { machine, message: outcome.message } });
      return undefined;
    case 'error':
      await work.decide(job, id, { type: 'FailJob', data: { machine, message: outcome.message } });
      return undefined;
    case 'aborted':
      await targetOf(context.targets, state.target).giveBack?.(work, state.target.id, id);
      await work.decide(job, id, { type: 'AbortJob', data: { machine, message: outcome.message } });
      return undefined;
    case 'yielded':
      await work.decide(job, id, { type: 'WaitJob', data: { machine, message: outcome.message, wakeAt: iso(now) } });
      return undefined;
    case 'waiting':
      return block(work, id, state, { machine, code, host, now, ...outcome });
  }
}

/**
 * What functions have reported in a pass: the last signal that is awaited, and what is the target's affair.
 * @returns why the target refuses it; nothing of it is done then
 */
async function applyEffects(
  work: UnitOfWork,
  id: number,
  { target }: Job,
  effects: readonly unknown[],
  { targets }: RunContext,
): Promise<Refusal | undefined> {
  if (effects.length === 0) return undefined;
  const fork = work.fork();
  const signal = effects.findLast((effect) => effect instanceof SignalEffect);
  const own = effects.filter((effect) => !(effect instanceof SignalEffect));
  try {
    if (signal) await fork.decide(job, id, { type: 'AwaitSignal', data: { pxe: signal.pxe } });
    if (own.length > 0) await targetOf(targets, target).applyEffects?.(fork, target.id, own);
    fork.throwIfFaulted();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  work.absorb(fork);
  return undefined;
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

interface Ended {
  readonly machine: Machine;
  readonly target: JobTarget;
}

/** What the end of a job does to its target; a refused effect puts the job into error, and a reset tries it again. */
export async function endJob(work: UnitOfWork, id: number, state: Job, { machine, target }: Ended): Promise<void> {
  const refusal = await applyEffect(work, id, state, target);
  if (refusal) {
    await work.decide(job, id, { type: 'FailJob', data: { machine, message: refusal.message } });
    return;
  }
  await releaseTarget(work, target, state.target.id, id);
  await work.decide(job, id, { type: 'EndJob', data: { machine } });
}

async function applyEffect(
  work: UnitOfWork,
  id: number,
  { script, target: { id: its } }: Job,
  target: JobTarget,
): Promise<Refusal | undefined> {
  if (script === 'create') return target.finish(work, its, id);
  return script === 'destroy' ? target.destroy(work, its, id) : undefined;
}
