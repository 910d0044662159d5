import { LRUCache } from 'lru-cache';
import type { Meta, Position, StoredEvent } from './event-store.ts';
import { hashOf } from './hash-chain.ts';

/** What an event of the log breaks. */
export type LogRule =
  | 'POSITION'
  | 'ID'
  | 'META'
  | 'DATA'
  | 'REVISION'
  | 'CHAIN'
  | 'TIME'
  | 'STREAM'
  /** What signed checkpoints tell (`#integrity`): an event was touched, added or removed, */
  | 'TOUCHED'
  | 'ADDED'
  | 'REMOVED'
  /** or a checkpoint itself, or the key it is signed with, is not the one it should be. */
  | 'CHECKPOINT'
  | 'KEY';

/** Where the log is not as it was written, and how. */
export interface LogFault {
  readonly rule: LogRule;
  readonly position: Position;
  readonly stream: string;
  readonly revision: number;
  readonly text: string;
}

/** The end of a stream as far as it was read. */
interface Tail {
  readonly revision: number;
  readonly hash: string;
  readonly at: string;
}

/** How many streams are known at a time; about 300 bytes each. Others are looked up where they go on. */
const MAX_STREAMS = 100_000;

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

export interface LogVerifierOptions {
  /** Finds an event by its stream and revision; without it, what follows a stream that was forgotten is not compared. */
  readonly find?: (stream: string, revision: number) => Promise<StoredEvent | undefined>;
  /** How many streams are known at a time. */
  readonly maxStreams?: number;
  /** Told of each event, in their order, with its hash (`hashOf`) and what is wrong with it by itself or in its stream. */
  readonly onEvent?: (event: StoredEvent, hash: string, fault: LogFault | undefined) => void;
}

/**
 * Checks events of the log in their order: positions that grow, ids, metadata and data that can be read, and in each
 * stream revisions without gaps, times that do not go back, and the hash of the event before.
 */
export class LogVerifier {
  /** Events that were looked at. */
  events = 0;
  /** Streams that begin with one of them. */
  streams = 0;
  /** Events whose predecessor could not be looked up. */
  notCompared = 0;
  readonly #tails: LRUCache<string, Tail>;
  readonly #find: LogVerifierOptions['find'];
  readonly #onEvent: LogVerifierOptions['onEvent'];
  #position: Position = 0n;

  constructor({ find, maxStreams = MAX_STREAMS, onEvent }: LogVerifierOptions = {}) {
    this.#find = find;
    this.#onEvent = onEvent;
    this.#tails = new LRUCache({ max: maxStreams });
  }

  /** The first fault among the next events; undefined where there is none. Behind a fault it goes on as if there were none. */
  async check(events: readonly StoredEvent[]): Promise<LogFault | undefined> {
    let first: LogFault | undefined;
    for (const event of events) {
      const { stream, revision } = event;
      let tail = this.#tails.get(stream);
      let found: LogFault | undefined;
      if (!tail && revision > 0 && this.#find) {
        const before = await this.#find(stream, revision - 1);
        tail = before && tailOf(before);
        if (!before) found = fault(event, 'REVISION', `revision ${revision - 1} before it is missing`);
      } else if (!tail && revision > 0) this.notCompared += 1;
      const meta = metaOf(event);
      const hash = hashOf(stream, revision, event);
      found ??= this.#faultOf(event, meta, tail);
      first ??= found;
      this.events += 1;
      if (revision === 0) this.streams += 1;
      this.#position = event.position;
      this.#tails.set(stream, { revision, hash, at: meta?.at ?? '' });
      this.#onEvent?.(event, hash, found);
    }
    return first;
  }

  #faultOf(event: StoredEvent, meta: Meta | undefined, tail: Tail | undefined): LogFault | undefined {
    const { position, revision, id } = event;
    if (position <= this.#position) {
      return fault(event, 'POSITION', `it stands behind position ${this.#position}`);
    }
    if (!UUID.test(id)) return fault(event, 'ID', `its id is no UUID: ${id}`);
    if (!meta) return fault(event, 'META', 'its metadata cannot be read');
    if (!isJson(event.data)) return fault(event, 'DATA', 'its data are no JSON');
    const next = tail ? tail.revision + 1 : 0;
    if ((tail ?? revision === 0) && revision !== next) {
      return fault(event, 'REVISION', `it follows revision ${tail?.revision}`);
    }
    if (revision === 0 ? meta.prev !== '' : tail && meta.prev !== tail.hash) {
      return fault(event, 'CHAIN', 'the event before it is not the one it was appended behind, or was changed');
    }
    if (tail && meta.at < tail.at) return fault(event, 'TIME', `its time ${meta.at} is before ${tail.at}`);
    return undefined;
  }
}

const fault = ({ position, stream, revision }: StoredEvent, rule: LogRule, text: string): LogFault => ({
  rule,
  position,
  stream,
  revision,
  text,
});

const tailOf = (event: StoredEvent): Tail => ({
  revision: event.revision,
  hash: hashOf(event.stream, event.revision, event),
  at: metaOf(event)?.at ?? '',
});

const TEXTS = ['at', 'actor', 'request', 'correlation', 'prev'] as const;

function metaOf({ meta }: StoredEvent): Meta | undefined {
  try {
    const found = JSON.parse(meta) as Meta | null;
    const whole = found && Number.isInteger(found.v) && TEXTS.every((name) => typeof found[name] === 'string');
    return whole ? found : undefined;
  } catch {
    return undefined;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
