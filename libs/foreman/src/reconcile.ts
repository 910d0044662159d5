import type { UnitOfWork } from '#kernel';
import type { Repeat, RetryPolicy } from '#platform';
import type { Machine } from '#tscript';
import { begin } from '#tscript';
import { isHeldBack } from './holds/held-back.ts';
import type { Dispatch, Job, TaskOrder } from './job-messages.ts';
import { job } from './job.ts';
import type { JobGate } from './gate/job-gate.ts';
import { targetOf } from './job-target.ts';
import type { ResolveSecrets } from './task-secrets.ts';
import type { RunContext } from './run-until-blocked.ts';
import { runUntilBlocked, programOf } from './run-until-blocked.ts';
import { timeLimitOf } from './time-limit.ts';

/** What a look at a job needs besides the state of the streams. */
export interface ReconcileContext extends RunContext {
  readonly resolveSecrets: ResolveSecrets;
  /** Whether an agent on the wire serves this module of this site. */
  readonly serves: (site: string, module: string) => boolean;
  /** How long an agent on the wire may be silent before its task is taken to be lost, in milliseconds. */
  readonly lease: number;
  /** When the lease of a dispatch runs out, milliseconds since 1970, from what was heard of its agent. */
  readonly deadlineOf: (dispatch: Dispatch) => number;
  /** Windows and limits that jobs, and their tasks, may have to wait for; undefined: there are none. */
  readonly gate?: Pick<JobGate, 'looking' | 'mayBegin' | 'mayHandOut' | 'begins'>;
  /** What may be done with a task of which nobody knows what became of it. */
  readonly repeatOf: (module: string, func: string) => Repeat;
  /** How often a task that fails is done once more by itself, as its contract has it. */
  readonly retryOf: (module: string, func: string) => RetryPolicy;
}

/**
 * Looks at a job and decides whatever can be decided now: it may start, its script may go on, a task may be handed out,
 * a lease has run out. One path for normal running and for after a restart; where there is nothing to do it decides
 * nothing.
 * @param begun the machine of the script that has just taken a result, where the stream does not have it yet
 */
export async function reconcile(
  work: UnitOfWork,
  id: number,
  context: ReconcileContext,
  begun?: Machine,
): Promise<void> {
  context.gate?.looking(id);
  const state = await work.load(job, id);
  if (!state) return;
  if (state.stage === 'waiting') await start(work, id, state, context);
  else if (state.stage === 'queued') await goOn(work, id, state, context, begun);
}

async function start(work: UnitOfWork, id: number, state: Job, context: ReconcileContext): Promise<void> {
  const { target: of, script, needs = [] } = state;
  if (await isHeldBack(work, id, state, context.now)) return;
  const target = targetOf(context.targets, of);
  if (!(await target.mayStart(work, of.id, script))) return;
  const under = context.gate ? await context.gate.mayBegin(work, id, state) : [];
  if (!under) return;
  if (needs.length > 0 && !((await target.prepare?.(work, of.id, { job: id, needs })) ?? true)) return;
  await context.gate?.begins(work, id, under);
  const machine = begin(await programOf(work, state));
  await work.decide(job, id, { type: 'StartJob', data: {} });
  await runUntilBlocked(work, id, context, machine);
  await handOut(work, id, context);
}

async function goOn(
  work: UnitOfWork,
  id: number,
  state: Job,
  context: ReconcileContext,
  begun: Machine | undefined,
): Promise<void> {
  const { now, deadlineOf } = context;
  if ((timeLimitOf(state) ?? Infinity) <= now) {
    // It pauses; what the agent says about the task is stored, and the script waits.
    await runUntilBlocked(work, id, context);
    return;
  }
  if (state.dispatch) {
    if (deadlineOf(state.dispatch) > now) return;
    await lapse(work, id, state, context);
  } else if (!state.order) {
    const due = state.ready || (state.wakeAt !== undefined && Date.parse(state.wakeAt) <= now);
    if (!due) return;
    await runUntilBlocked(work, id, context, begun);
  }
  await handOut(work, id, context);
}

/** A task as messages name it. */
export const taskName = ({ module, function: name, task }: TaskOrder): string => `${module}.${name} (task ${task})`;

async function lapse(work: UnitOfWork, id: number, state: Job, context: ReconcileContext): Promise<void> {
  const { dispatch, order, observing, site } = state;
  if (!dispatch || !order) return;
  const data = { cookie: dispatch.cookie, reason: 'nothing was heard of the agent' };
  await work.decide(job, id, { type: 'LapseTask', data });
  const repeat = context.repeatOf(order.module, order.function);
  // Asking changes nothing, so it is done again like a task that is safe.
  if (observing || repeat === 'safe') return;
  // Agents that poll do not know how to observe.
  if (repeat === 'observe' && (dispatch.transport === 'wire' || context.serves(site, order.module))) {
    const message = `Waiting for an agent to tell what became of ${taskName(order)}`;
    await work.decide(job, id, { type: 'ObserveTask', data: { message } });
    return;
  }
  const message = `Nobody knows what became of ${taskName(order)}: look, then reset the job to do it again`;
  await work.decide(job, id, { type: 'LoseTask', data: { message } });
}

/** Gives an open task to an agent on the wire, where one serves it; else it stays open for an agent that polls. */
async function handOut(work: UnitOfWork, id: number, context: ReconcileContext): Promise<void> {
  const state = await work.load(job, id);
  if (state?.stage !== 'queued' || !state.order || state.dispatch) return;
  const { site, order } = state;
  if (!context.serves(site, order.module)) return;
  const under = context.gate ? await context.gate.mayHandOut(work, id, site, order.module) : [];
  if (!under) return;
  await context.gate?.begins(work, id, under);
  await work.decide(job, id, {
    type: 'DispatchTask',
    data: {
      task: order.task,
      cookie: context.newCookie(),
      transport: 'wire',
      deadline: new Date(context.now + context.lease).toISOString(),
    },
  });
}
