import type { ReadModel } from '#read-store';
import { change, gone, rule } from '#read-store';
import type { Created } from './job-messages.ts';

/** What is remembered of a job when it and its target are gone. */
export interface JobLogRow {
  readonly job: number;
  readonly site: string;
  readonly targetClass: string;
  readonly targetId: string;
  readonly description: string;
  readonly script: string;
  readonly creator: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  /** The user who has cancelled it. */
  readonly canceledBy: string | null;
  readonly canceledAt: string | null;
  /** The user who had it begin whatever the maintenance windows of its site said. */
  readonly windowIgnoredBy: string | null;
  /** The user who had it begin though it was held. */
  readonly holdOverriddenBy: string | null;
  /** What was to be said of it from the beginning: that there was nothing to run. */
  readonly note: string | null;
  readonly created: string;
  readonly updated: string;
}

/** What was built, destroyed and done, by job id. */
export const jobLog: ReadModel<JobLogRow> = {
  name: 'job_log',
  version: 6,
  key: 'integer',
  history: true,
  indexes: {
    site: ({ site }) => site,
    target: ({ targetClass, targetId }) => `${targetClass} ${targetId}`,
    job: (row) => row.job,
    kind: ({ targetClass }) => targetClass,
    /** `yes`: it is under way. */
    open: ({ finishedAt, canceledAt }) => (finishedAt === null && canceledAt === null ? 'yes' : null),
  },
  on: {
    JobCreated: rule<JobLogRow, Created>((_, { data, at, id }) => ({
      job: Number(id),
      site: data.site,
      targetClass: data.target.kind,
      targetId: data.target.id,
      description: data.description.slice(0, 120),
      script: data.script,
      creator: data.creator,
      startedAt: null,
      finishedAt: null,
      canceledBy: null,
      canceledAt: null,
      windowIgnoredBy: null,
      holdOverriddenBy: null,
      note: data.note ?? null,
      created: at,
      updated: at,
    })),
    JobStarted: change<JobLogRow, unknown>((row, { at }) => ({ ...row, startedAt: row.startedAt ?? at, updated: at })),
    JobWindowIgnored: change<JobLogRow, { readonly by: string }>((row, { data, at }) => ({
      ...row,
      windowIgnoredBy: data.by,
      updated: at,
    })),
    JobHoldOverridden: change<JobLogRow, { readonly by: string }>((row, { data, at }) => ({
      ...row,
      holdOverriddenBy: data.by,
      updated: at,
    })),
    JobLogPruned: gone<JobLogRow, { readonly jobs: readonly number[] }>(({ data }) => data.jobs),
    JobEnded: change<JobLogRow, unknown>((row, { at }) => ({ ...row, finishedAt: at, updated: at })),
    JobCanceled: change<JobLogRow, { readonly by: string }>((row, { data, at }) => ({
      ...row,
      canceledBy: data.by,
      canceledAt: at,
      updated: at,
    })),
  },
};
