import type { LogFault, LogVerifierOptions, Position, StoredEvent } from '#event-store';
import { LogVerifier } from '#event-store';
import type { CheckedCheckpoint, OutsideKnowledge } from './checkpoint-chain.ts';
import { CheckpointChain } from './checkpoint-chain.ts';
import type { CheckpointSource } from './checkpoint-ledger.ts';
import { NO_CHECKPOINTS } from './checkpoint-ledger.ts';
import type { CheckpointRecord } from './checkpoint-record.ts';
import { markAt, markOf, placeOf, Segment } from './segment.ts';

export interface LogCheckOptions extends Pick<LogVerifierOptions, 'find' | 'maxStreams'> {
  readonly checkpoints?: CheckpointSource;
  readonly outside?: OutsideKnowledge;
  /** Whether events have the positions they were signed with; not those of KurrentDB, where a restore gives others. */
  readonly positions?: boolean;
}

/** What checkpoints say of a log that was read to its end. */
export interface Signed {
  /** The last one; undefined: there is none. */
  readonly last: CheckpointRecord | undefined;
  /** Public keys they are signed with, base64url, the first one first. */
  readonly keys: readonly string[];
  /** Events behind the last one: chained, but not signed yet. */
  readonly behind: number;
}

/**
 * Checks events of the log in their order: each by itself and in its stream (`LogVerifier`), and all of them against the
 * signed checkpoints. Each event is parsed and hashed once. The first event that is not as it was signed is named.
 */
export class LogCheck {
  readonly #verifier: LogVerifier;
  readonly #chain: CheckpointChain;
  readonly #positions: boolean;
  #due: CheckedCheckpoint | undefined;
  #segment = new Segment('');
  #isBegun = false;
  /** The first fault of an event by itself or in its stream. */
  #plain: LogFault | undefined;
  /** The first event of the segment that is not the one its mark says. */
  #other: LogFault | undefined;
  #last: StoredEvent | undefined;
  #fault: LogFault | undefined;

  constructor({ checkpoints = NO_CHECKPOINTS, outside = {}, positions = true, ...options }: LogCheckOptions = {}) {
    this.#chain = new CheckpointChain(checkpoints, outside);
    this.#positions = positions;
    this.#verifier = new LogVerifier({ ...options, onEvent: (event, hash, fault) => this.#take(event, hash, fault) });
  }

  get events(): number {
    return this.#verifier.events;
  }

  get streams(): number {
    return this.#verifier.streams;
  }

  /** Events whose predecessor could not be looked up. */
  get notCompared(): number {
    return this.#verifier.notCompared;
  }

  /** The first fault, as soon as it is certain which one that is. */
  async check(events: readonly StoredEvent[]): Promise<LogFault | undefined> {
    if (!this.#isBegun) {
      this.#isBegun = true;
      await this.#next();
    }
    for (let from = 0; from < events.length && !this.#fault;) {
      const until = this.#due ? from + this.#due.record.events - this.events : events.length;
      const some = events.slice(from, until);
      await this.#verifier.check(some);
      from += some.length;
      if (this.#due && this.events === this.#due.record.events) await this.#compare(this.#due);
      else if (!this.#due) this.#fault ??= this.#plain;
    }
    return this.#fault;
  }

  /** The first fault of a log that was read to its end, and what its checkpoints say. */
  async finish(): Promise<{ readonly fault: LogFault | undefined; readonly signed: Signed }> {
    if (!this.#isBegun) await this.#next();
    this.#isBegun = true;
    if (this.#due && !this.#fault) this.#fault = this.#cutOff(this.#due);
    const { last, keys } = this.#chain;
    const behind = this.events - (last?.events ?? 0);
    return { fault: this.#fault, signed: { last, keys, behind: Math.max(0, behind) } };
  }

  /** Takes up the next checkpoint. */
  async #next(): Promise<void> {
    const previous = this.#due?.record.digest ?? '';
    const next = await this.#chain.next();
    this.#due = undefined;
    this.#segment = new Segment(previous);
    if (next && 'rule' in next) {
      const { rule, position, text } = next;
      this.#fault ??= { rule, position, stream: '', revision: -1, text };
    } else this.#due = next;
  }

  #take(event: StoredEvent, hash: string, fault: LogFault | undefined): void {
    this.#plain ??= fault;
    this.#last = event;
    if (!this.#due) return;
    this.#other ??= this.#unlike(event, hash, this.#due.marks);
    this.#segment.add(hash, event.position);
  }

  /** How an event is not the one that stood at its place when that was signed. */
  #unlike(event: StoredEvent, hash: string, marks: Buffer): LogFault | undefined {
    const mark = markAt(marks, this.#segment.count);
    if (!mark) return undefined;
    const { position, stream, revision } = event;
    const own = markOf(hash);
    const isMoved = this.#positions && mark.position !== position;
    if (own === mark.hash && !isMoved) return undefined;
    const at = { position, stream, revision };
    if (own === mark.hash) return { rule: 'TOUCHED', ...at, text: `its position was ${mark.position} when it was signed` };
    if (isMoved && position > mark.position) {
      const text = `the event at position ${mark.position} was signed, and is not there`;
      return { rule: 'REMOVED', position: mark.position, stream: '', revision: -1, text };
    }
    const place = placeOf(marks, own);
    if (isMoved) return { rule: 'ADDED', ...at, text: 'it was not there when what stands behind it was signed' };
    const swapped = place && `; it stood at ${place.position}`;
    return { rule: 'TOUCHED', ...at, text: `it is not the event that was signed${swapped ?? ''}` };
  }

  async #compare({ record }: CheckedCheckpoint): Promise<void> {
    const { digest, positions } = this.#segment.finish();
    const isSame = digest === record.digest && (!this.#positions || positions === record.positions);
    if (isSame) {
      this.#fault ??= this.#plain;
    } else {
      const range = `the events up to position ${record.position} are not those that checkpoint ${record.checkpoint} has signed`;
      const somewhere: LogFault = { rule: 'TOUCHED', position: BigInt(record.position), stream: '', revision: -1, text: range };
      this.#fault ??= this.#first(somewhere);
    }
    if (!this.#fault) await this.#next();
  }

  /** The log has ended before the checkpoint has. */
  #cutOff({ record, marks }: CheckedCheckpoint): LogFault {
    const mark = markAt(marks, this.#segment.count);
    const text =
      `checkpoint ${record.checkpoint} has signed ${record.events} events up to position ${record.position}, and there ` +
      `are ${this.events}: the log has lost its end`;
    const position: Position = mark?.position ?? (this.#last?.position ?? 0n) + 1n;
    return this.#first({ rule: 'REMOVED', position, stream: '', revision: -1, text });
  }

  /** What tells most of the first event that is another one. */
  #first(otherwise: LogFault): LogFault {
    const marked = this.#other;
    const plain = this.#plain;
    if (!marked) return plain ?? otherwise;
    if (plain && plain.position < marked.position) return plain;
    const isGap = marked.rule === 'REMOVED' && plain?.rule === 'REVISION';
    return isGap ? { ...marked, stream: plain.stream, revision: plain.revision - 1 } : marked;
  }
}
