import type { BoardJob, FeedJob } from '../job.ts';
import { isOver } from '../job.ts';

/** How many jobs a board holds at most; the server has the others. */
export const MAX_BOARD = 5000;
/** How many jobs that are over are known as such, so that an answer from before does not bring them back. */
const MAX_OVER = 5000;

/** A job on the board, with when the browser was told of it, in milliseconds since 1970. */
export interface SeenJob extends BoardJob {
  readonly seen: number;
}

interface LiveBoardOptions {
  /** Whether a site is one of those that are looked at. */
  readonly shows: (site: string) => boolean;
  /** Tells of changes a little later, together. */
  readonly later: (tell: () => void) => void;
  readonly now: () => number;
}

/**
 * The jobs under way at some sites, held up to date by what the feed tells. Whoever shows one job is told of that job alone;
 * whoever shows how they are arranged is told once for many changes.
 */
export class LiveBoard {
  readonly #options: LiveBoardOptions;
  readonly #jobs = new Map<number, SeenJob>();
  readonly #over = new Set<number>();
  readonly #rowWatchers = new Map<number, Set<() => void>>();
  readonly #watchers = new Set<() => void>();
  #changed = new Set<number>();
  #version = 0;

  constructor(options: LiveBoardOptions) {
    this.#options = options;
  }

  /** Another number after each change that was told. */
  get version(): number {
    return this.#version;
  }

  /** All jobs, in the order in which they came. */
  get jobs(): readonly SeenJob[] {
    return [...this.#jobs.values()];
  }

  /** Whether there is room for no more jobs. */
  get isFull(): boolean {
    return this.#jobs.size >= MAX_BOARD;
  }

  get(id: number): SeenJob | undefined {
    return this.#jobs.get(id);
  }

  /** Tells of changes of one job, until the answer is called. */
  watchJob(id: number, changed: () => void): () => void {
    const known = this.#rowWatchers.get(id) ?? new Set();
    this.#rowWatchers.set(id, known.add(changed));
    return () => {
      known.delete(changed);
      if (known.size === 0 && this.#rowWatchers.get(id) === known) this.#rowWatchers.delete(id);
    };
  }

  /** Tells of changes of any jobs, until the answer is called. */
  readonly watch = (changed: () => void): (() => void) => {
    this.#watchers.add(changed);
    return () => void this.#watchers.delete(changed);
  };

  /** Takes what the board of the server says; what the feed has told since is newer. */
  take(jobs: readonly BoardJob[]): void {
    for (const job of jobs) {
      const known = this.#jobs.get(job.id);
      if (this.#over.has(job.id) || (known && known.updated > job.updated)) continue;
      if (known || this.#admits(job.site)) this.#put({ ...job, seen: this.#options.now() });
    }
  }

  /** Takes away what the server did not tell any more when all of it was read, which began at that time. */
  keepOnly(ids: ReadonlySet<number>, began: number): void {
    for (const { id, seen } of this.#jobs.values()) if (!ids.has(id) && seen < began) this.#drop(id);
  }

  /** Takes what the feed tells. */
  hear(told: FeedJob): void {
    const { job: id } = told;
    if (isOver(told)) {
      this.#over.add(id);
      const [oldest] = this.#over;
      if (this.#over.size > MAX_OVER && oldest !== undefined) this.#over.delete(oldest);
      return this.#drop(id);
    }
    const known = this.#jobs.get(id);
    if (known ? known.updated > told.at : this.#over.has(id) || !this.#admits(told.site)) return;
    this.#put({ ...after(known, told), seen: this.#options.now() });
  }

  #admits(site: string): boolean {
    return !this.isFull && this.#options.shows(site);
  }

  #put(job: SeenJob): void {
    this.#jobs.set(job.id, job);
    this.#note(job.id);
  }

  #drop(id: number): void {
    if (this.#jobs.delete(id)) this.#note(id);
  }

  #note(id: number): void {
    if (this.#changed.size === 0) this.#options.later(() => this.#tell());
    this.#changed.add(id);
  }

  #tell(): void {
    const changed = this.#changed;
    this.#changed = new Set();
    this.#version++;
    for (const id of changed) for (const tell of this.#rowWatchers.get(id) ?? []) tell();
    for (const tell of this.#watchers) tell();
  }
}

/** A job after what the feed tells of it. */
function after(known: BoardJob | undefined, told: FeedJob): BoardJob {
  const { job: id, target, script: scriptName, conditions, event, at, ...progress } = told;
  const moved = event !== null && event !== 'JobMessagePosted' && event !== 'JobStepSlow';
  return {
    ...progress,
    id,
    model: `Foreman/${target.kind}Job`,
    target: { model: `Building/${target.kind}`, id: target.id },
    script_name: scriptName,
    creator: known?.creator ?? '',
    slow: event === 'JobStepSlow' || (known?.slow === true && !moved),
    conditions: conditions ?? known?.conditions ?? [],
    task: known?.task ?? null,
    created: known?.created ?? at,
    updated: at,
  };
}
