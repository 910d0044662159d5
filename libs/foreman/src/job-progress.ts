import type { Machine, Program, StatusEntry } from '#tscript';
import { callsAhead, line, status } from '#tscript';
import type { Condition } from './condition.ts';
import type { JobRow } from './jobs.ts';

/** How much of a message is told, in characters: as much as a job shows. */
export const MAX_TOLD_MESSAGE = 1024;

/** How far a job has come, as it is told to those who watch it. */
export interface JobProgress {
  readonly job: number;
  readonly site: string;
  readonly target: { readonly kind: string; readonly id: string };
  /** What people call the target: the host name of a structure, the locator of a foundation. */
  readonly name: string;
  readonly script: string;
  /** As the job shows it; `done` or `canceled` where it is over. */
  readonly state: string;
  /** How much of its script is done, 0 to 100. */
  readonly percent: number;
  /** Line of the script; null where it has not begun, or is over. */
  readonly line: number | null;
  readonly message: string;
  /** Seconds that what is left usually takes; null where nothing is known of it. */
  readonly remaining: number | null;
  /** Why it does not move; null where what is told is past. */
  readonly conditions: readonly Condition[] | null;
  /** Type of the event that is told; null: it is as it is now. */
  readonly event: string | null;
  /** When that was, ISO 8601. */
  readonly at: string;
}

/** How a job is looked at. */
export interface ProgressContext {
  readonly program: Program | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** How long a function usually takes, in milliseconds; undefined where that is not known. */
  readonly usualMs: (name: string) => number | undefined;
}

/** How far the script of a job has come, from the outermost block inward. */
export const progressEntries = (row: JobRow, { program, now }: ProgressContext): StatusEntry[] =>
  row.machine && program ? status(row.machine, program, Math.max(now, Date.parse(row.updated))) : [];

/** What is told of a job that is under way. */
export const progressOf = (
  job: number,
  row: JobRow,
  context: ProgressContext,
): Omit<JobProgress, 'conditions' | 'event' | 'at'> => ({
  job,
  site: row.site,
  target: row.target,
  name: row.description,
  script: row.script,
  state: row.stage,
  percent: percentOf(progressEntries(row, context)),
  line: row.machine ? line(row.machine) : null,
  message: row.message.slice(0, MAX_TOLD_MESSAGE),
  remaining: remainingOf(row, context),
});

/** What is told of a job that is over, by what it was last. */
export const progressOfOver = (
  job: number,
  row: JobRow,
  canceled: boolean,
): Omit<JobProgress, 'conditions' | 'event' | 'at'> => ({
  job,
  site: row.site,
  target: row.target,
  name: row.description,
  script: row.script,
  state: canceled ? 'canceled' : 'done',
  percent: 100,
  line: null,
  message: '',
  remaining: 0,
});

const percentOf = (entries: readonly StatusEntry[]): number => Math.round((entries[0]?.[0] ?? 0) * 10) / 10;

/**
 * Seconds that what is left of a job usually takes: what is left of the step it is at, and of each call that stands behind
 * it in its script, once. Functions of which nothing is known count nothing; null where that is all of them.
 */
function remainingOf({ machine, order, dispatchedAt }: JobRow, context: ProgressContext): number | null {
  const { program, now, usualMs } = context;
  if (!machine || !program) return null;
  const step = order ? usualMs(`${order.module}.${order.function}`) : undefined;
  const elapsed = dispatchedAt === null ? 0 : Math.max(0, now - Date.parse(dispatchedAt));
  const ahead = knownTimes(machine, program, usualMs);
  if (step === undefined && ahead.length === 0) return null;
  const left = Math.max(0, (step ?? 0) - elapsed) + ahead.reduce((sum, one) => sum + one, 0);
  return Math.ceil(left / 1000);
}

const knownTimes = (machine: Machine, program: Program, usualMs: ProgressContext['usualMs']): number[] =>
  callsAhead(machine, program).flatMap((name) => usualMs(name) ?? []);
