/** Why a job does not move, and what that is about. */
export interface Condition {
  readonly name: string;
  readonly text: string;
  readonly links: readonly { readonly model: string; readonly id: string }[];
  readonly since: string | null;
  readonly until: string | null;
}

/** The task a job is at. */
export interface JobTask {
  readonly task: string;
  readonly module: string;
  readonly function: string;
  readonly agent: string | null;
  readonly since: string | null;
  readonly deadline: string | null;
}

/** How far a job has come: what boards and feed tell alike. */
interface Progress {
  readonly site: string;
  readonly name: string;
  readonly state: string;
  readonly percent: number;
  readonly line: number | null;
  readonly message: string;
  readonly remaining: number | null;
}

/** A job as the board of the server tells it. */
export interface BoardJob extends Progress {
  readonly id: number;
  /** `Foreman/FoundationJob` and the like. */
  readonly model: string;
  readonly target: { readonly model: string; readonly id: string };
  readonly script_name: string;
  readonly creator: string;
  readonly slow: boolean;
  readonly conditions: readonly Condition[];
  readonly task: JobTask | null;
  readonly created: string;
  readonly updated: string;
}

/** What the feed tells of a job (docs/rest.md). */
export interface FeedJob extends Progress {
  readonly job: number;
  readonly target: { readonly kind: string; readonly id: string };
  readonly script: string;
  readonly conditions: readonly Condition[] | null;
  /** Type of the event; null where it is how the job is now. */
  readonly event: string | null;
  readonly at: string;
}

/** Events behind which a job is over. */
const LAST = new Set(['JobEnded', 'JobCanceled']);

/** Whether a job is over with what the feed tells. */
export const isOver = ({ event }: FeedJob): boolean => event !== null && LAST.has(event);

/** The kind of target a job works on: `Foundation` of `Foreman/FoundationJob`. */
export const kindOf = ({ model }: Pick<BoardJob, 'model'>): string => model.replace(/^Foreman\/(.*)Job$/, '$1');
