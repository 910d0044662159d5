import type { JobProgress } from './feed-events.ts';

/** How wide a bar is, in characters. */
const BAR = 20;

/** States in which a job does not go on by itself; `done` is the one of them that is good. */
const SETTLED = new Set(['done', 'canceled', 'error', 'aborted']);

/** Whether a job is over, or has stopped until somebody sees to it. */
export const isSettled = ({ state }: Pick<JobProgress, 'state'>): boolean => SETTLED.has(state);
export const hasFailed = (job: Pick<JobProgress, 'state'>): boolean => isSettled(job) && job.state !== 'done';

/** `1:05`, or `2:00:10` */
export function durationText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n: number) => String(n).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** `[#####...............]` */
export function barText(percent: number, width = BAR): string {
  const full = Math.round((Math.min(Math.max(percent, 0), 100) / 100) * width);
  return `[${'#'.repeat(full)}${'.'.repeat(width - full)}]`;
}

/** Why a job does not move, or what it says. */
export const reasonText = ({ message, conditions }: Pick<JobProgress, 'message' | 'conditions'>): string =>
  (message || (conditions ?? []).map(({ text }) => text).join('; ')).replace(/\s+/g, ' ').trim();

const nameOf = ({ job, target: { kind }, name, script }: JobProgress): string =>
  `#${job} ${script} ${kind.toLowerCase()} ${name}`;

/** How far a job has come, and what it says, in some words. */
function course(progress: JobProgress): string[] {
  const { state, line, remaining } = progress;
  const at = isSettled(progress) || line === null ? [] : [`line ${line}`];
  const left = isSettled(progress) || remaining === null ? [] : [`${durationText(remaining)} left`];
  const reason = reasonText(progress);
  return [state, ...at, ...left, ...(reason === '' ? [] : [reason])];
}

/** A job on a terminal: with a bar. @param nameWidth how wide its name is written */
export function jobBar(progress: JobProgress, nameWidth = 0): string {
  const percent = progress.state === 'done' ? 100 : progress.percent;
  const name = nameOf(progress).padEnd(nameWidth);
  return `${name}  ${barText(percent)} ${String(Math.round(percent)).padStart(3)} %  ${course(progress).join(', ')}`;
}

/** A job on a line of its own, elsewhere. */
export const jobLine = (progress: JobProgress): string =>
  `${nameOf(progress)}: ${Math.round(progress.state === 'done' ? 100 : progress.percent)} %, ${course(progress).join(', ')}`;

/** Jobs on a terminal: those under way first, no more than fit, and how many there are. @param most lines */
export function jobBars(jobs: readonly JobProgress[], most: number): string[] {
  const failed = jobs.filter(hasFailed);
  const going = jobs.filter((job) => !isSettled(job));
  const done = jobs.filter(({ state }) => state === 'done');
  const shown = jobs.length <= most ? jobs : [...going, ...failed, ...done].slice(0, Math.max(most - 1, 1));
  const width = Math.max(0, ...shown.map((job) => nameOf(job).length));
  const bars = shown.map((job) => jobBar(job, width));
  if (jobs.length <= 1) return bars;
  const counts = [
    `${jobs.length} jobs`,
    `${done.length} done`,
    ...(failed.length > 0 ? [`${failed.length} failed`] : []),
  ];
  return [...bars.slice(0, Math.max(most - 1, 1)), counts.join(', ')];
}
