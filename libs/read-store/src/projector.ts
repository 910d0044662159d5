import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore, Position, StoredEvent, Subscription } from '#event-store';
import { Leadership } from '#event-store';
import { Superseded } from './checkpoint.ts';
import { NotReady } from './preconditions.ts';
import type { ProjectionOptions } from './projection.ts';
import { Projection } from './projection.ts';
import type { Key, ReadModel } from './read-model.ts';
import type { Progress } from './rebuild.ts';
import { rebuild } from './rebuild.ts';
import { PositionWaiters } from './position-waiters.ts';
import type { WriteBehind } from './write-behind.ts';

/** Name of the duty of the process that projects. */
const DUTY = 'read.projector';
const BATCH = 500;
/** Time between two looks how far another process has come, in milliseconds. */
const LOOK_MS = 10;
/** How long a reader waits for what was shown before, in milliseconds. */
const SHOWN_AGAIN_MS = 5000;
/** How long after a failure it is taken for granted that another process projects, in milliseconds. */
const RECOVERY_MS = 3000;
/** Pause before a rebuild that has failed is tried again, in milliseconds. */
const REBUILD_AGAIN_MS = 1000;

export interface ProjectorOptions extends ProjectionOptions {
  readonly store: EventStore;
  readonly onError: (error: unknown) => void;
  /** Told how far a rebuild has come. */
  readonly onProgress?: (progress: Progress) => void;
  /** How much live rows may take in memory while they are made anew. */
  readonly maxRebuildMemory?: number;
  /** Told how many events a batch had. */
  readonly onProjected?: (events: number) => void;
}

/**
 * What a projector is at: it keeps the rows; another process does, and it stands by; something has failed and it tries
 * again; or it was not started, or stopped.
 */
export type ProjectorState = 'projecting' | 'standing-by' | 'recovering' | 'stopped';

/** What a projector is at, for those who operate the server. */
export interface ProjectorStatus {
  readonly state: ProjectorState;
  /** Since when it is so. */
  readonly since: Date;
  /** What failed last, in words, and when; undefined: nothing has. */
  readonly lastError: { readonly text: string; readonly at: Date } | undefined;
  /** Why it is not known whether this process projects still; undefined: it is known. */
  readonly doubt: string | undefined;
  /** Models that have no rows yet: they are being made from the log. */
  readonly starting: readonly string[];
}

/** A model that has no rows yet was read: they are being made from the log. */
export class RowsNotReady extends NotReady {
  readonly model: string;

  constructor(model: string) {
    super(`the rows of ${model} are being made from the log`);
    this.name = 'RowsNotReady';
    this.model = model;
  }
}

/**
 * Keeps the read models up with the log, batch by batch, and makes them anew where that is asked for. One process per
 * database does the work; the others stand by.
 */
export class Projector {
  readonly #options: ProjectorOptions;
  readonly #projection: Projection;
  readonly #leadership: Leadership;
  readonly #waiters = new PositionWaiters();
  #stopped = false;
  #subscription: Subscription | undefined;
  /** The end of whatever has the rows to itself: a batch, or the moment of a switch. */
  #turn: Promise<unknown> = Promise.resolve();
  /** Aborted when the work is another one's. */
  #term: AbortSignal | undefined;
  #stale: readonly ReadModel[] = [];
  #rebuilding: Promise<void> | undefined;
  #starting: Promise<void> | undefined;
  #progress: Progress | undefined;
  #state: ProjectorState = 'stopped';
  #since = new Date();
  #lastError: ProjectorStatus['lastError'];
  /** When that was, as of `performance.now()`: the clock of the machine may be set back meanwhile. */
  #failedAt = Number.NEGATIVE_INFINITY;

  constructor(options: ProjectorOptions) {
    this.#options = options;
    this.#projection = new Projection(options);
    this.#leadership = new Leadership({
      pool: options.pool,
      name: DUTY,
      onError: (error) => this.#failed(error),
      duty: { prepare: (term) => this.#prepare(term), begin: () => this.#begin(), end: () => this.#end() },
    });
  }

  /**
   * Resolves when this process projects, or stands by behind one that does. Models that have no rows yet are made from
   * the log behind it: `caughtUp` waits for them, and reading them throws {@link RowsNotReady}.
   */
  async start(): Promise<void> {
    await this.#leadership.start();
    if (!this.leading) this.#enter('standing-by');
  }

  /** A rebuild under way is given up. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    await this.#leadership.stop();
    this.#projection.giveUpShown();
    this.#waiters.close();
    this.#enter('stopped');
  }

  /** Whether this process does the work. */
  get leading(): boolean {
    return this.#leadership.leading;
  }

  /** What it is at. */
  get status(): ProjectorStatus {
    // Where nothing fails any more, and nothing came of it, another process has the place.
    const quiet = performance.now() - this.#failedAt;
    if (this.#state === 'recovering' && !this.leading && quiet > RECOVERY_MS) this.#enter('standing-by');
    return {
      state: this.#state,
      since: this.#since,
      lastError: this.#lastError,
      doubt: this.#leadership.doubt,
      starting: this.models.filter((model) => !this.#projection.has(model)).map(({ name }) => name),
    };
  }

  /** The read models it keeps. */
  get models(): readonly ReadModel[] {
    return this.#options.models;
  }

  /** How far the rows have come, as far as this process knows. */
  get reached(): Position {
    return this.#projection.reached;
  }

  /** What is folded and not in the tables yet; undefined where this process does not project. */
  get behind(): WriteBehind | undefined {
    return this.#projection.behind;
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
   * Waits until all models have rows, and they show everything up to a position. A database that does not answer is
   * waited for too.
   * @returns false where that took longer than `timeout` milliseconds, or the projector was stopped
   */
  async caughtUp(position: Position, timeout: number): Promise<boolean> {
    const deadline = performance.now() + timeout;
    do {
      if (this.leading) {
        if (this.#shows(position)) return true;
        if (await this.#waiters.wait(position, deadline - performance.now())) return true;
      } else {
        // What fails here fails where the place is sought too, and is told there.
        const found = await this.#projection.look().catch(() => undefined);
        if (found !== undefined && found >= position && !this.leading) return true;
        await sleep(LOOK_MS);
      }
    } while (performance.now() < deadline && !this.#stopped);
    return false;
  }

  /** Set while there is something to wait for before a model is read. @throws RowsNotReady */
  notYet(model: ReadModel): Promise<void> | undefined {
    if (!this.#projection.has(model)) throw new RowsNotReady(model.name);
    return this.#projection.fallenBack && !this.#stopped ? this.#shownAgain() : undefined;
  }

  /** Resolves when the tables show everything that was folded up to now. */
  async written(): Promise<void> {
    const { behind } = this.#projection;
    try {
      await behind?.written();
      if (behind) return;
    } catch (error) {
      if (behind === this.#projection.behind) throw error;
    }
    // Somebody else writes it now, or this process in its next term.
    if (!this.#projection.fallenBack || this.#stopped) return;
    await this.#shownAgain();
    await this.#projection.behind?.written();
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

  /** Answers show again what answers have shown before; those who wait in vain see less. */
  async #shownAgain(): Promise<void> {
    if (!(await this.caughtUp(this.#projection.shown, SHOWN_AGAIN_MS))) this.#projection.giveUpShown();
  }

  #shows(position: Position): boolean {
    return this.#projection.complete && this.reached >= position;
  }

  #makeAnew(models: readonly ReadModel[], signal: AbortSignal): Promise<void> {
    const { store, db, onProgress, maxRebuildMemory } = this.#options;
    const rebuilding = rebuild({
      ...(maxRebuildMemory === undefined ? {} : { maxMemory: maxRebuildMemory }),
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
      switchOver: (task) => this.#alone(() => this.#switchOver(task, models, signal)),
    });
    this.#rebuilding = rebuilding.finally(() => {
      this.#rebuilding = undefined;
    });
    return this.#rebuilding;
  }

  async #switchOver(
    task: (until: Position) => Promise<void>,
    models: readonly ReadModel[],
    signal: AbortSignal,
  ): Promise<void> {
    await this.#projection.behind?.written(Number.POSITIVE_INFINITY);
    signal.throwIfAborted();
    try {
      await task(this.reached);
    } catch (error) {
      // The tables may have changed places all the same, and only the answer was lost.
      await this.#projection.replaced([]);
      throw error;
    }
    await this.#projection.replaced(models);
    this.#tell();
  }

  /** Runs a task while nothing else changes the rows. */
  #alone<R>(task: () => Promise<R>): Promise<R> {
    const run = this.#turn.then(task);
    this.#turn = run.catch(() => undefined);
    return run;
  }

  async #prepare(term: AbortSignal): Promise<void> {
    this.#term = term;
    this.#stale = await this.#projection.prepare();
  }

  #begin(): void {
    const { store } = this.#options;
    this.#projection.begin({
      onError: (error) => {
        if (error instanceof Superseded) this.#leadership.stepDown(error);
        else this.#failed(error);
      },
      onWritten: () => this.#working(),
    });
    this.#enter('projecting');
    // Whoever waits for what was written before the place was taken anew.
    this.#tell();
    this.#subscription = store.subscribe(this.reached, (events, end) => this.#alone(() => this.#project(events, end)), {
      limit: BATCH,
      onError: (error) => this.#failed(error),
    });
    if (this.#stale.length > 0 && this.#term) this.#starting = this.#fill(this.#stale, this.#term);
  }

  /** Models that are new or have another shape than their rows are made from the log, however often it takes. */
  async #fill(stale: readonly ReadModel[], term: AbortSignal): Promise<void> {
    while (!term.aborted) {
      try {
        await this.#makeAnew(stale, term);
        return;
      } catch (error) {
        if (term.aborted) return;
        this.#failed(error);
        await sleep(REBUILD_AGAIN_MS, undefined, { signal: term }).catch(() => undefined);
      }
    }
  }

  async #end(): Promise<void> {
    this.#waiters.close();
    // Where the place was given back, and not lost, what was folded is written.
    if (this.#stopped) await this.#projection.behind?.written().catch((error: unknown) => this.#failed(error));
    await this.#projection.end();
    await this.#subscription?.stop();
    await this.#rebuilding?.catch(() => undefined);
    await this.#starting;
  }

  async #project(events: readonly StoredEvent[], end: Position): Promise<void> {
    await this.#projection.take(events, end);
    this.#options.onProjected?.(events.length);
    this.#working();
    this.#tell();
    // What is folded and not written is bounded: the next batch waits.
    await this.#projection.behind?.room();
  }

  /** Tells those who wait how far the rows have come. */
  #tell(): void {
    if (this.#projection.complete) this.#waiters.reached(this.reached);
  }

  #working(): void {
    const fine = this.leading && this.#projection.behind?.failure === undefined;
    if (this.#state === 'recovering' && fine) this.#enter('projecting');
  }

  #failed(error: unknown): void {
    this.#lastError = { text: String(error), at: new Date() };
    this.#failedAt = performance.now();
    this.#enter('recovering');
    this.#options.onError(error);
  }

  #enter(state: ProjectorState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#since = new Date();
  }
}
