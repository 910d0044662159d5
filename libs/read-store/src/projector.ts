import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore, Position, StoredEvent, Subscription } from '#event-store';
import { Leadership } from '#event-store';
import { Superseded } from './checkpoint.ts';
import type { ProjectionOptions } from './projection.ts';
import { Projection } from './projection.ts';
import type { Key, ReadModel } from './read-model.ts';
import type { Progress } from './rebuild.ts';
import { rebuild } from './rebuild.ts';
import { Waiters } from './waiters.ts';

/** Name of the duty of the process that projects. */
const DUTY = 'read.projector';
const BATCH = 500;

export interface ProjectorOptions extends ProjectionOptions {
  readonly store: EventStore;
  readonly onError: (error: unknown) => void;
  /** Told how far a rebuild has come. */
  readonly onProgress?: (progress: Progress) => void;
  /** Told how many events a batch had. */
  readonly onProjected?: (events: number) => void;
}

/**
 * Keeps the read models up with the log, batch by batch, and makes them anew where that is asked for. One process per
 * database does the work; the others stand by.
 */
export class Projector {
  readonly #options: ProjectorOptions;
  readonly #projection: Projection;
  readonly #leadership: Leadership;
  readonly #waiters = new Waiters();
  #stopped = false;
  #subscription: Subscription | undefined;
  /** The end of whatever has the tables to itself: a batch, or the moment of a switch. */
  #turn: Promise<unknown> = Promise.resolve();
  /** Aborted when the work is another one's. */
  #term: AbortSignal | undefined;
  #rebuilding: Promise<void> | undefined;
  #progress: Progress | undefined;

  constructor(options: ProjectorOptions) {
    this.#options = options;
    this.#projection = new Projection(options);
    this.#leadership = new Leadership({
      pool: options.pool,
      name: DUTY,
      onError: options.onError,
      duty: { prepare: (term) => this.#prepare(term), begin: () => this.#begin(), end: () => this.#end() },
    });
  }

  /** Resolves when this process projects, or stands by behind one that does. */
  start(): Promise<void> {
    return this.#leadership.start();
  }

  /** A rebuild under way is given up. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#leadership.stop();
    this.#waiters.close();
  }

  /** Whether this process does the work. */
  get leading(): boolean {
    return this.#leadership.leading;
  }

  /** The read models it keeps. */
  get models(): readonly ReadModel[] {
    return this.#options.models;
  }

  /** How far the rows have come, as far as this process knows. */
  get reached(): Position {
    return this.#projection.reached;
  }

  /** Rows that an event could not be folded into, by model; they stay as they were. */
  get quarantined(): ReadonlyMap<string, ReadonlySet<Key>> {
    return this.#projection.quarantine.all;
  }

  /** Whether read models are being made anew. */
  get rebuilding(): boolean {
    return this.#rebuilding !== undefined;
  }

  /** How far the rebuild under way has come, or else the last one came; undefined: there was none. */
  get progress(): Progress | undefined {
    return this.#progress;
  }

  /**
   * Waits until the rows show everything up to a position.
   * @returns false where that took longer than `timeout` milliseconds, or the projector was stopped
   */
  async caughtUp(position: Position, timeout: number): Promise<boolean> {
    if (this.reached >= position) return true;
    if (this.leading) return this.#waiters.wait(position, timeout);
    const deadline = Date.now() + timeout;
    while (Date.now() < deadline && !this.#stopped) {
      if ((await this.#projection.look()) >= position) return true;
      await sleep(10);
    }
    return false;
  }

  /**
   * Makes read models anew from the log while the old rows serve; all of them unless named. Given up when this process
   * is stopped, or no longer projects.
   * @throws Error where this process does not project, or a rebuild is under way
   */
  async rebuild(names?: readonly string[]): Promise<void> {
    if (!this.leading || !this.#term) throw new Error('another process keeps the read models');
    if (this.#rebuilding) throw new Error('a rebuild is under way');
    const { models } = this.#options;
    await this.#makeAnew(names ? models.filter(({ name }) => names.includes(name)) : models, this.#term);
  }

  #makeAnew(models: readonly ReadModel[], signal: AbortSignal): Promise<void> {
    const { store, db, onProgress } = this.#options;
    const rebuilding = rebuild({
      store,
      db,
      models,
      signal,
      reached: () => this.reached,
      parse: (events) => this.#projection.parse(events),
      report: (progress) => {
        this.#progress = progress;
        onProgress?.(progress);
      },
      switchOver: (task) => this.#alone(() => this.#switchOver(task, models)),
    });
    this.#rebuilding = rebuilding.finally(() => {
      this.#rebuilding = undefined;
    });
    return this.#rebuilding;
  }

  async #switchOver(task: (until: Position) => Promise<void>, models: readonly ReadModel[]): Promise<void> {
    const { live, pages } = this.#options;
    try {
      await task(this.reached);
    } finally {
      // Also where it failed: the tables may have changed places, and only the answer was lost.
      live.close();
      if (this.leading) live.open();
      for (const { name } of models) pages.changed(name);
    }
    await this.#projection.readQuarantine();
  }

  /** Runs a task while nothing else changes the tables. */
  #alone<R>(task: () => Promise<R>): Promise<R> {
    const run = this.#turn.then(task);
    this.#turn = run.catch(() => undefined);
    return run;
  }

  /** Models that are new or have another shape than their rows are made from the log. */
  async #prepare(term: AbortSignal): Promise<void> {
    this.#term = term;
    const stale = await this.#projection.prepare();
    if (stale.length > 0) await this.#makeAnew(stale, term);
    await this.#projection.readQuarantine();
  }

  #begin(): void {
    const { store, live, pages, onError } = this.#options;
    live.open();
    pages.open();
    // Whoever waits for what was written before the place was taken anew.
    this.#waiters.reached(this.reached);
    this.#subscription = store.subscribe(this.reached, (events, end) => this.#alone(() => this.#project(events, end)), {
      limit: BATCH,
      onError,
    });
  }

  async #end(): Promise<void> {
    this.#options.live.close();
    this.#options.pages.close();
    await this.#subscription?.stop();
    await this.#rebuilding?.catch(() => undefined);
  }

  async #project(events: readonly StoredEvent[], end: Position): Promise<void> {
    try {
      await this.#projection.take(events, end);
    } catch (error) {
      if (!(error instanceof Superseded)) throw error;
      this.#leadership.stepDown(error);
      return;
    }
    this.#options.onProjected?.(events.length);
    this.#waiters.reached(end);
  }
}
