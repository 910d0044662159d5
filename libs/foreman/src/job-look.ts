import type { View } from '#read-store';
import type { Taker } from './dispatch-ledger.ts';
import type { JobInsight } from './job-insight.ts';
import type { JobProgress, ProgressContext } from './job-progress.ts';
import { MAX_TOLD_MESSAGE, progressEntries, progressOf } from './job-progress.ts';
import type { JobTargets } from './job-target.ts';
import type { JobRow } from './jobs.ts';

/** What a job is looked at with, besides its row. */
export interface JobLook {
  readonly insight: Pick<JobInsight, 'conditionsOf' | 'messageOf'>;
  readonly targets: JobTargets;
  readonly view: View;
  readonly context: ProgressContext;
  /** Who has taken its task; undefined: nobody, as far as is known. */
  readonly taker: Taker | undefined;
}

/** How far a job has come, and why it does not move now; its message says so too, as when it is read. */
export async function progressNow(
  id: number,
  row: JobRow,
  { insight, targets, view, context, taker }: JobLook,
): Promise<Omit<JobProgress, 'event' | 'at'>> {
  const entries = progressEntries(row, context);
  const last = entries.at(-1);
  const looked =
    taker && last ? [...entries.slice(0, -1), [last[0], last[1], { ...last[2], ...taker }] as const] : entries;
  const conditions = await insight.conditionsOf(id, row, {
    view,
    target: targets.get(row.target.kind),
    entries: looked,
  });
  const told = progressOf(id, row, context);
  const message = insight.messageOf(row, conditions)?.slice(0, MAX_TOLD_MESSAGE) ?? told.message;
  return { ...told, message, conditions };
}
