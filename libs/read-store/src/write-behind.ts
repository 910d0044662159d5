import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Position } from '#event-store';
import { ANSWER_MS } from '#event-store';
import type { Changes } from './batch.ts';
import type { CachedRow } from './cached-row.ts';
import { CHECKPOINT, Superseded } from './checkpoint.ts';
import { flushBatch } from './flush-batch.ts';
import { PendingRows } from './pending-rows.ts';
import type { Key, ReadModel } from './read-model.ts';

/**
 * The shortest time from the end of one write to the next, in which changed rows are gathered, in milliseconds: what
 * changes now and then is written at once. Nothing is gathered where somebody waits.
 */
const GATHER_MS = 25;
/** How much may be folded and not written, in characters of row texts and 300 more for each row. */
export const MAX_PENDING = 16 * 1024 * 1024;
/** How long a reader waits for rows to be written, in milliseconds. */
const MAX_WAIT_MS = 5000;
/** The longest pause between two tries to write, in milliseconds. */
const MAX_PAUSE_MS = 500;

/** Rows of models with what a batch did to them. */
export interface Folded {
  readonly model: ReadModel;
  readonly changes: Changes;
  /** The rows the batch concerns as they were. */
  readonly before: ReadonlyMap<Key, object>;
}

/**
 * Writes folded rows to the tables behind the answers: what several batches have changed goes with one statement, together
 * with the checkpoint. Whoever reads looks here before the tables. Nothing is lost by a crash: the log is ahead of the
 * checkpoint, and whoever projects next folds on from there. It serves one term of the process that projects.
 */
export class WriteBehind {
  readonly #pool: Pool;
  readonly #maxPending: number;
  readonly #answerMs: number;
  readonly #onError: (error: unknown) => void;
  readonly #onWritten: () => void;
  readonly #stopping = new AbortController();
  #gathering = new PendingRows();
  /** What is on its way to the tables. */
  #leaving: PendingRows | undefined;
  #leavingUntil: Position = 0n;
  #folded: Position;
  #written: Position;
  #running: Promise<void> | undefined;
  /** What the last try to write failed with. */
  #failure: unknown;
  /** When it was written last. */
  #writtenAt = Number.NEGATIVE_INFINITY;
  /** Ends the gathering that is under way. */
  #hurry: (() => void) | undefined;
  #hurried = false;
  readonly #waiting = new Set<{ readonly position: Position; readonly settle: (error?: unknown) => void }>();

  constructor(options: {
    readonly pool: Pool;
    /** Where the stored checkpoint stands. */
    readonly reached: Position;
    readonly maxPending?: number;
    /** How long the database may take over a write, beside what its size takes, in milliseconds. */
    readonly answerMs?: number;
    /** Told of every failure to write, which is tried again; after {@link Superseded} nothing more is written. */
    readonly onError: (error: unknown) => void;
    readonly onWritten?: () => void;
  }) {
    this.#pool = options.pool;
    this.#folded = options.reached;
    this.#written = options.reached;
    this.#maxPending = options.maxPending ?? MAX_PENDING;
    this.#answerMs = options.answerMs ?? ANSWER_MS;
    this.#onError = options.onError;
    this.#onWritten = options.onWritten ?? (() => undefined);
  }

  /** Takes over what a batch of events has done, up to a position. */
  add(folded: readonly Folded[], until: Position): void {
    for (const { model, changes, before } of folded) this.#gathering.add(model, changes, before);
    this.#folded = until;
    this.#running ??= this.#run();
  }

  /** A row that was changed and not written, or null where it has gone; undefined: the tables tell. */
  get(model: ReadModel, key: Key): CachedRow | null | undefined {
    const gathered = this.#gathering.get(model, key);
    return gathered === undefined ? this.#leaving?.get(model, key) : gathered;
  }

  /** The rows of a model that were changed and not written; null: it has gone. */
  rows(model: ReadModel): ReadonlyMap<Key, object | null> {
    return new Map([...(this.#leaving?.rows(model) ?? []), ...this.#gathering.rows(model)]);
  }

  /** Whether the tables show all that was folded of a model up to now. */
  isWritten(model: ReadModel): boolean {
    if (this.#written >= this.#folded) return true;
    return !this.#stopping.signal.aborted && !this.#gathering.has(model) && !this.#leaving?.has(model);
  }

  /** What the last try to write failed with; undefined: it did not. */
  get failure(): unknown {
    return this.#failure;
  }

  /** How far the tables have come. */
  get position(): Position {
    return this.#written;
  }

  /** Rough memory of what is not written, in characters. */
  get size(): number {
    return this.#gathering.size + (this.#leaving?.size ?? 0);
  }

  /** Resolves when there is room for another batch: at once, or when enough was written. */
  async room(): Promise<void> {
    while (this.size > this.#maxPending && !this.#stopping.signal.aborted) await this.#next().catch(() => undefined);
  }

  /**
   * Resolves when the tables show everything that was folded up to now.
   * @throws Error where that takes too long, or nothing more is written
   */
  async written(timeout = MAX_WAIT_MS): Promise<void> {
    if (this.#written >= this.#folded) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      if (!Number.isFinite(timeout)) return;
      timer = setTimeout(() => reject(this.#failure ?? new Error('the rows are written too slowly')), timeout);
    });
    try {
      await Promise.race([this.#next(), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Writes nothing more; resolves when nothing is on its way. What was not written is left for whoever folds it next. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the process no longer projects'));
    this.#settle(this.#stopping.signal.reason);
    this.#hurry?.();
    await this.#running;
  }

  /** Resolves when what has been folded by now is in the tables. */
  #next(): Promise<void> {
    return new Promise((resolve, reject) => {
      const { signal } = this.#stopping;
      if (signal.aborted) {
        reject(signal.reason as Error);
        return;
      }
      const waiter = {
        position: this.#folded,
        settle: (error?: unknown) => {
          this.#waiting.delete(waiter);
          if (error === undefined) resolve();
          else reject(error);
        },
      };
      this.#waiting.add(waiter);
      this.#hurried = true;
      this.#hurry?.();
    });
  }

  #settle(error?: unknown): void {
    for (const waiter of this.#waiting) {
      if (error !== undefined || waiter.position <= this.#written) waiter.settle(error);
    }
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    let failures = 0;
    while (this.#written < this.#folded && !signal.aborted) {
      if (!this.#leaving) await this.#gather();
      if (signal.aborted) break;
      try {
        await this.#write();
        failures = 0;
      } catch (error) {
        this.#failure = error;
        if (error instanceof Superseded) {
          this.#stopping.abort(error);
          this.#settle(error);
        }
        this.#onError(error);
        failures += 1;
        await sleep(Math.min(MAX_PAUSE_MS, 20 * 2 ** Math.min(failures, 6)), undefined, { signal }).catch(
          () => undefined,
        );
      }
    }
    this.#running = undefined;
  }

  /** Waits a moment for more, unless nothing was written lately, or somebody waits for what is there. */
  async #gather(): Promise<void> {
    const pause = this.#writtenAt + GATHER_MS - performance.now();
    if (pause > 0 && !this.#hurried && this.size <= this.#maxPending / 2) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pause);
        this.#hurry = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#hurry = undefined;
    }
    this.#hurried = false;
  }

  async #write(): Promise<void> {
    if (!this.#leaving) {
      this.#leaving = this.#gathering;
      this.#gathering = new PendingRows();
      this.#leavingUntil = this.#folded;
    }
    const checkpoint = { name: CHECKPOINT, reached: this.#written, until: this.#leavingUntil };
    // Where the checkpoint is not where this process left it, somebody else projects, or this was written and only the
    // answer was lost, or a crash of the database has taken it back: it may not be written (again).
    if (!(await flushBatch(this.#pool, checkpoint, this.#leaving.batch(), this.#answerMs))) throw new Superseded();
    this.#leaving = undefined;
    this.#written = this.#leavingUntil;
    this.#writtenAt = performance.now();
    this.#failure = undefined;
    this.#onWritten();
    this.#settle();
  }
}
