import type { EventStore, LoggedEvent, Position, StoredEvent, Subscription, Upcasters } from '#event-store';
import { backoffMs, recorded } from '#event-store';
import type { CommandMetadata } from '#kernel';
import type { Checkpoints } from './checkpoints.ts';
import { Superseded } from './checkpoints.ts';
import type { DeadLetter, DeadLetters } from './dead-letters.ts';
import type { Progress } from './progress.ts';
import type { Reaction } from './reaction.ts';
import type { RetryPolicy } from './retry.ts';
import { isNoFault, pause, persist } from './retry.ts';

/** How many events a reaction is given at a time. */
const BATCH = 100;
/** How long a checkpoint may stay behind while no event concerns the reaction, in milliseconds. */
const IDLE_MS = 5000;

export interface ReactionLoopOptions {
  readonly reaction: Reaction;
  readonly store: EventStore;
  readonly checkpoints: Checkpoints;
  readonly deadLetters: DeadLetters;
  readonly upcasters: Upcasters;
  readonly retry: RetryPolicy;
  readonly progress: Progress;
  /** Aborted when the term of this process is over. */
  readonly term: AbortSignal;
  /** Somebody else handles the events. */
  readonly onSuperseded: (error: Superseded) => void;
}

/** One reaction at work, for as long as this process leads. */
export class ReactionLoop {
  readonly #options: ReactionLoopOptions;
  /** Where the stored checkpoint is. */
  #stored: Position;
  /** How far everything was handled, or does not concern the reaction. */
  #reached: Position;
  #subscription: Subscription | undefined;
  #idle: NodeJS.Timeout | undefined;
  #moving: Promise<void> = Promise.resolve();

  constructor(options: ReactionLoopOptions, checkpoint: Position) {
    this.#options = options;
    this.#stored = checkpoint;
    this.#reached = checkpoint;
  }

  get name(): string {
    return this.#options.reaction.name;
  }

  /** How far everything was handled, or does not concern the reaction. */
  get reached(): Position {
    return this.#reached;
  }

  begin(): void {
    const { store, reaction, progress } = this.#options;
    progress.goesWell();
    this.#subscription = store.subscribe(this.#stored, (events, end) => this.#take(events, end), {
      categories: reaction.categories,
      limit: BATCH,
      onError: (error) => {
        if (!this.#options.term.aborted) progress.failed(error);
      },
    });
    this.#idle = setInterval(() => void this.#moveWhileIdle(), IDLE_MS).unref();
  }

  /** Resolves when nothing of it goes on; what was handled is in the checkpoint then, where the database is to be had. */
  async end(): Promise<void> {
    clearInterval(this.#idle);
    await this.#subscription?.stop();
    await this.#moveWhileIdle();
  }

  /** Has the event of a dead letter handled once more. */
  async retry({ event }: DeadLetter): Promise<void> {
    if (!event) throw new Error('the letter names no event');
    const { store } = this.#options;
    const [stored] = await store.readStream(event.stream, { from: event.revision, limit: 1 });
    if (!stored) throw new Error(`there is no event ${event.revision} in ${event.stream}`);
    await this.#handle([stored]);
  }

  async #take(all: readonly StoredEvent[], end: Position): Promise<void> {
    const { types } = this.#options.reaction;
    const events = types ? all.filter(({ type }) => types.includes(type)) : all;
    try {
      if (events.length > 0) {
        await this.#handleAll(events);
        await this.#move(end);
      }
      this.#reached = end;
      this.#options.progress.goesWell();
    } catch (error) {
      if (error instanceof Superseded) this.#options.onSuperseded(error);
      throw error;
    }
  }

  /** All at once; where that fails, one by one, so that one event does not stand in the way of the others. */
  async #handleAll(events: readonly StoredEvent[]): Promise<void> {
    if (events.length > 1) {
      try {
        await this.#handle(events);
        return;
      } catch (error) {
        this.#options.term.throwIfAborted();
        this.#options.progress.failed(error);
      }
    }
    for (const event of events) {
      await this.#handleOne(event);
      if (event !== events.at(-1)) await this.#move(event.position);
    }
  }

  async #handleOne(event: StoredEvent): Promise<void> {
    const { progress, retry, term } = this.#options;
    let faults = 0;
    for (let failures = 1; ; failures += 1) {
      term.throwIfAborted();
      try {
        await this.#handle([event]);
        return;
      } catch (error) {
        term.throwIfAborted();
        progress.failed(error);
        if (!isNoFault(error)) faults += 1;
        if (faults >= retry.maxTries) {
          await this.#bury(event, error, faults);
          return;
        }
        await pause(backoffMs(failures, retry), term);
      }
    }
  }

  async #bury(event: StoredEvent, error: unknown, tries: number): Promise<void> {
    const { reaction, deadLetters } = this.#options;
    const { position, stream, revision, id, type } = event;
    await this.#persist(() =>
      deadLetters.add({
        reaction: reaction.name,
        key: position.toString(),
        event: { position, stream, revision, id },
        type,
        error: String(error),
        tries,
      }),
    );
  }

  async #handle(events: readonly StoredEvent[]): Promise<void> {
    const { reaction, upcasters, term } = this.#options;
    await reaction.handle(
      events.map((event) => recorded(event, upcasters)),
      { signal: term, metadata: (event) => metadataOf(reaction.name, event) },
    );
    // What ends after the term may be done elsewhere too; it must not move the checkpoint.
    term.throwIfAborted();
  }

  async #move(to: Position): Promise<void> {
    await this.#persist(() => this.#moveOnce(to));
  }

  #moveOnce(to: Position): Promise<void> {
    const { checkpoints, reaction } = this.#options;
    const move = this.#moving.then(async () => {
      if (to <= this.#stored) return;
      await checkpoints.move(reaction.name, this.#stored, to);
      this.#stored = to;
    });
    this.#moving = move.catch(() => undefined);
    return move;
  }

  async #moveWhileIdle(): Promise<void> {
    const { progress, term, onSuperseded } = this.#options;
    try {
      await this.#moveOnce(this.#reached);
    } catch (error) {
      if (term.aborted) return;
      if (error instanceof Superseded) onSuperseded(error);
      else progress.failed(error);
    }
  }

  #persist<R>(task: () => Promise<R>): Promise<R> {
    const { term, retry, progress } = this.#options;
    return persist(task, { signal: term, policy: retry, onError: (error) => progress.failed(error) });
  }
}

const metadataOf = (name: string, { eventId, correlation }: LoggedEvent): CommandMetadata => ({
  actor: 'system',
  request: `${name}/${eventId}`,
  correlation,
  causation: eventId,
});
