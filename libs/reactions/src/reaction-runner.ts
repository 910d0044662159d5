import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { EventStore, LeadershipTimes, Position, Upcasters } from '#event-store';
import { Leadership } from '#event-store';
import { Checkpoints } from './checkpoints.ts';
import type { DeadLetter } from './dead-letters.ts';
import { DeadLetters } from './dead-letters.ts';
import type { Following } from './follow.ts';
import { follow } from './follow.ts';
import type { LastError, ProgressStatus } from './progress.ts';
import { Progress } from './progress.ts';
import type { Follower, LogListener, Reaction, Reconciler } from './reaction.ts';
import { ReactionLoop } from './reaction-loop.ts';
import { ReconcilerLoop } from './reconciler-loop.ts';
import type { RetryPolicy } from './retry.ts';
import { isNoFault, RETRY } from './retry.ts';

/** Name of the duty of the process that runs reactions and reconcilers. */
const DUTY = 'reactions';
/** How often the leader looks whether an operator wants dead letters to be tried again, in milliseconds. */
const RETRY_LETTERS_MS = 2000;
/** How many of them are tried at a time. */
const RETRY_LETTERS = 20;
/** How long what runs may take to end when the term is over, in milliseconds; what takes longer is left behind. */
const MAX_END_MS = 10_000;

/** How one of those who listen is getting on. */
export interface ListenerState {
  readonly name: string;
  readonly kind: LogListener['kind'];
  /** `standby`: another process runs it; `retrying`: it has failed and is tried again. */
  readonly status: ProgressStatus;
  /** Since when it has this status, ISO 8601. */
  readonly since: string;
  /** How far it has come in the log; null for a reconciler. */
  readonly position: Position | null;
  /** Positions of the log it is behind; null for a reconciler. */
  readonly lag: number | null;
  /** How often in a row it has failed. */
  readonly failures: number;
  readonly lastError: LastError | null;
  readonly deadLetters: number;
  /** Dead letters that went because there were too many. */
  readonly droppedDeadLetters: number;
}

export interface ReactionRunnerOptions {
  readonly store: EventStore;
  readonly pool: Pool;
  readonly listeners: readonly LogListener[];
  /** Old shapes of events. */
  readonly upcasters: Upcasters;
  /** Told of every failure of a listener, and of leadership that is lost. */
  readonly onError: (error: unknown, listener: string) => void;
  /** Handles dead letters of receivers that are no reactions, by their name. */
  readonly retryLetter?: Readonly<Record<string, (letter: DeadLetter) => Promise<void>>>;
  readonly retry?: RetryPolicy;
  readonly times?: LeadershipTimes;
}

/**
 * Runs what modules contribute: reactions and reconcilers in one process per database, followers in every process. A
 * process that ends is followed by another within seconds.
 */
export class ReactionRunner {
  readonly #options: ReactionRunnerOptions;
  readonly #leadership: Leadership;
  readonly #checkpoints: Checkpoints;
  readonly deadLetters: DeadLetters;
  readonly #progress = new Map<string, Progress>();
  readonly #following = new Map<string, Following>();
  #reactions: readonly ReactionLoop[] = [];
  #reconcilers = new Map<string, ReconcilerLoop>();
  #head: Position = 0n;

  constructor(options: ReactionRunnerOptions) {
    const { pool, listeners, onError, times } = options;
    const names = listeners.map(({ name }) => name);
    const twice = names.find((name, n) => names.indexOf(name) !== n);
    if (twice !== undefined) throw new Error(`two listeners are called ${twice}`);
    this.#options = options;
    this.#checkpoints = new Checkpoints(pool);
    this.deadLetters = new DeadLetters(pool);
    for (const { name } of listeners) this.#progress.set(name, new Progress((error) => onError(error, name)));
    this.#leadership = new Leadership({
      pool,
      name: DUTY,
      ...(times ? { times } : {}),
      onError: (error) => onError(error, DUTY),
      duty: { prepare: (term) => this.#prepare(term), begin: () => this.#begin(), end: () => this.#end() },
    });
  }

  /** Whether reactions and reconcilers run in this process. */
  get leading(): boolean {
    return this.#leadership.leading;
  }

  /** Resolves when followers are up to date, and reactions run here or elsewhere. */
  async start(): Promise<void> {
    const { store, upcasters, onError } = this.#options;
    await this.#checkpoints.start();
    await this.deadLetters.start();
    for (const follower of this.#of<Follower>('follower')) {
      const { name } = follower;
      const following = await follow(follower, { store, upcasters, onError: (error) => onError(error, name) });
      this.#following.set(name, following);
    }
    await this.#leadership.start();
  }

  async stop(): Promise<void> {
    await this.#leadership.stop();
    for (const following of this.#following.values()) await following.stop();
  }

  /** Has a reconciler run now, where it runs in this process. */
  wake(reconciler: string): void {
    this.#reconcilers.get(reconciler)?.wake();
  }

  /** How all of them are getting on, with what other processes have stored. */
  async states(): Promise<readonly ListenerState[]> {
    const [head, checkpoints, counts] = [
      await this.#options.store.head(),
      await this.#checkpoints.all(),
      await this.deadLetters.counts(),
    ];
    return this.#options.listeners.map(({ name, kind }) => {
      const following = this.#following.get(name);
      const running = this.#reactions.find((loop) => loop.name === name);
      const position =
        kind === 'reconciler' ? null : (following?.reached ?? running?.reached ?? checkpoints.get(name) ?? 0n);
      const { status, since, failures, lastError } = (following?.progress ?? this.#progress.get(name)) as Progress;
      const { kept = 0, dropped = 0 } = counts.get(name) ?? {};
      return {
        name,
        kind,
        status,
        since,
        position,
        lag: position === null ? null : Math.max(0, Number(head - position)),
        failures,
        lastError,
        deadLetters: kept,
        droppedDeadLetters: dropped,
      };
    });
  }

  #of<L extends LogListener>(kind: L['kind']): readonly L[] {
    return this.#options.listeners.filter((listener): listener is L => listener.kind === kind);
  }

  async #prepare(term: AbortSignal): Promise<void> {
    const { store, upcasters, retry = RETRY } = this.#options;
    const { deadLetters } = this;
    this.#head = await store.head();
    const loops: ReactionLoop[] = [];
    for (const reaction of this.#of<Reaction>('reaction')) {
      const first = async (): Promise<Position> => (reaction.from === 'start' ? 0n : store.head());
      const checkpoint = await this.#checkpoints.open(reaction.name, first);
      const options = {
        reaction,
        store,
        upcasters,
        retry,
        deadLetters,
        term,
        checkpoints: this.#checkpoints,
        progress: this.#progress.get(reaction.name) as Progress,
        onSuperseded: (error: Error) => this.#leadership.stepDown(error),
      };
      loops.push(new ReactionLoop(options, checkpoint));
    }
    this.#reactions = loops;
    this.#reconcilers = new Map();
    for (const reconciler of [...this.#of<Reconciler>('reconciler'), this.#lettersToRetry()]) {
      const progress =
        this.#progress.get(reconciler.name) ?? new Progress((error) => this.#options.onError(error, reconciler.name));
      this.#reconcilers.set(reconciler.name, new ReconcilerLoop({ reconciler, store, retry, progress, term }));
    }
  }

  #begin(): void {
    for (const loop of this.#reactions) loop.begin();
    for (const loop of this.#reconcilers.values()) loop.begin(this.#head);
  }

  async #end(): Promise<void> {
    const loops = [...this.#reactions, ...this.#reconcilers.values()];
    this.#reactions = [];
    this.#reconcilers = new Map();
    const ended = Promise.all(loops.map((loop) => loop.end())).then(() => true);
    if (!(await Promise.race([ended, sleep(MAX_END_MS, false, { ref: false })]))) {
      this.#options.onError(new Error('what runs has not ended in time'), DUTY);
    }
    for (const { name, kind } of this.#options.listeners) {
      if (kind !== 'follower') this.#progress.get(name)?.standsBy();
    }
  }

  /** Tries dead letters again that an operator wants to be tried. */
  #lettersToRetry(): Reconciler {
    return {
      kind: 'reconciler',
      name: 'dead letters',
      everyMs: RETRY_LETTERS_MS,
      reconcile: async (signal) => {
        for (const letter of await this.deadLetters.toRetry(RETRY_LETTERS)) {
          if (signal.aborted) return;
          await this.#retryLetter(letter, signal);
        }
      },
    };
  }

  async #retryLetter(letter: DeadLetter, signal: AbortSignal): Promise<void> {
    const { retryLetter = {} } = this.#options;
    const loop = this.#reactions.find(({ name }) => name === letter.reaction);
    const other = Object.hasOwn(retryLetter, letter.reaction) ? retryLetter[letter.reaction] : undefined;
    try {
      if (loop) await loop.retry(letter);
      else if (other) await other(letter);
      else throw new Error(`nobody handles the dead letters of ${letter.reaction} any more`);
    } catch (error) {
      if (isNoFault(error) || signal.aborted) throw error;
      await this.deadLetters.add({ ...letter, error: String(error), tries: letter.tries + 1 });
      return;
    }
    await this.deadLetters.discard(letter.id);
  }
}
