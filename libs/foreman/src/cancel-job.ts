import type { UnitOfWork } from '#kernel';
import { job } from './job.ts';
import type { JobTargets } from './job-target.ts';
import { releaseTarget, targetOf } from './job-target.ts';

/** Who cancels which job. */
export interface Cancellation {
  /** Id of the job. */
  readonly id: number;
  /** The user. */
  readonly by: string;
}

/**
 * Ends a job wherever it stands. Its effect is not applied: the target stays in the state it is in, and is free for
 * another job or to be deleted. What an agent says of a task that is out counts no more.
 * @throws Refusal `JOB_NOT_FOUND` where it is over, or was never there
 */
export async function cancelJob(work: UnitOfWork, targets: JobTargets, { id, by }: Cancellation): Promise<void> {
  const state = await work.load(job, id);
  await work.decide(job, id, { type: 'CancelJob', data: { by } });
  if (!state) return;
  const { target } = state;
  await releaseTarget(work, targetOf(targets, target), target.id, id);
}
