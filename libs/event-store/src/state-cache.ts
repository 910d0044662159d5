import type { Decider, Message, StreamState, StateSource } from '#kernel';
import { evolve, parseStored, streamName } from '#kernel';
import type { EventStore, Meta, NewEvent } from './event-store.ts';
import { NO_STREAM } from './event-store.ts';
import { hashOf } from './hash-chain.ts';
import type { Upcasters } from './upcasters.ts';
import type { Snapshot, Snapshots } from './snapshots.ts';
import { upcast } from './upcasters.ts';

/** How states are kept. */
export interface StateCacheOptions {
  /** How many bytes of events the kept states may have been folded from; 64 MiB unless said. */
  readonly memory?: number;
  /** Old shapes of events. */
  readonly upcasters?: Upcasters;
  /** Where states of long streams are kept; nowhere unless said. */
  readonly snapshots?: Snapshots;
}

/** A folded stream: its state, its revision, and what the next event has to be chained to. */
export interface Folded extends StreamState {
  /** Hash of the last event; `''` where there is none. */
  readonly hash: string;
  /** Time of the last event; `''` where there is none. */
  readonly at: string;
}

interface Kept {
  decider: Decider<unknown, Message, Message>;
  folded: Folded;
  bytes: number;
}

/** A stream that this process has created, and nobody has asked for yet. */
interface Created {
  readonly events: readonly NewEvent[];
  readonly bytes: number;
}

const PAGE = 500;
/** What part of the memory may be taken by streams that were created and not asked for. */
const CREATED_SHARE = 1 / 4;
/** So many streams are looked at together, whether they have moved. */
const READ_TOGETHER = 200;
/** A long stream's state is kept again when it was folded from this many events since. */
const SNAPSHOT_EVERY = 200;
/** Rough cost of an entry beside the text of its events. */
const ENTRY_BYTES = 500;

/**
 * States of streams, folded from the log and kept in memory up to a number of bytes (measured by the text of the
 * events they were folded from). What is kept may be behind the log; the exact revision of the append finds that out.
 */
export class StateCache implements StateSource {
  readonly #store: EventStore;
  readonly #limit: number;
  readonly #kept = new Map<string, Kept>();
  readonly #created = new Map<string, Created>();
  readonly #past: Upcasters;
  readonly #snapshots: Snapshots | undefined;
  #bytes = 0;
  #createdBytes = 0;

  constructor(store: EventStore, { memory = 64 * 1024 * 1024, upcasters = {}, snapshots }: StateCacheOptions = {}) {
    this.#snapshots = snapshots;
    this.#store = store;
    this.#limit = memory;
    this.#past = upcasters;
  }

  async load<S, C extends Message, E extends Message>(
    decider: Decider<S, C, E>,
    id: string,
  ): Promise<Folded & StreamState<S>> {
    const stream = streamName(decider.category, id);
    const kept = this.#take(stream, decider);
    if (kept) return kept.folded as Folded & StreamState<S>;
    const fresh = unread(decider);
    const snapshot = await this.#snapshot(stream, decider);
    if (snapshot) {
      fresh.folded = snapshot.folded;
      fresh.bytes += snapshot.size;
    }
    await this.#readOn(stream, fresh);
    // Two reads of one stream may overlap; the one that got further counts.
    const meanwhile = this.#kept.get(stream);
    if (meanwhile && meanwhile.folded.revision >= fresh.folded.revision)
      return meanwhile.folded as Folded & StreamState<S>;
    // Also that there is nothing: it is asked for again and again (does this id belong to a structure?).
    this.#keep(stream, fresh);
    return fresh.folded as Folded & StreamState<S>;
  }

  loadOptimistic<S, C extends Message, E extends Message>(
    decider: Decider<S, C, E>,
    id: string,
  ): Folded & StreamState<S> {
    const kept = this.#take(streamName(decider.category, id), decider);
    return (kept?.folded ?? nothing(decider)) as Folded & StreamState<S>;
  }

  /** What is kept of a stream, moved to the young end. */
  #take<S, C extends Message, E extends Message>(stream: string, decider: Decider<S, C, E>): Kept | undefined {
    const kept = this.#kept.get(stream) ?? this.#foldCreated(stream, unread(decider));
    if (!kept) return undefined;
    this.#kept.delete(stream);
    this.#kept.set(stream, kept);
    return kept;
  }

  /** Folds what this process has created, now that somebody asks for it. */
  #foldCreated(stream: string, fresh: Kept): Kept | undefined {
    const created = this.#created.get(stream);
    if (!created) return undefined;
    this.#forgetCreated(stream);
    this.#add(stream, fresh, created.events, 0);
    this.#keep(stream, fresh);
    return fresh;
  }

  /** A snapshot is only ever a short cut: one that cannot be read is as good as none. */
  async #snapshot(
    stream: string,
    { snapshotVersion: shape }: { readonly snapshotVersion?: number },
  ): Promise<Snapshot | undefined> {
    if (shape === undefined) return undefined;
    return this.#snapshots?.read(stream, shape).catch(() => undefined);
  }

  /** Keeps a snapshot. From then on what is kept weighs what its state does, not the events it was folded from. */
  #keepSnapshot(stream: string, kept: Kept): void {
    const { decider, folded, bytes } = kept;
    if (decider.snapshotVersion === undefined || !this.#snapshots) return;
    const weigh = (size: number): void => {
      const less = bytes - ENTRY_BYTES - size;
      kept.bytes -= less;
      if (this.#kept.get(stream) === kept) this.#bytes -= less;
    };
    // Nobody waits for it, and nothing is lost without it.
    this.#snapshots.keep(stream, decider.snapshotVersion, folded).then(weigh, () => undefined);
  }

  /** Adds events this process has just appended behind what is kept. */
  advance(stream: string, events: readonly NewEvent[], first: number): void {
    const kept = this.#kept.get(stream);
    if (!kept) {
      if (first === 0) this.#keepCreated(stream, events);
      return;
    }
    if (kept.folded.revision !== first - 1) {
      // Someone else's look has been faster, or there is a gap: the log knows.
      if (kept.folded.revision < first - 1) this.forget([stream]);
      return;
    }
    this.#add(stream, kept, events, first);
    this.#trim(stream);
  }

  /** Reads what the log has behind what is kept. @returns whether a stream has moved since it was seen */
  async refresh(seen: readonly { readonly stream: string; readonly revision: number }[]): Promise<boolean> {
    let moved = false;
    // Many at a time, which the store reads together.
    for (let from = 0; from < seen.length; from += READ_TOGETHER) {
      const some = seen.slice(from, from + READ_TOGETHER).map((one) => this.#hasMoved(one.stream, one.revision));
      moved = (await Promise.all(some)).includes(true) || moved;
    }
    return moved;
  }

  async #hasMoved(stream: string, revision: number): Promise<boolean> {
    this.#forgetCreated(stream);
    const kept = this.#kept.get(stream);
    if (!kept) return (await this.#store.readStream(stream, { from: revision + 1, limit: 1 })).length > 0;
    await this.#readOn(stream, kept);
    this.#trim(stream);
    return kept.folded.revision !== revision;
  }

  async #readOn(stream: string, kept: Kept): Promise<void> {
    const { revision } = kept.folded;
    for (;;) {
      const events = await this.#store.readStream(stream, { from: kept.folded.revision + 1, limit: PAGE });
      // Another look may have added some of them meanwhile.
      const next = kept.folded.revision + 1;
      this.#add(
        stream,
        kept,
        events.filter(({ revision }) => revision >= next),
        next,
      );
      if (events.length < PAGE) break;
    }
    if (kept.folded.revision - revision >= SNAPSHOT_EVERY) this.#keepSnapshot(stream, kept);
  }

  /** Folds events, the first of which has this revision. */
  #add(stream: string, kept: Kept, events: readonly NewEvent[], first: number): void {
    const last = events.at(-1);
    if (!last) return;
    let { state } = kept.folded;
    let at = '';
    let bytes = 0;
    for (const event of events) {
      const meta = JSON.parse(event.meta) as Meta;
      const data = upcast(this.#past, event.type, meta.v, parseStored(event.data));
      state = evolve(kept.decider, state, { type: event.type, data });
      bytes += bytesOf(event);
      ({ at } = meta);
    }
    const revision = first + events.length - 1;
    kept.folded = { state, revision, hash: hashOf(stream, revision, last), at };
    kept.bytes += bytes;
    if (this.#kept.get(stream) === kept) this.#bytes += bytes;
  }

  /** What the next event of a stream that was seen is chained to. */
  async tail(stream: string, revision: number): Promise<{ hash: string; at: string }> {
    if (revision === NO_STREAM) return { hash: '', at: '' };
    const kept = this.#kept.get(stream)?.folded;
    if (kept?.revision === revision) return kept;
    const [last] = await this.#store.readStream(stream, { from: revision, limit: 1 });
    if (!last) return { hash: '', at: '' };
    return { hash: hashOf(stream, revision, last), at: timeOf(last) };
  }

  /** Forgets streams, so that the next look reads the log. */
  forget(streams: readonly string[]): void {
    for (const stream of streams) {
      this.#bytes -= this.#kept.get(stream)?.bytes ?? 0;
      this.#kept.delete(stream);
      this.#forgetCreated(stream);
    }
  }

  /** It is folded only when it is asked for, as most of what is created is not asked for soon. */
  #keepCreated(stream: string, events: readonly NewEvent[]): void {
    this.#forgetCreated(stream);
    const bytes = events.reduce((sum, event) => sum + bytesOf(event), ENTRY_BYTES);
    this.#created.set(stream, { events, bytes });
    this.#createdBytes += bytes;
    for (const oldest of this.#created.keys()) {
      if (this.#createdBytes <= this.#limit * CREATED_SHARE) return;
      this.#forgetCreated(oldest);
    }
  }

  #forgetCreated(stream: string): void {
    this.#createdBytes -= this.#created.get(stream)?.bytes ?? 0;
    this.#created.delete(stream);
  }

  #keep(stream: string, kept: Kept): void {
    this.forget([stream]);
    this.#kept.set(stream, kept);
    this.#bytes += kept.bytes;
    this.#trim(stream);
  }

  #trim(youngest: string): void {
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes + this.#createdBytes <= this.#limit || oldest === youngest) return;
      this.forget([oldest]);
    }
  }
}

const nothing = ({ initial }: { readonly initial: () => unknown }): Folded => ({
  state: initial(),
  revision: NO_STREAM,
  hash: '',
  at: '',
});

/** Nothing of a stream yet. */
const unread = <S, C extends Message, E extends Message>(decider: Decider<S, C, E>): Kept => ({
  decider: decider as unknown as Decider<unknown, Message, Message>,
  folded: nothing(decider),
  bytes: ENTRY_BYTES,
});

const bytesOf = ({ data, meta }: NewEvent): number => data.length + meta.length;

const timeOf = (event: NewEvent): string => (JSON.parse(event.meta) as { at: string }).at;
