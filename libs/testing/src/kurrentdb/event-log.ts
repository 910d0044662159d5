import { randomUUID } from 'node:crypto';

/** The state of a stream that is not there, as the protocol writes it. */
export const NO_STREAM = -1;

/** A record as an append brings it. */
export interface NewRecord {
  readonly stream: string;
  readonly id: string;
  readonly type: string;
  readonly data: Uint8Array;
  readonly isJson: boolean;
  readonly properties: Readonly<Record<string, string>>;
}

export interface LogRecord extends NewRecord {
  /** Commit and prepare position; grows with the bytes before it. */
  readonly position: bigint;
  readonly revision: number;
  readonly created: Date;
}

/** What an append expects of a stream, whether it writes to it or not. */
export interface StreamCheck {
  readonly stream: string;
  /** A revision, or {@link NO_STREAM}. */
  readonly expected: number;
}

export interface Violation extends StreamCheck {
  readonly actual: number;
}

export type Outcome =
  | { readonly position: bigint; readonly revisions: readonly { readonly stream: string; readonly revision: number }[] }
  | { readonly violations: readonly Violation[] };

/** After so many appends the server writes a line of its own statistics. */
const APPENDS_PER_STATISTICS = 3;

/**
 * The log of the stand-in, with the rules of the server: all or nothing over several streams, exact revisions, checks of
 * streams that are not written, and strong idempotency (the same ids behind the same revision are the same append; a part
 * of them is a conflict). Between the events of its clients it holds events of its own.
 */
export class EventLog {
  readonly #records: LogRecord[] = [];
  readonly #streams = new Map<string, LogRecord[]>();
  readonly #watchers = new Set<() => void>();
  #end = 0n;
  #appends = 0;

  constructor() {
    this.#own('$epoch-information', '$epoch-information');
  }

  get records(): readonly LogRecord[] {
    return this.#records;
  }

  stream(name: string): readonly LogRecord[] {
    return this.#streams.get(name) ?? [];
  }

  /** Calls `watcher` after every append; returns what ends that. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Records of a stream without a check are appended behind whatever is there. */
  append(records: readonly NewRecord[], checks: readonly StreamCheck[]): Outcome {
    const written = new Map<string, string[]>();
    for (const { stream, id } of records) written.set(stream, [...(written.get(stream) ?? []), id]);
    const judged = checks.map((check) => ({ ...check, verdict: this.#judge(check, written.get(check.stream) ?? []) }));
    const there = judged.filter(({ verdict }) => verdict === 'there');
    const repeated = there.length === written.size;
    if (judged.some(({ verdict }) => verdict === 'conflict') || (there.length > 0 && !repeated)) {
      const violated = judged.filter(({ verdict }) => verdict !== 'ok');
      return { violations: violated.map((check) => ({ ...check, actual: this.stream(check.stream).length - 1 })) };
    }
    const put = repeated
      ? there.flatMap(({ stream, expected }) => this.#behind(stream, expected, written.get(stream)?.length ?? 0))
      : this.#put(records);
    return {
      // Of a repeated append the server tells where one of its streams was written.
      position: (repeated ? put[0] : put.at(-1))?.position ?? 0n,
      revisions: [...written.keys()].map((stream) => ({
        stream,
        revision: put.findLast((record) => record.stream === stream)?.revision ?? NO_STREAM,
      })),
    };
  }

  #judge({ stream, expected }: StreamCheck, ids: readonly string[]): 'ok' | 'there' | 'conflict' {
    const last = this.stream(stream).length - 1;
    if (expected === last) return 'ok';
    if (expected > last || ids.length === 0) return 'conflict';
    const behind = this.#behind(stream, expected, ids.length);
    return ids.every((id, n) => behind[n]?.id === id) ? 'there' : 'conflict';
  }

  #behind(stream: string, revision: number, count: number): readonly LogRecord[] {
    return this.stream(stream).slice(revision + 1, revision + 1 + count);
  }

  #put(records: readonly NewRecord[]): readonly LogRecord[] {
    const put = records.map((record) => this.#write(record));
    this.#appends += 1;
    if (this.#appends % APPENDS_PER_STATISTICS === 0) this.#own('$stats-127.0.0.1:2113', '$statsCollected');
    for (const watcher of this.#watchers) watcher();
    return put;
  }

  #write(record: NewRecord): LogRecord {
    const stream = this.#streams.get(record.stream) ?? [];
    const kept = { ...record, position: this.#end, revision: stream.length, created: new Date() };
    this.#streams.set(record.stream, stream);
    stream.push(kept);
    this.#records.push(kept);
    this.#end += BigInt(100 + record.data.length);
    return kept;
  }

  #own(stream: string, type: string): void {
    this.#write({
      stream,
      id: randomUUID(),
      type,
      data: Buffer.from('{"of":"the server"}'),
      isJson: true,
      properties: {},
    });
  }
}
