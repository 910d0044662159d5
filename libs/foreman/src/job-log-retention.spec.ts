import { describe, expect, it } from '@jest/globals';
import type { NamedCommand } from '#event-store';
import type { ReadStore } from '#read-store';
import { given, rowsAfter } from '#testing';
import { was } from '../test/example-jobs.ts';
import type { JobLogRow } from './job-log.ts';
import { jobLog } from './job-log.ts';
import { jobLogPruning } from './job-log-pruning.ts';
import { jobLogRule } from './job-log-retention.ts';
import { PruneJobLog } from './job-log.commands.ts';

const day = (n: number): string => `2026-01-${String(n).padStart(2, '0')}T00:00:00.000000+00:00`;
const NOW = day(20);

type Entry = Pick<JobLogRow, 'job' | 'created' | 'finishedAt' | 'canceledAt'>;
/** An entry of a job that was made on a day, and has ended on another one; undefined: it is under way. */
const entry = (job: number, created: number, finished?: number, canceled?: number): Entry => ({
  job,
  created: day(created),
  finishedAt: finished === undefined ? null : day(finished),
  canceledAt: canceled === undefined ? null : day(canceled),
});

/** A job log in memory, from which what is pruned is gone. */
function example(entries: readonly Entry[]) {
  let left = [...entries];
  const pruned: (readonly number[])[] = [];
  const waited: unknown[] = [];
  const reads = {
    now: {
      list: async (_: unknown, { skip = 0, count = 0 }) => ({
        rows: left.slice(skip, skip + count).map((row) => ({ key: row.job, row })),
        total: left.length,
      }),
    },
    projector: { caughtUp: async (position: bigint) => (waited.push(position), true) },
  } as unknown as ReadStore;
  const execute = async (command: NamedCommand<unknown>) => {
    if (!(command instanceof PruneJobLog)) throw new Error(`${command.commandName} was not expected`);
    pruned.push(command.jobs);
    left = left.filter(({ job }) => !command.jobs.includes(job));
    return { value: undefined as never, position: 7n };
  };
  const rule = jobLogRule({ reads, clock: { now: () => NOW }, gateway: { execute }, days: 10 });
  return { rule, pruned, waited, jobs: () => left.map(({ job }) => job) };
}

describe('the retention of the job log', () => {
  it('takes off what has ended long ago, however it has ended; what is under way stays', async () => {
    const { rule, jobs, pruned, waited } = example([
      entry(1, 1, 2),
      entry(2, 1),
      entry(3, 2, undefined, 3),
      entry(4, 3, 12),
      entry(5, 12, 13),
    ]);
    expect(rule).toMatchObject({ name: 'job log', setting: 'CONTRACTOR_KEEP_JOB_LOG', keepMs: 10 * 86_400_000 });
    expect(await rule.prune(day(10), 500)).toBe(2);
    expect([jobs(), pruned, waited]).toEqual([[2, 4, 5], [[1, 3]], [7n]]);
    expect(await rule.prune(day(10), 500)).toBe(0);
    expect(pruned).toHaveLength(1);
  });

  it('takes off so many at a time, the oldest first, also behind many that are under way', async () => {
    const open = Array.from({ length: 700 }, (_, n) => entry(n + 1, 1));
    const { rule, pruned } = example([...open, entry(701, 1, 2), entry(702, 1, 2), entry(703, 1, 2)]);
    expect([await rule.prune(day(10), 2), await rule.prune(day(10), 2), await rule.prune(day(10), 2)]).toEqual([
      2, 1, 0,
    ]);
    expect(pruned).toEqual([[701, 702], [703]]);
  });

  it('is for ever where nothing else is said', () => {
    const never = () => Promise.reject(new Error('nothing is removed'));
    const rule = jobLogRule({
      reads: {} as ReadStore,
      clock: { now: () => NOW },
      gateway: { execute: never },
      days: 0,
    });
    expect(rule.keepMs).toBeNull();
  });
});

describe('what was removed from the job log', () => {
  const pruned = (...jobs: readonly number[]) => ({ type: 'JobLogPruned', data: { jobs } }) as const;

  it('is a fact of the log, unless it is nothing', () => {
    given(jobLogPruning)
      .when({ type: 'PruneJobLog', data: { jobs: [3, 4] } })
      .yields(pruned(3, 4));
    given(jobLogPruning, pruned(3))
      .when({ type: 'PruneJobLog', data: { jobs: [] } })
      .yields();
  });

  it('is not brought back where the rows are made anew', () => {
    const story = [12, 13].flatMap((id) => [was.created, was.started, was.ended].map((event) => [id, event] as const));
    const rows = rowsAfter(jobLog, ...story, ['all', pruned(12)]);
    expect([...rows.keys()]).toEqual([13]);
  });
});
