import type { DispatchLedger, Taker } from './dispatch-ledger.ts';
import type { JobRow } from './jobs.ts';
import type { StalledJobs } from './stalled-jobs.ts';

/** What is known of jobs besides what the log says. */
export class JobInsight {
  readonly #stalled: StalledJobs;
  readonly #dispatched: DispatchLedger;

  constructor(stalled: StalledJobs, dispatched: DispatchLedger) {
    this.#stalled = stalled;
    this.#dispatched = dispatched;
  }

  /** What a job waits for that is no fault of its own; undefined: for nothing of the kind. */
  waitsFor(job: number): string | undefined {
    return this.#stalled.reasonOf(job);
  }

  /** Which agent has taken the task of a job, and since when; undefined: none has, as far as is known. */
  async takerOf({ dispatch, dispatchedAt }: Pick<JobRow, 'dispatch' | 'dispatchedAt'>): Promise<Taker | undefined> {
    if (!dispatch) return undefined;
    const { cookie, transport, holder } = dispatch;
    if (transport === 'wire') return this.#dispatched.takerOf(cookie);
    return holder && { agent: `${holder.user} at ${holder.source}`, since: dispatchedAt ?? dispatch.deadline };
  }
}
