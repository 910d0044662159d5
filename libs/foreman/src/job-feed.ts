import { LRUCache } from 'lru-cache';
import type { FeedListener, FeedMessage, FeedPage, FeedSelection, FeedSource } from '#api';
import type { EventLog, Position, Recorded } from '#event-store';
import type { Logger } from '#kernel';
import { writeJson } from '#kernel';
import type { Key, ReadModel, ReadStore } from '#read-store';
import type { Program } from '#tscript';
import { JobFold, LAST_EVENTS, streamOf } from './job-fold.ts';
import type { JobInsight } from './job-insight.ts';
import { progressNow } from './job-look.ts';
import type { JobProgress, ProgressContext } from './job-progress.ts';
import { progressOf, progressOfOver } from './job-progress.ts';
import type { JobTargets } from './job-target.ts';
import { job } from './job.ts';
import type { JobRow } from './jobs.ts';
import { jobs } from './jobs.ts';
import type { StoredProgram } from './program.ts';
import { program } from './program.ts';

/** How many events may wait to be told; beyond, listeners are to read them from the log. */
export const MAX_UNTOLD = 2000;
/** How many events of the log, or jobs, are read at a time. */
const PAGE = 100;
/** How many programs are kept in memory. */
const MAX_PROGRAMS = 100;
/** How long the read models may take to show what is now, in milliseconds. */
const SHOWN_MS = 10_000;

export interface JobFeedOptions {
  readonly events: EventLog;
  readonly reads: Pick<ReadStore, 'now'> & { readonly projector: Pick<ReadStore['projector'], 'caughtUp'> };
  readonly insight: Pick<JobInsight, 'conditionsOf' | 'messageOf' | 'takerOf'>;
  readonly targets: () => JobTargets;
  readonly sites: ReadModel;
  readonly usualMs: ProgressContext['usualMs'];
  /** Milliseconds since 1970 by the clock of the log. */
  readonly now: () => number;
  readonly log: Logger;
}

/** What is told of a job, before it is known why it does not move. */
type Told = Omit<JobProgress, 'conditions' | 'event' | 'at'>;

/**
 * Tells of the progress of jobs. It hears the log once for all its listeners; while there are none it does nothing. What it
 * tells of an event comes from the log alone, except why the job does not move, which is looked up while that is now.
 */
export class JobFeed implements FeedSource {
  readonly #options: JobFeedOptions;
  /** Jobs as they are, and as they were where the log is read again. */
  readonly #fold: JobFold;
  readonly #past: JobFold;
  readonly #programs = new LRUCache<string, Program>({ max: MAX_PROGRAMS });
  readonly #listeners = new Set<FeedListener>();
  #reached: Position = 0n;
  #untold: { readonly events: readonly Recorded[]; readonly end: Position }[] = [];
  #waiting = 0;
  #telling = false;

  constructor(options: JobFeedOptions) {
    this.#options = options;
    this.#fold = new JobFold(options.events);
    this.#past = new JobFold(options.events);
  }

  get reached(): Position {
    return this.#reached;
  }

  /** How many events wait to be told. */
  get untold(): number {
    return this.#waiting;
  }

  /** Takes the next events of the log, of whatever streams; `end` is how far it was read. */
  heard(events: readonly Recorded[], end: Position): void {
    if (this.#listeners.size === 0) {
      this.#untold = [];
      this.#waiting = 0;
      this.#reached = end;
      return;
    }
    const its = events.filter(({ stream }) => stream.startsWith(`${job.category}-`));
    this.#untold.push({ events: its, end });
    this.#waiting += its.length;
    if (this.#waiting > MAX_UNTOLD) this.#leaveOut();
    else if (!this.#telling) void this.#tell();
  }

  head(): Promise<Position> {
    return this.#options.events.head();
  }

  async hasSite(site: string): Promise<boolean> {
    return (await this.#options.reads.now.get(this.#options.sites, site)) !== undefined;
  }

  async last(id: number): Promise<FeedMessage | undefined> {
    const [event] = await this.#options.events.eventsOf(streamOf(id), { direction: 'backwards', limit: 1 });
    return event && this.#message(event, this.#past, false);
  }

  async *now(selection: FeedSelection, position: Position): AsyncGenerator<readonly FeedMessage[]> {
    const { reads } = this.#options;
    await reads.projector.caughtUp(position, SHOWN_MS);
    const view = reads.now;
    const { site } = selection;
    const keys: readonly Key[] =
      selection.job === undefined
        ? (await view.keys(jobs, site === undefined ? {} : { where: { site } })).keys
        : [selection.job];
    for (let n = 0; n < keys.length; n += PAGE) {
      const messages: FeedMessage[] = [];
      for (const [key, row] of await view.many(jobs, keys.slice(n, n + PAGE))) {
        const id = Number(key);
        const context = await this.#context(row, this.#options.now());
        const told = await this.#withConditions(id, row, context);
        messages.push(message(row, undefined, false, { ...told, event: null, at: row.updated }));
      }
      yield messages;
    }
  }

  async read({ job: id, site }: FeedSelection, after: Position): Promise<FeedPage> {
    if (id !== undefined) return this.#readJob(id, after);
    const { events, end } = await this.#options.events.eventsAfter(after, { categories: [job.category], limit: PAGE });
    const messages: FeedMessage[] = [];
    for (const event of events) {
      const told = await this.#message(event, this.#past, false);
      if (told && (site === undefined || told.site === site)) messages.push(told);
    }
    return { messages, end };
  }

  listen(listener: FeedListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Reads the stream of one job, which is much shorter than the log. */
  async #readJob(id: number, after: Position): Promise<FeedPage> {
    const log = this.#options.events;
    const head = await log.head();
    const messages: FeedMessage[] = [];
    for (let from = 0; ; from += PAGE) {
      const events = await log.eventsOf(streamOf(id), { from, limit: PAGE });
      for (const event of events) {
        if (event.position <= after) continue;
        const told = await this.#message(event, this.#past, false);
        if (told) messages.push(told);
        if (messages.length === PAGE) return { messages, end: event.position };
      }
      if (events.length < PAGE) break;
    }
    const last = messages.at(-1)?.position ?? after;
    return { messages, end: last > head ? last : head > after ? head : after };
  }

  /** Tells what waits, one batch after the other. */
  async #tell(): Promise<void> {
    this.#telling = true;
    try {
      for (let batch = this.#untold[0]; batch; batch = this.#untold[0]) {
        const messages: FeedMessage[] = [];
        for (const event of batch.events) {
          const told = await this.#message(event, this.#fold, true);
          if (told) messages.push(told);
        }
        // What was left out meanwhile is told by the log.
        if (this.#untold[0] !== batch) continue;
        this.#untold.shift();
        this.#waiting -= batch.events.length;
        this.#reached = batch.end;
        for (const listener of this.#listeners) listener({ messages, end: batch.end });
      }
    } catch (error) {
      this.#options.log.warn('the progress of jobs is read from the log again', { error: String(error) });
      this.#leaveOut();
    } finally {
      this.#telling = false;
    }
  }

  /** Tells nobody of what waits: listeners read it from the log. */
  #leaveOut(): void {
    this.#reached = this.#untold.at(-1)?.end ?? this.#reached;
    this.#untold = [];
    this.#waiting = 0;
    for (const listener of this.#listeners) listener(undefined);
  }

  /** What is told of an event; undefined: nothing. */
  async #message(event: Recorded, fold: JobFold, live: boolean): Promise<FeedMessage | undefined> {
    const { position, type, at } = event;
    const id = Number(event.id);
    const { before, after } = await fold.at(event);
    const row = after ?? before;
    if (!row) return undefined;
    const over = LAST_EVENTS.includes(type);
    if (over) {
      const told = progressOfOver(id, row, type === 'JobCanceled');
      return message(row, position, over, { ...told, conditions: live ? [] : null, event: type, at });
    }
    const context = await this.#context(row, Date.parse(at));
    const told = live
      ? await this.#withConditions(id, row, context)
      : { ...progressOf(id, row, context), conditions: null };
    return message(row, position, over, { ...told, event: type, at });
  }

  /** What is told of a job as it is now, with why it does not move; its message says so too, as when it is read. */
  async #withConditions(
    id: number,
    row: JobRow,
    context: ProgressContext,
  ): Promise<Told & Pick<JobProgress, 'conditions'>> {
    const { insight, targets, reads } = this.#options;
    const taker = await insight.takerOf(row);
    return progressNow(id, row, { insight, targets: targets(), view: reads.now, context, taker });
  }

  async #context(row: JobRow, now: number): Promise<ProgressContext> {
    return { program: row.machine ? await this.#program(row.program) : undefined, now, usualMs: this.#options.usualMs };
  }

  async #program(hash: string): Promise<Program | undefined> {
    const kept = this.#programs.get(hash);
    if (kept) return kept;
    const [event] = await this.#options.events.eventsOf(`${program.category}-${hash}`, { limit: 1 });
    const found = event && (event.data as StoredProgram).program;
    if (found) this.#programs.set(hash, found);
    return found;
  }
}

const message = (
  { site, target: { kind } }: JobRow,
  position: Position | undefined,
  over: boolean,
  told: JobProgress,
): FeedMessage => ({ position, job: told.job, site, kind, over, data: writeJson(told) });
