import type { UnitOfWork } from '#kernel';
import { numberIn } from '#kernel';
import type { RetryPolicy } from '#platform';
import { clearDispatched, overdueAt } from '#tscript';
import type { FinishedDispatch, Job, TaskOrder } from './job-messages.ts';
import { job } from './job.ts';
import type { ReconcileContext } from './reconcile.ts';
import { modulesOf } from './run-until-blocked.ts';

/** The configuration value that says it otherwise than the contracts: `{ "ssh.execute": { "times": 3, "first": 10 } }`. */
const VALUE = 'task_retry';
/** How often a task is done once more, at the most. */
export const MAX_TIMES = 100;
/** The longest pause, in seconds. */
export const MAX_PAUSE_S = 24 * 3600;
/** What pauses are where a configuration says only how often, in milliseconds. */
const USUAL = { firstMs: 5000, maxMs: 300_000 };

/** A policy, or why what a configuration says is none. */
export type FoundPolicy = RetryPolicy | { readonly fault: string };

const within = (value: unknown, max: number): number | undefined => {
  const found = numberIn(value);
  return found !== undefined && found >= 0 && found <= max ? found : undefined;
};
const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * What a configuration says of a task: by `module.function`, else by `module`; `times`, and the `first` and longest (`max`)
 * pause in seconds. What it does not say is as the contract has it.
 */
export function policyIn(value: unknown, { module, function: name }: TaskOrder, declared: RetryPolicy): FoundPolicy {
  if (value === undefined || value === null) return declared;
  if (!isMap(value)) return { fault: `${VALUE} is no map` };
  const key = [`${module}.${name}`, module].find((one) => Object.hasOwn(value, one));
  if (key === undefined) return declared;
  const said = value[key];
  if (!isMap(said)) return { fault: `${key} in ${VALUE} is no map` };
  const usual = declared.times > 0 ? declared : { ...USUAL, times: declared.times };
  const times = within(said['times'] ?? usual.times, MAX_TIMES);
  if (times === undefined || !Number.isInteger(times)) {
    return { fault: `times of ${key} in ${VALUE} is no number from 0 to ${MAX_TIMES}` };
  }
  const first = within(said['first'] ?? usual.firstMs / 1000, MAX_PAUSE_S);
  const longest = within(said['max'] ?? Math.max(usual.maxMs / 1000, first ?? 0), MAX_PAUSE_S);
  if (first === undefined || longest === undefined) {
    return { fault: `a pause of ${key} in ${VALUE} is no number of seconds from 0 to ${MAX_PAUSE_S}` };
  }
  return { times, firstMs: first * 1000, maxMs: longest * 1000 };
}

/** The policy for the task of a job: that of its contract, unless the configuration of its target says otherwise. */
async function policyOf(work: UnitOfWork, state: Job, order: TaskOrder, context: ReconcileContext) {
  const declared = context.retryOf(order.module, order.function);
  const { config } = await modulesOf(work, state, context);
  const member = config?.members?.[VALUE];
  const { now } = context;
  const value = member?.get?.({ now, line: 0, place: 0, effect: () => undefined, read: () => null });
  return policyIn(value, order, declared);
}

/**
 * Fails the task of a job: it is ordered once more after a pause, as often as its policy says, and then puts the job into
 * error. The id stays; what is sent is what holds then.
 */
export async function failTask(
  work: UnitOfWork,
  id: number,
  failed: FinishedDispatch & { readonly message: string },
  context: ReconcileContext,
): Promise<void> {
  const state = await work.load(job, id);
  const { message } = failed;
  const policy = state?.order && (await policyOf(work, state, state.order, context));
  if (!state?.machine || state.stage !== 'queued' || !policy || 'fault' in policy || state.retries >= policy.times) {
    const told = policy && 'fault' in policy ? `${message} (not done once more: ${policy.fault})` : message;
    await work.decide(job, id, { type: 'FailTask', data: { ...failed, message: told } });
    return;
  }
  const { now } = context;
  const at = now + Math.min(policy.firstMs * 2 ** state.retries, policy.maxMs);
  const machine = clearDispatched(state.machine);
  // A block may be over its time before.
  const wakeAt = new Date(Math.min(at, overdueAt(machine, now) ?? at)).toISOString();
  const told = `${message} (${state.retries + 1} of ${policy.times} retries at ${new Date(at).toISOString()})`;
  await work.decide(job, id, { type: 'RetryTask', data: { ...failed, machine, message: told, wakeAt } });
}
