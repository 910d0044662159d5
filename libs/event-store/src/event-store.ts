/** A place in the whole log; grows with every event, has gaps, is never reused. 0 stands before the first event. */
export type Position = bigint;

/** What is kept beside the data of every event. */
export interface Meta {
  /** Version of the shape of `data`. */
  readonly v: number;
  /** Our own time, ISO 8601 with microseconds; never earlier than that of the stream's previous event. */
  readonly at: string;
  readonly actor: string;
  /** Name of the token that the actor has asked with, where it was one. */
  readonly token?: string;
  readonly request: string;
  /** Name of the command it was decided by (`CreateSite`). */
  readonly command?: string;
  readonly correlation: string;
  readonly causation?: string;
  readonly reason?: string;
  /** W3C `traceparent` of the span it was decided in, where that was traced. */
  readonly trace?: string;
  /** What the command resulted in, on the last event of those that keep it. */
  readonly result?: unknown;
  /** Hash of the stream's previous event (see `hashOf`); `''` for the first. */
  readonly prev: string;
}

/** An event on its way into the log. `data` and `meta` are JSON text and are kept to the letter. */
export interface NewEvent {
  /** UUID; the same request always gives its events the same ids, so a retry is recognised. */
  readonly id: string;
  readonly type: string;
  readonly data: string;
  readonly meta: string;
}

/** An event as the log holds it. */
export interface StoredEvent extends NewEvent {
  readonly position: Position;
  readonly stream: string;
  /** 0 for the first event of the stream. */
  readonly revision: number;
}

/** Expected revision of a stream that must not exist yet. */
export const NO_STREAM = -1;

/** New events of one stream, to be appended right behind the revision they were decided on. */
export interface Write {
  readonly stream: string;
  /** {@link NO_STREAM} or the exact revision of the stream's last event. */
  readonly expected: number;
  readonly events: readonly NewEvent[];
}

/** A stream that was read and must still be where it was. */
export interface Check {
  readonly stream: string;
  readonly revision: number;
}

export interface Appended {
  /** Position of the last event of the append. */
  readonly position: Position;
  /** Whether the events were there already: a retry of an append that had succeeded. */
  readonly repeated: boolean;
}

export interface ReadStreamOptions {
  /** First revision to read; forwards from 0, backwards from the last event by default. */
  readonly from?: number;
  readonly direction?: 'forwards' | 'backwards';
  readonly limit?: number;
}

export interface ReadAllOptions {
  /** Only streams of these categories. */
  readonly categories?: readonly string[];
  /** At most this many events at a time; default 1000. */
  readonly limit?: number;
}

export interface SubscribeOptions extends ReadAllOptions {
  /** Told of errors of the store while subscribed (it keeps trying) and of what the handler throws (it is called again). */
  readonly onError?: (error: unknown) => void;
}

/** Stops a subscription; resolves when its handler is no longer running. */
export interface Subscription {
  stop(): Promise<void>;
}

/** At most this many bytes of data and metadata in one append, on every adapter. */
export const MAX_APPEND_BYTES = 900_000;
/** At most this many streams written or checked by one append, on every adapter. */
export const MAX_APPEND_STREAMS = 1_000;

/** The same of an append that says it is large, on adapters that take such. */
export const MAX_LARGE_APPEND_BYTES = 32_000_000;
export const MAX_LARGE_APPEND_STREAMS = 50_000;

export interface AppendOptions {
  /** It may be larger than others. An adapter that cannot do that takes no notice, and refuses it where it is too large. */
  readonly large?: boolean;
}

/** An append that no adapter takes; it is refused before anything is written. */
export class AppendRefused extends Error {
  readonly rule: 'TOO_LARGE' | 'TOO_MANY_STREAMS' | 'STREAM_TWICE' | 'EMPTY' | 'NUL_CHARACTER';

  constructor(rule: AppendRefused['rule'], text: string) {
    super(text);
    this.name = 'AppendRefused';
    this.rule = rule;
  }
}

/**
 * The log. Appends are atomic over several streams; positions follow the order of commits, so a reader that has seen a
 * position never misses an earlier event.
 */
export interface EventStore {
  /**
   * Appends all writes or nothing.
   * @throws Conflict (of the kernel) naming the streams that are not at the expected revision.
   * @throws AppendRefused
   */
  append(writes: readonly Write[], checks?: readonly Check[], options?: AppendOptions): Promise<Appended>;
  /** Events of one stream; empty where there is no such stream. */
  readStream(stream: string, options?: ReadStreamOptions): Promise<StoredEvent[]>;
  /** Whether `readAll` begins behind any number; otherwise only behind 0, an event, or the end of another read. */
  readonly readsFromAnywhere: boolean;
  /** The next events after a position, in order. `end` is how far the log was read, also where nothing matched. */
  readAll(after: Position, options?: ReadAllOptions): Promise<{ events: StoredEvent[]; end: Position }>;
  /** The events that stand at these positions, in the order of the log; where none stands at one, it is left out. */
  readAt(positions: readonly Position[]): Promise<StoredEvent[]>;
  /** The last event in the log; undefined where it is empty. */
  last(): Promise<StoredEvent | undefined>;
  /** Position of the last event in the log; 0 where it is empty. */
  head(): Promise<Position>;
  /**
   * Calls `handle` with every event after a position, in order and in batches, first what is there, then what comes.
   * The next batch waits for the promise. A handler that rejects gets the same batch again after a pause.
   */
  subscribe(
    after: Position,
    handle: (events: readonly StoredEvent[], end: Position) => Promise<void>,
    options?: SubscribeOptions,
  ): Subscription;
  close(): Promise<void>;
}
