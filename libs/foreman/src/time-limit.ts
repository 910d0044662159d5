import { overdueAt } from '#tscript';
import type { Job } from './job-messages.ts';

/**
 * When the script of a job is stopped though its task is still out, because a block is over its `max_time`: milliseconds
 * since 1970; undefined: never. A block that was stopped and may go on once is not stopped again before its next pass.
 */
export function timeLimitOf({ stage, order, machine, wakeAt }: Job): number | undefined {
  if (stage !== 'queued' || !order || !machine || wakeAt === undefined) return undefined;
  // What was ahead when the task was ordered is told by when the script was to be looked at again at the latest.
  return overdueAt(machine, Date.parse(wakeAt));
}
