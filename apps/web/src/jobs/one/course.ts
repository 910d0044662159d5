import type { BoardJob } from '../job.ts';
import type { Trail } from './job-trail.ts';

/** One dispatch of a task, as the server tells it. */
export interface Attempt {
  readonly transport: string;
  readonly agent: string | null;
  readonly asked: boolean;
  readonly dispatched: string;
  readonly deadline: string;
  readonly ended: string | null;
  readonly outcome: string;
  readonly message: string;
}

/** A task of a job. */
export interface CourseTask {
  readonly task: string;
  readonly module: string;
  readonly function: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly line: number | null;
  readonly state: string;
  readonly requested: string;
  readonly ended: string | null;
  readonly message: string;
  readonly attempts: readonly Attempt[];
}

/** One job from its begin to its end, as the server tells it. */
export interface Course {
  readonly id: number;
  readonly site: string;
  readonly target: { readonly model: string; readonly id: string };
  readonly name: string;
  readonly script_name: string;
  readonly creator: string;
  readonly state: string;
  readonly created: string;
  readonly started: string | null;
  readonly ended: string | null;
  readonly now: BoardJob | null;
  readonly source: string | null;
  readonly tasks: readonly CourseTask[];
  readonly more: boolean;
}

/** How a job is at the moment. */
export interface JobNow {
  readonly state: string;
  readonly percent: number;
  readonly line: number | null;
  readonly message: string;
  readonly remaining: number | null;
  readonly conditions: BoardJob['conditions'];
  readonly slow: boolean;
  readonly isOver: boolean;
  /** When the browser was told so, in milliseconds since 1970. */
  readonly seen: number;
}

/** A job by what was asked of the server and what the feed has told, whichever is newer. */
export function jobNow(course: Course, read: number, { last, conditions, isOver }: Trail): JobNow {
  const { now, ended, state } = course;
  const over = isOver || ended !== null;
  const slow = now?.slow === true;
  if (over) {
    const at = { line: null, message: '', remaining: null, conditions: [], slow: false, isOver: true, seen: read };
    return { ...at, state: ended === null ? (last?.state ?? state) : state, percent: 100 };
  }
  if (last && (now === null || last.at >= now.updated)) {
    const { state: told, percent, line, message, remaining, seen } = last;
    const why = conditions ?? (now?.updated === last.at || now?.state === told ? (now?.conditions ?? []) : []);
    return { state: told, percent, line, message, remaining, conditions: why, slow, isOver: false, seen };
  }
  const { percent = 0, line = null, message = '', remaining = null, conditions: why = [] } = now ?? {};
  return { state, percent, line, message, remaining, conditions: why, slow, isOver: false, seen: read };
}
