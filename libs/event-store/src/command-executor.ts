import { createHash } from 'node:crypto';
import type { CommandMetadata, Message } from '#kernel';
import { Conflict, idOf, parseStored, Refusal, refuse, streamName, UnitOfWork, writeJson } from '#kernel';
import type { Clock } from './clock.ts';
import type { EventStore, Meta, NewEvent, Position, Write } from './event-store.ts';
import { AppendRefused, NO_STREAM } from './event-store.ts';
import { SharedAppends } from './shared-appends.ts';
import { repeatedEvents } from './repeated-append.ts';
import { hashOf } from './hash-chain.ts';
import { recorded } from './recorded.ts';
import type { Upcasters } from './upcasters.ts';
import { currentVersion } from './upcasters.ts';
import type { StateCacheOptions } from './state-cache.ts';
import { StateCache } from './state-cache.ts';
import { KeyedMutex } from './keyed-mutex.ts';

/** What a unit of work came to. */
export interface CommandResult<R> {
  readonly value: R;
  /** Where its last event stands; undefined where there was nothing to append. */
  readonly position: Position | undefined;
  /** Set where the request had come before and the log holds what was decided then: nothing that was decided now. */
  readonly earlier?: true;
}

/** What a request came to that may come again, as its event says it. */
interface Outcome {
  readonly once: string | undefined;
  readonly value: unknown;
}

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

type Task<R> = (work: UnitOfWork) => Promise<R>;

/** A unit of work that shares an append with others. */
interface Shared {
  readonly metadata: CommandMetadata;
  readonly task: Task<unknown>;
  readonly keepsResult: boolean;
  readonly resolve: (result: CommandResult<never>) => void;
  readonly reject: (error: unknown) => void;
}

/** What one of them has decided. */
interface Decided {
  readonly shared: Shared;
  readonly value: unknown;
  readonly events: readonly Message[];
}

/** Whose event it is, and which of them; `result` is kept with it, unless undefined. */
interface Owner {
  readonly metadata: CommandMetadata;
  readonly index: number;
  readonly result: unknown;
}

type Written = ReturnType<UnitOfWork['written']>;

/** Carries out units of work: read, decide, append; again where somebody else was faster. */
export class CommandExecutor {
  readonly #store: EventStore;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #states: StateCache;
  readonly #turns = new KeyedMutex();
  readonly #shared = new SharedAppends<Shared>((group) => this.#executeGroup(group));
  readonly #upcasters: Upcasters;
  readonly #options: CommandExecutorOptions;

  constructor(store: EventStore, clock: Pick<Clock, 'now'>, options: CommandExecutorOptions = {}) {
    this.#store = store;
    this.#clock = clock;
    this.#upcasters = options.upcasters ?? {};
    this.#options = options;
    this.#states = new StateCache(store, options);
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
    task: Task<R>,
    { keepsResult = false, large = false, sharesAppend }: ExecuteOptions = {},
  ): Promise<CommandResult<R>> {
    if (sharesAppend === undefined) return this.#executeAlone(metadata, task, keepsResult, large);
    return new Promise((resolve, reject) =>
      this.#shared.add(sharesAppend, { metadata, task, keepsResult, resolve, reject }),
    );
  }

  async #executeAlone<R>(
    metadata: CommandMetadata,
    task: Task<R>,
    keepsResult: boolean,
    large = false,
  ): Promise<CommandResult<R>> {
    const { idempotencyKey } = metadata;
    const ledger = streamName('request', metadata.request);
    const before = async (): Promise<CommandResult<R> | undefined> =>
      idempotencyKey === undefined ? undefined : this.#outcome<R>(ledger, idempotencyKey);
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
        const writes = await this.#chained(written, owners);
        const { position, repeated } = await this.#store.append(writes, work.read(), { large });
        if (repeated) {
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

  /** What a request has come to before; undefined where it was not carried out. @throws Refusal where it was another one */
  async #outcome<R>(ledger: string, once: string): Promise<CommandResult<R> | undefined> {
    const [event] = await this.#store.readStream(ledger, { limit: 1 });
    if (!event) return undefined;
    const outcome = recorded(event, this.#upcasters).data as Outcome;
    if (outcome.once !== once) throw refuse('', 'ANOTHER_REQUEST', 'The Idempotency-Key was used for another request.');
    return { value: outcome.value as R, position: event.position, earlier: true };
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
    let optimistic = true;
    const once = async (): Promise<D> => {
      const states = this.#states;
      const work = new UnitOfWork(optimistic ? states : { load: (decider, id) => states.load(decider, id) });
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
        optimistic = false;
      }
    }
  }

  /** Has those who came together share one append; whoever cannot is carried out on its own. */
  async #executeGroup(group: readonly Shared[]): Promise<void> {
    const alone = group.length === 1 ? group : await this.#appendTogether(group);
    for (const { metadata, task, keepsResult, resolve, reject } of alone) {
      await this.#executeAlone(metadata, task, keepsResult).then(
        (result) => resolve(result as CommandResult<never>),
        reject,
      );
    }
  }

  /**
   * Lets each decide on what those before it have decided, and appends all of it at once, each event with the metadata of
   * its own request.
   * @returns those that are to be carried out alone: what they came to rests on more than the append checks
   */
  async #appendTogether(group: readonly Shared[]): Promise<readonly Shared[]> {
    const states = this.#states;
    const work = new UnitOfWork(states);
    const decided: Decided[] = [];
    const alone: Shared[] = [];
    const requests = new Set<string>();
    for (const shared of group) {
      const one = requests.has(shared.metadata.request) ? undefined : await this.#decideOn(work, shared);
      requests.add(shared.metadata.request);
      if (one) decided.push(one);
      else alone.push(shared);
    }
    if (decided.length === 0) return alone;
    const owners = new Map<Message, Owner>();
    const written = work.written();
    for (const { shared, value, events } of decided) {
      const ledger = carriedOut(shared.metadata, value);
      written.push(...ledger);
      const own = [...events, ...ledger.flatMap((write) => write.events)];
      const result = shared.keepsResult ? value : undefined;
      for (const [event, owner] of ownersOf(shared.metadata, own, result)) owners.set(event, owner);
    }
    try {
      const writes = await this.#chained(written, owners);
      const { position, repeated } = await this.#store.append(writes, work.read());
      if (repeated) throw new Conflict(writes.map(({ stream }) => stream));
      this.#options.onAppended?.(owners.size);
      for (const { stream, expected, events } of writes) states.advance(stream, events, expected + 1);
      for (const { shared, value } of decided) shared.resolve({ value: value as never, position });
      return alone;
    } catch (error) {
      if (error instanceof Conflict) this.#options.onConflict?.();
      else if (!(error instanceof AppendRefused)) {
        // Whether it was appended is not known, as with an append that is not shared.
        for (const { shared } of decided) shared.reject(error);
        return alone;
      }
      const streams = error instanceof Conflict ? error.streams : [];
      await states.refresh(streams.map((stream) => ({ stream, revision: NO_STREAM })));
      return group;
    }
  }

  /** What one decides behind the others; undefined where it is not to be appended with them. */
  async #decideOn(work: UnitOfWork, shared: Shared): Promise<Decided | undefined> {
    const { request, idempotencyKey } = shared.metadata;
    const fork = work.fork();
    try {
      if (idempotencyKey !== undefined && (await this.#outcome(streamName('request', request), idempotencyKey))) {
        return undefined;
      }
      const value = await shared.task(fork);
      fork.throwIfFaulted();
      const events = fork.written().flatMap((write) => write.events);
      if (events.length === 0) return undefined;
      work.absorb(fork);
      return { shared, value, events };
    } catch (error) {
      // It says so again when it is alone, on what the log holds then.
      if (error instanceof Refusal || error instanceof Conflict) return undefined;
      shared.reject(error);
      return undefined;
    }
  }

  /** Events as they are appended, each chained to the one before it in its stream. */
  async #chained(written: Written, owners: ReadonlyMap<Message, Owner>): Promise<Write[]> {
    const writes: Write[] = [];
    for (const { stream, expected, events } of written) {
      let { hash, at } = await this.#states.tail(stream, expected);
      const chained: NewEvent[] = [];
      for (const [n, message] of events.entries()) {
        const owner = owners.get(message);
        if (!owner) throw new Error(`nobody has decided ${message.type}`);
        const { metadata, index, result } = owner;
        at = this.#clock.now(at);
        const meta: Meta = {
          v: currentVersion(this.#upcasters, message.type),
          at,
          actor: metadata.actor,
          request: metadata.request,
          ...(metadata.command === undefined ? {} : { command: metadata.command }),
          correlation: metadata.correlation,
          ...(metadata.causation === undefined ? {} : { causation: metadata.causation }),
          ...(metadata.reason === undefined ? {} : { reason: metadata.reason }),
          ...(result === undefined ? {} : { result }),
          prev: hash,
        };
        const event: NewEvent = {
          id: eventId(metadata.request, index),
          type: message.type,
          data: writeJson(message.data),
          meta: writeJson(meta),
        };
        chained.push(event);
        hash = hashOf(stream, expected + 1 + n, event);
      }
      writes.push({ stream, expected, events: chained });
    }
    return writes;
  }

  /** An answer without an append was not checked by the log: where what it rests on has moved, it does not count. */
  async #confirm(work: UnitOfWork): Promise<void> {
    const seen = [...work.read(), ...work.written().map(({ stream, expected }) => ({ stream, revision: expected }))];
    if (await this.#states.refresh(seen)) throw new Conflict(seen.map(({ stream }) => stream));
  }
}

/** What is written of a request that may come again: what it came to. */
const carriedOut = ({ request, idempotencyKey }: CommandMetadata, value: unknown): Written => {
  if (idempotencyKey === undefined) return [];
  const data: Outcome = { once: idempotencyKey, value };
  const stream = streamName('request', request);
  return [{ stream, expected: NO_STREAM, events: [{ type: 'RequestCarriedOut', data }] }];
};

/** Whose events they are: all of one request, in their order. Its result is kept with the last, unless it is elsewhere. */
const ownersOf = (metadata: CommandMetadata, events: readonly Message[], result: unknown): Map<Message, Owner> =>
  new Map(
    events.map((event, index) => {
      const kept = metadata.idempotencyKey === undefined && index === events.length - 1 ? result : undefined;
      return [event, { metadata, index, result: kept }];
    }),
  );

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

/** The id of the n-th event of a request: a UUID derived from its id, so that the request sent again gives the same ids. */
function eventId(request: string, index: number): string {
  const hex = createHash('sha256').update(`${request}/${index}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
