import type { Clock } from '#event-store';
import type { DispatchLedger, Taker } from './dispatch-ledger.ts';
import type { JobRow } from './jobs.ts';
import type { StalledJobs } from './stalled-jobs.ts';

/** How long a task waits for an agent before the job says so, in milliseconds. */
export const UNTAKEN_MS = 10_000;

/** What is known of jobs besides what the log says. */
export class JobInsight {
  readonly #stalled: StalledJobs;
  readonly #dispatched: DispatchLedger;
  readonly #clock: Pick<Clock, 'millis'>;

  constructor(stalled: StalledJobs, dispatched: DispatchLedger, clock: Pick<Clock, 'millis'>) {
    this.#clock = clock;
    this.#stalled = stalled;
    this.#dispatched = dispatched;
  }

  /** What a job waits for that is no fault of its own, in words; undefined: for nothing of the kind. */
  waitsFor(job: number, row: JobRow): string | undefined {
    return this.#stalled.reasonOf(job) ?? waitsForAgent(row, this.#clock.millis());
  }

  /** Which agent has taken the task of a job, and since when; undefined: none has, as far as is known. */
  async takerOf({ dispatch, dispatchedAt }: Pick<JobRow, 'dispatch' | 'dispatchedAt'>): Promise<Taker | undefined> {
    if (!dispatch) return undefined;
    const { cookie, transport, holder } = dispatch;
    if (transport === 'wire') return this.#dispatched.takerOf(cookie);
    return holder && { agent: `${holder.user} at ${holder.source}`, since: dispatchedAt ?? dispatch.deadline };
  }
}

/** That no agent takes the task of a job, and what to look for; an observation says so itself. */
function waitsForAgent({ stage, order, dispatch, observing, site, updated }: JobRow, now: number): string | undefined {
  if (stage !== 'queued' || !order || dispatch || observing) return undefined;
  if (now - Date.parse(updated) < UNTAKEN_MS) return undefined;
  const { module, function: name, task } = order;
  return `Waiting for an agent to take ${module}.${name} (task ${task}) since ${updated}: is there a subcontractor of site "${site}" with module "${module}"?`;
}
