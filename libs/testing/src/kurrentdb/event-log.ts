/** Expected states that are no revisions, as the protocol writes them. */
export const [NO_STREAM, ANY, EXISTS] = [-1, -2, -4];

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

  append(records: readonly NewRecord[], checks: readonly StreamCheck[]): Outcome {
    const written = Map.groupBy(records, ({ stream }) => stream);
    const expectations = new Map([...written.keys()].map((stream) => [stream, ANY]));
    for (const { stream, expected } of checks) expectations.set(stream, expected);

    const judged = [...expectations].map(([stream, expected]) => {
      const ids = (written.get(stream) ?? []).map(({ id }) => id);
      return { stream, expected, actual: this.stream(stream).length - 1, verdict: this.#judge(stream, expected, ids) };
    });
    const writes = judged.filter(({ stream }) => written.has(stream));
    const failed = judged.some(({ verdict }) => verdict === 'conflict');
    const there = writes.every(({ verdict }) => verdict === 'there');
    if (failed || (!there && writes.some(({ verdict }) => verdict === 'there'))) {
      return { violations: judged.filter(({ verdict }) => verdict !== 'ok') };
    }
    const put = there ? writes.flatMap(({ stream, expected }) => this.#at(stream, expected, written)) : this.#put(records);
    return {
      // Of a repeated append the server tells where one of its streams was written.
      position: (there ? put[0] : put.at(-1))?.position ?? 0n,
      revisions: [...written.keys()].map((stream) => ({
        stream,
        revision: put.findLast((record) => record.stream === stream)?.revision ?? NO_STREAM,
      })),
    };
  }

  #judge(stream: string, expected: number, ids: readonly string[]): 'ok' | 'there' | 'conflict' {
    const last = this.stream(stream).length - 1;
    const exact = expected !== ANY && expected !== EXISTS;
    if (expected === EXISTS && last === NO_STREAM) return 'conflict';
    if (exact && expected === last) return 'ok';
    if (exact && (expected > last || ids.length === 0)) return 'conflict';
    const first = this.#first(stream, expected, ids);
    if (first === undefined) return 'ok';
    return ids.every((id, n) => this.stream(stream)[first + n]?.id === id) ? 'there' : 'conflict';
  }

  /** Where the first of these ids would stand if they had been appended before. */
  #first(stream: string, expected: number, ids: readonly string[]): number | undefined {
    if (expected !== ANY && expected !== EXISTS) return expected + 1;
    return this.stream(stream).find(({ id }) => id === ids[0])?.revision;
  }

  #at(stream: string, expected: number, written: ReadonlyMap<string, readonly NewRecord[]>): readonly LogRecord[] {
    const ids = (written.get(stream) ?? []).map(({ id }) => id);
    const first = this.#first(stream, expected, ids) ?? 0;
    return this.stream(stream).slice(first, first + ids.length);
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
    this.#streams.set(record.stream, [...stream, kept]);
    this.#records.push(kept);
    this.#end += BigInt(100 + record.data.length);
    return kept;
  }

  #own(stream: string, type: string): void {
    this.#write({
      stream,
      id: crypto.randomUUID(),
      type,
      data: Buffer.from('{"of":"the server"}'),
      isJson: true,
      properties: {},
    });
  }
}
