import type { Decider, Message } from '#kernel';

/** The jobs that a fact of the log is about. */
type Jobs = { readonly jobs: readonly number[] };

/** The one stream of this decider. */
export const JOB_LOG_ALL = 'all';

/**
 * What was removed from the job log. That is a fact of the log itself, so read models that are made anew do not bring it
 * back. The events of the jobs stay where they are.
 */
export const jobLogPruning: Decider<null, Message<'PruneJobLog', Jobs>, Message<'JobLogPruned', Jobs>> = {
  category: 'joblog',
  initial: () => null,
  decide: { PruneJobLog: ({ jobs }) => (jobs.length === 0 ? [] : { type: 'JobLogPruned', data: { jobs } }) },
  evolve: { JobLogPruned: (_, state) => state },
};
