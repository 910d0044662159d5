import type { Clock, CommandGateway } from '#event-store';
import { CommandContext } from '#event-store';
import type { RetentionRule } from '#integrity';
import { keptForDays } from '#integrity';
import type { ReadStore } from '#read-store';
import { jobLog } from './job-log.ts';
import { PruneJobLog } from './job-log.commands.ts';

/** How many entries are looked at for those that are over; jobs that go on for longer than they are kept are few. */
const MAX_LOOKED_AT = 10_000;
const PAGE = 500;

export interface JobLogRetentionContext {
  readonly reads: ReadStore;
  readonly clock: Pick<Clock, 'now'>;
  readonly gateway: Pick<CommandGateway, 'execute'>;
  readonly days: number;
}

/** Takes entries off the job log whose jobs have ended long ago; where one is still under way, its entry stays. */
export const jobLogRule = ({ reads, clock, gateway, days }: JobLogRetentionContext): RetentionRule => ({
  name: 'job log',
  setting: 'CONTRACTOR_KEEP_JOB_LOG',
  keepMs: keptForDays(days),
  prune: async (before, limit) => {
    const jobs = await endedBefore(reads, before, limit);
    if (jobs.length === 0) return 0;
    const { position } = await gateway.execute(new PruneJobLog(jobs), CommandContext.system(clock.now()));
    if (position !== undefined) await reads.projector.caughtUp(position, Number.POSITIVE_INFINITY);
    return jobs.length;
  },
});

async function endedBefore(reads: ReadStore, before: string, limit: number): Promise<readonly number[]> {
  const found: number[] = [];
  for (let skip = 0; skip < MAX_LOOKED_AT; skip += PAGE) {
    const { rows } = await reads.now.list(jobLog, { skip, count: PAGE });
    for (const { row } of rows) {
      // Jobs are numbered in the order in which they were created.
      if (row.created.localeCompare(before) > 0) return found;
      const ended = row.finishedAt ?? row.canceledAt;
      if (ended !== null && ended.localeCompare(before) < 0) found.push(row.job);
      if (found.length >= limit) return found;
    }
    if (rows.length < PAGE) break;
  }
  return found;
}
