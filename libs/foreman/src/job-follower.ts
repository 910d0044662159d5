import type { Position, Recorded } from '#event-store';
import type { Logger } from '#kernel';
import { idOf } from '#kernel';
import type { ReadStore } from '#read-store';
import type { ForemanTerm } from './foreman-term.ts';
import type { Created, Dispatch } from './job-messages.ts';
import { job } from './job.ts';
import type { JobRow } from './jobs.ts';
import { jobs } from './jobs.ts';
import type { JobTargetRegistry } from './job-target.ts';
import type { StepTimes } from './step-times.ts';
import { TargetWatch } from './target-watch.ts';

/** How many jobs are read at a time when the process begins. */
const PAGE = 200;
/** How many waiting jobs are asked at a time what they wait for when the process begins. */
const WIDTH = 8;
/** How long the read models may take to show what has happened where a job waits, in milliseconds. */
const SHOWN_MS = 5000;

export interface JobFollowerOptions {
  readonly targets: JobTargetRegistry;
  readonly reads: ReadStore;
  readonly steps: StepTimes;
  readonly log: Logger;
  /** The term that looks at jobs; undefined where another process is the foreman. */
  readonly term: () => ForemanTerm | undefined;
}

/** Follows the log in every process: which jobs are under way, at which step, and what they wait for. */
export class JobFollower {
  readonly #options: JobFollowerOptions;
  readonly #watch: TargetWatch;
  #lookingSoon = false;

  constructor(options: JobFollowerOptions) {
    this.#options = options;
    this.#watch = new TargetWatch(() => options.targets.all);
  }

  /** Ids of the jobs under way. */
  get jobs(): readonly number[] {
    return this.#watch.jobs;
  }

  /** Whether a job is under way. */
  knows(id: number): boolean {
    return this.#watch.knows(id);
  }

  /** Categories of the streams it follows. */
  get categories(): readonly string[] {
    const targets = [...this.#options.targets.all.values()];
    return [job.category, ...targets.flatMap(({ category, watches = [] }) => [category, ...watches])];
  }

  /**
   * Begins with the jobs that are under way, read page by page.
   * @param each told of each of them
   */
  async start(each: (id: number, row: JobRow) => void = () => undefined): Promise<void> {
    const { now } = this.#options.reads;
    const { keys } = await now.keys(jobs);
    for (let n = 0; n < keys.length; n += PAGE) {
      for (const [key, row] of await now.many(jobs, keys.slice(n, n + PAGE))) {
        this.#startWith(Number(key), row);
        each(Number(key), row);
      }
    }
    void this.#lookWhatAllWaitFor();
  }

  /** A term has begun: it looks at every job, at those that have begun first, and before what others wait for. */
  termBegan(term: ForemanTerm): void {
    this.lookAtBegun();
    for (const id of this.#watch.which(true)) term.lookLater(id);
    for (const id of this.jobs) term.watchStep(id, this.#options.steps.slowAt(id));
  }

  /** Has the jobs that have begun looked at. */
  lookAtBegun(): void {
    for (const id of this.#watch.which(false)) this.#options.term()?.look(id);
  }

  /** The same in a moment, once for all who ask for it meanwhile. */
  lookAtBegunSoon(): void {
    if (this.#lookingSoon) return;
    this.#lookingSoon = true;
    setImmediate(() => {
      this.#lookingSoon = false;
      this.lookAtBegun();
    });
  }

  heard(event: Recorded): void {
    const { stream, type, data, position, revision } = event;
    const term = this.#options.term();
    if (!stream.startsWith(`${job.category}-`)) {
      for (const one of this.#watch.at(stream)) {
        term?.look(one, position);
        void this.#lookWhatItWaitsFor(one, position);
      }
      return;
    }
    const id = Number(idOf(stream));
    this.#learn(event, id);
    term?.watchStep(id, this.#options.steps.slowAt(id));
    if (type === 'JobCreated') {
      this.#watch.add(id, data as Created, true);
      term?.begins(id);
      void this.#lookWhatItWaitsFor(id, position);
    } else if (type === 'JobStarted') this.#watch.started(id);
    if (type === 'JobEnded' || type === 'JobCanceled') {
      this.#watch.remove(id);
      term?.forget(id, type === 'JobCanceled');
    } else if (type === 'JobTaskDispatched' && (data as Dispatch).transport === 'poll')
      term?.polled(id, data as Dispatch);
    else if (type !== 'JobStepSlow') term?.heard(id, revision, position);
  }

  /** How long steps take; the foreman keeps it. */
  #learn(event: Recorded, id: number): void {
    const { steps, term, log } = this.#options;
    const learnt = steps.heard(event, id, Date.parse(event.at));
    if (learnt === undefined || !term()) return;
    steps.keep(learnt).catch((error: unknown) => log.warn('a usual time was not kept', { error: String(error) }));
  }

  /** A job that was under way when the process began. */
  #startWith(id: number, row: JobRow): void {
    const { steps } = this.#options;
    const { stage, order, dispatch, dispatchedAt, updated } = row;
    this.#watch.add(id, row, stage === 'waiting');
    if (order) steps.requested(id, order);
    if (dispatch) steps.dispatched(id, dispatch, Date.parse(dispatchedAt ?? updated));
  }

  /** Finds out what every waiting job waits for, some at a time. */
  async #lookWhatAllWaitFor(): Promise<void> {
    const waiting = this.#watch.which(true).values();
    const some = async (): Promise<void> => {
      for (const id of waiting) await this.#lookWhatItWaitsFor(id);
    };
    await Promise.all(Array.from({ length: WIDTH }, some));
  }

  /** Finds out what a waiting job waits for, which may change; what happened there meanwhile is looked at. */
  async #lookWhatItWaitsFor(id: number, position?: Position): Promise<void> {
    const { targets, reads, term, log } = this.#options;
    const waiting = this.#watch.waiting(id);
    const target = waiting && targets.all.get(waiting.target.kind);
    if (!waiting || !target?.waitsFor) return;
    try {
      if (position !== undefined) {
        await reads.projector.caughtUp(position, SHOWN_MS);
        // Most begin at once.
        if (!this.#watch.waiting(id)) return;
      }
      const streams = await target.waitsFor(reads.now, waiting.target.id, waiting.script, waiting.needs);
      if (!this.#watch.waitsFor(id, streams)) return;
      // What happened there before it was known is seen by a look.
      if (position === undefined) term()?.lookLater(id);
      else term()?.look(id);
    } catch (error) {
      log.warn('it was not found out what a job waits for', { job: id, error: String(error) });
    }
  }
}
