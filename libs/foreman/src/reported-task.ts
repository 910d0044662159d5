import type { EventStore } from '#event-store';
import type { ReadStore } from '#read-store';
import { jobLog } from './job-log.ts';
import { jobs } from './jobs.ts';
import type { ResolveSecrets } from './task-secrets.ts';

/** How long the read models may take to show where a job stands, in milliseconds. */
const SHOWN_MS = 5000;

/** The task that a report is about, in a job that is or was. */
export interface ReportedTask {
  /** Whether the job waits for this report: its dispatch is the pending one. */
  readonly pending: boolean;
  /** Texts of the secrets that the pending task was given. */
  readonly texts: readonly string[];
}

/** Finds the task that a report is about; undefined: there never was such a job. */
export type FindReportedTask = (job: number, cookie: string) => Promise<ReportedTask | undefined>;

/** Finds tasks as the read models show them when they have caught up with the log. */
export const findReportedTask =
  (store: Pick<EventStore, 'head'>, reads: ReadStore, resolve: ResolveSecrets): FindReportedTask =>
  async (id, cookie) => {
    await reads.projector.caughtUp(await store.head(), SHOWN_MS);
    const row = await reads.now.get(jobs, id);
    if (!row) return (await reads.now.get(jobLog, id)) ? { pending: false, texts: [] } : undefined;
    if (!row.order || row.dispatch?.cookie !== cookie) return { pending: false, texts: [] };
    return { pending: true, texts: (await resolve(row.order.parameters)).texts };
  };
