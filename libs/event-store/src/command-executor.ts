import type { CommandMetadata, StateSource } from '#kernel';
import { Conflict, idOf, parseStored, streamName, traced, UnitOfWork } from '#kernel';
import type { AppendedTo, SharedUnit } from './append-together.ts';
import { appendTogether } from './append-together.ts';
import { carriedOut, chained, ownersOf } from './chain-events.ts';
import type { Clock } from './clock.ts';
import { outcomeOf } from './command-result.ts';
import type { CommandResult } from './command-result.ts';
import type { EventStore, Meta, Position, Write } from './event-store.ts';
import { NO_STREAM } from './event-store.ts';
import { KeyedMutex } from './keyed-mutex.ts';
import { previewScope } from './preview-scope.ts';
import { isThisAppend, repeatedEvents } from './repeated-append.ts';
import { SharedAppends } from './shared-appends.ts';
import type { StateCacheOptions } from './state-cache.ts';
import { StateCache } from './state-cache.ts';

/** Ends a unit of work whose request was carried out before. */
class AlreadyExecuted extends Error {
  readonly done: CommandResult<unknown>;

  constructor(done: CommandResult<unknown>) {
    super('carried out before');
    this.done = done;
  }
}

/** How often a unit of work is done again because somebody was faster, before the caller is told. */
const TRIES = 20;

/** How units of work are carried out, and who is told of it. */
export interface CommandExecutorOptions extends StateCacheOptions {
  /** A unit of work has to be done again because somebody was faster. */
  readonly onConflict?: () => void;
  /** So many events were appended. */
  readonly onAppended?: (events: number) => void;
}

/** How one unit of work is carried out. */
interface ExecuteOptions {
  /** Whether its result, which has to be JSON, is kept in the metadata of its last event. */
  readonly keepsResult?: boolean;
  /** Units of work with the same key that wait for each other share one append, which is no large one; undefined: it is on its own. */
  readonly sharesAppend?: string | undefined;
  /** Whether its append may be a large one. */
  readonly large?: boolean;
}

/** Carries out units of work: read, decide, append; again where somebody else was faster. */
export class CommandExecutor {
  readonly #store: EventStore;
  readonly #states: StateCache;
  readonly #turns = new KeyedMutex();
  readonly #shared = new SharedAppends<SharedUnit>((group) => this.#executeGroup(group));
  readonly #options: CommandExecutorOptions;
  readonly #appendedTo: AppendedTo;

  constructor(store: EventStore, clock: Pick<Clock, 'now'>, options: CommandExecutorOptions = {}) {
    this.#store = store;
    this.#options = options;
    this.#states = new StateCache(store, options);
    const { upcasters = {}, onConflict, onAppended } = options;
    this.#appendedTo = { store, clock, states: this.#states, upcasters, onConflict, onAppended };
  }

  /**
   * Runs `task` on a fresh unit of work and appends what it decided. It may run several times, so it must do nothing
   * but read and decide. A request that comes again is answered with what the log holds of it: with the result that was
   * kept, where there is one; with that of `task`, where it has decided the same as before; otherwise `task` runs again
   * on what the log holds now.
   * @throws Refusal where the work collected faults; Conflict where others were faster again and again.
   */
  async execute<R>(
    metadata: CommandMetadata,
    task: (work: UnitOfWork) => Promise<R>,
    { keepsResult = false, large = false, sharesAppend }: ExecuteOptions = {},
  ): Promise<CommandResult<R>> {
    if (previewScope()) throw new Error(`${metadata.command ?? 'a command'} would append within a preview`);
    if (sharesAppend === undefined) return this.#executeAlone(metadata, task, keepsResult, large);
    return new Promise((resolve, reject) =>
      this.#shared.add(sharesAppend, { metadata, task, keepsResult, resolve, reject }),
    );
  }

  async #executeAlone<R>(
    metadata: CommandMetadata,
    task: (work: UnitOfWork) => Promise<R>,
    keepsResult: boolean,
    large = false,
  ): Promise<CommandResult<R>> {
    const before = () => outcomeOf<R>(this.#appendedTo, metadata);
    const unlessDone = async (work: UnitOfWork): Promise<R> => {
      const done = await before();
      if (done) throw new AlreadyExecuted(done);
      return task(work);
    };
    try {
      return await this.#attempt(unlessDone, async (work, value): Promise<CommandResult<R>> => {
        const written = work.written();
        if (written.length === 0) {
          await this.#confirm(work);
          return { value, position: undefined };
        }
        written.push(...carriedOut(metadata, value));
        const events = written.flatMap((write) => write.events);
        const owners = ownersOf(metadata, events, keepsResult ? value : undefined);
        const writes = await chained(this.#appendedTo, written, owners);
        const { position, repeated } = await traced('append', {}, () =>
          this.#store.append(writes, work.read(), { large }),
        );
        if (repeated && !(await isThisAppend(this.#store, writes))) {
          // What the log holds is what was sent first, with other times in it.
          await this.#states.refresh(writes.map(({ stream, expected }) => ({ stream, revision: expected })));
          return (await before()) ?? (await this.#earlier(writes, value, position));
        }
        this.#options.onAppended?.(writes.reduce((sum, { events }) => sum + events.length, 0));
        for (const { stream, expected, events } of writes) this.#states.advance(stream, events, expected + 1);
        return { value, position };
      });
    } catch (error) {
      if (error instanceof AlreadyExecuted) return error.done as CommandResult<R>;
      throw error;
    }
  }

  /**
   * What an append came to that had been made before.
   * @param value what it came to this time
   * @throws Conflict where the log does not tell it, so that it is decided again on what the log holds now
   */
  async #earlier<R>(writes: readonly Write[], value: R, position: Position): Promise<CommandResult<R>> {
    const events = (await repeatedEvents(this.#store, writes)) ?? [];
    const decided = writes.flatMap((write) => write.events);
    const same = decided.every(({ type, data }, n) => events[n]?.type === type && events[n].data === data);
    const earlier = same ? {} : { earlier: true as const };
    const { result } = parseStored(events.at(-1)?.meta ?? '{}') as Partial<Meta>;
    if (result !== undefined) return { value: result as R, position, ...earlier };
    if (same || isToldByStreams(value, writes)) return { value, position, ...earlier };
    throw new Conflict(writes.map(({ stream }) => stream));
  }

  /**
   * What a unit of work would decide now, without appending anything.
   * @throws as `execute`
   */
  async preview<R>(task: (work: UnitOfWork) => Promise<R>): Promise<{ value: R; work: UnitOfWork }> {
    return this.#attempt(task, async (work, value) => {
      await this.#confirm(work);
      return { value, work };
    });
  }

  /** Runs `task` on a fresh unit of work and finishes it; again as long as others are faster. */
  async #attempt<R, D>(
    task: (work: UnitOfWork) => Promise<R>,
    finish: (work: UnitOfWork, value: R) => Promise<D>,
  ): Promise<D> {
    // Streams in which somebody else was faster: these are looked at before they are begun, the others are not.
    const moved = new Set<string>();
    let looksAtAll = false;
    const once = async (): Promise<D> => {
      const states = this.#states;
      const careful: StateSource = {
        load: (decider, id) => states.load(decider, id),
        loadOptimistic: (decider, id) =>
          looksAtAll || moved.has(streamName(decider.category, id)) ? undefined : states.loadOptimistic(decider, id),
      };
      const work = new UnitOfWork(looksAtAll || moved.size > 0 ? careful : states);
      try {
        const value = await task(work);
        work.throwIfFaulted();
        return await finish(work, value);
      } catch (error) {
        if (!(error instanceof Conflict)) await this.#confirm(work);
        throw error;
      }
    };
    let contended: readonly string[] = [];
    for (let tries = 1; ; tries += 1) {
      try {
        // After a conflict the streams in question are taken in turns, so that those who lose do not lose for ever.
        return await this.#turns.run(contended, once);
      } catch (error) {
        if (!(error instanceof Conflict)) throw error;
        this.#options.onConflict?.();
        if (tries === TRIES) throw error;
        await this.#states.refresh(error.streams.map((stream) => ({ stream, revision: NO_STREAM })));
        contended = error.streams;
        for (const stream of error.streams) moved.add(stream);
        // Where it is not told which they are, all are looked at.
        looksAtAll ||= error.streams.length === 0;
      }
    }
  }

  /** Has those who came together share one append; whoever cannot is carried out on its own. */
  async #executeGroup(group: readonly SharedUnit[]): Promise<void> {
    const alone = group.length === 1 ? group : await appendTogether(group, this.#appendedTo);
    for (const { metadata, task, keepsResult, resolve, reject } of alone) {
      await this.#executeAlone(metadata, task, keepsResult).then(
        (result) => resolve(result as CommandResult<never>),
        reject,
      );
    }
  }

  /** An answer without an append was not checked by the log: where what it rests on has moved, it does not count. */
  async #confirm(work: UnitOfWork): Promise<void> {
    const seen = [...work.read(), ...work.written().map(({ stream, expected }) => ({ stream, revision: expected }))];
    if (await this.#states.refresh(seen)) throw new Conflict(seen.map(({ stream }) => stream));
  }
}

/**
 * Whether a result says nothing, or names what was written (the id of a new object): appends with the same events, told
 * by their ids, are to the same streams.
 */
function isToldByStreams(value: unknown, writes: readonly Write[]): boolean {
  if (Array.isArray(value)) return value.every((one) => isToldByStreams(one, writes));
  if (value === undefined) return true;
  return (
    (typeof value === 'string' || typeof value === 'number') &&
    writes.some(({ stream }) => idOf(stream) === String(value))
  );
}
