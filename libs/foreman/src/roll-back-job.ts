import type { UnitOfWork } from '#kernel';
import type { Machine, RollbackAnswer } from '#tscript';
import { rollback } from '#tscript';
import type { Job } from './job-messages.ts';
import { job } from './job.ts';
import type { RunContext } from './run-until-blocked.ts';
import { hostOf, programOf } from './run-until-blocked.ts';

/** What the script of a job answers when it is to undo the call at which it stands, and what is left of it then. */
export interface RolledBack {
  readonly answer: RollbackAnswer;
  /** None where the script has not begun. */
  readonly machine?: Machine;
}

/**
 * Has a job in error undo the call at which its script stands: what the function does for that is sent next, and then the
 * call is made again. Built-in functions, and those that cannot be undone, refuse.
 * @throws Refusal `JOB_NOT_FOUND`, `NOT_ERRORED`, or `ROLLBACK_REFUSED` with the answer of the script
 */
export async function rollBackJob(work: UnitOfWork, id: number, context: RunContext): Promise<void> {
  const state = await work.load(job, id);
  const data: RolledBack =
    state?.stage === 'error' ? await undone(work, state, context) : { answer: 'Script not Running' };
  await work.decide(job, id, { type: 'RollBackJob', data });
}

async function undone(work: UnitOfWork, state: Job, context: RunContext): Promise<RolledBack> {
  if (!state.machine) return { answer: 'Script not Running' };
  const host = await hostOf(work, state, context);
  return rollback(state.machine, await programOf(work, state), host, context);
}
