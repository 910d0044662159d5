import type { Course } from './course.ts';
import type { TrailEvent } from './job-trail.ts';

/** Something that took a part of the life of a job, as parts of all of it in percent. */
export interface Bar {
  readonly kind: string;
  readonly left: number;
  readonly width: number;
  /** How long, in milliseconds. */
  readonly took: number;
  readonly title: string;
}

/** A line of a timeline: what, and when it was at it. */
export interface TimelineRow {
  readonly key: string;
  readonly label: string;
  readonly bars: readonly Bar[];
  /** How long all of it took, in milliseconds. */
  readonly took: number;
}

/** A span between two moments, in milliseconds since 1970. */
interface Span {
  readonly from: number;
  readonly to: number;
  readonly kind: string;
  readonly title: string;
}

/** Bars narrower than that would not be seen, in percent. */
const LEAST = 0.4;

/** When a job was waiting, running, paused or in error, by its events; until `now` where it is not over. */
export function phasesOf(events: readonly TrailEvent[], now: number): readonly Span[] {
  const phases: Span[] = [];
  for (const [n, { state, at }] of events.entries()) {
    const from = Date.parse(at);
    const over = state === 'done' || state === 'canceled';
    const to = over ? from : Date.parse(events[n + 1]?.at ?? new Date(Math.max(now, from)).toISOString());
    const last = phases.at(-1);
    if (last?.kind === state) phases[phases.length - 1] = { ...last, to };
    else if (!over) phases.push({ kind: state, from, to, title: NAMES[state] ?? state });
  }
  return phases;
}

const NAMES: Readonly<Record<string, string>> = { queued: 'running', error: 'in error' };

/** The life of a job as lines: what state it was in, then each of its tasks with each attempt. */
export function timelineOf(
  course: Course,
  events: readonly TrailEvent[],
  now: number,
): { readonly rows: readonly TimelineRow[]; readonly took: number } {
  const begin = Date.parse(course.created);
  const end = Math.max(begin + 1, course.ended === null ? now : Date.parse(course.ended));
  const draw = ({ from, to, kind, title }: Span): Bar => {
    const [first, last] = [Math.max(begin, Math.min(from, end)), Math.max(begin, Math.min(to, end))];
    const width = Math.max(LEAST, ((last - first) / (end - begin)) * 100);
    const left = Math.min(100 - width, ((first - begin) / (end - begin)) * 100);
    return { kind, left, width, took: Math.max(0, to - from), title };
  };
  const row = (key: string, label: string, spans: readonly Span[]): TimelineRow => ({
    key,
    label,
    bars: spans.map(draw),
    took: spans.reduce((sum, { from, to }) => sum + Math.max(0, to - from), 0),
  });
  const ended = (text: string | null): number => (text === null ? end : Date.parse(text));
  const tasks = course.tasks.map(({ task, module, function: name, requested, ended: at, attempts }) => {
    const wanted = Date.parse(requested);
    const first = Date.parse(attempts[0]?.dispatched ?? requested);
    const waited: readonly Span[] =
      attempts.length === 0
        ? [{ from: wanted, to: ended(at), kind: 'waiting', title: 'waiting for an agent' }]
        : first > wanted
          ? [{ from: wanted, to: first, kind: 'waiting', title: 'waiting for an agent' }]
          : [];
    const tried = attempts.map(({ dispatched, ended: over, outcome, agent }, n): Span => {
      const where = agent === null ? '' : ` at ${agent}`;
      return {
        from: Date.parse(dispatched),
        to: ended(over),
        kind: outcome,
        title: `attempt ${n + 1}${where}: ${outcome}`,
      };
    });
    return row(task, `${module}.${name}`, [...waited, ...tried]);
  });
  return { rows: [row('job', 'Job', phasesOf(events, end)), ...tasks], took: end - begin };
}
