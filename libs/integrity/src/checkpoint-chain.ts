import { isSignedBy } from './checkpoint-key.ts';
import type { CheckpointSource, KeptCheckpoint } from './checkpoint-ledger.ts';
import type { CheckpointRecord, SignedCheckpoint } from './checkpoint-record.ts';
import { parseRecord, sha256 } from './checkpoint-record.ts';

/** What somebody knows of a log who does not rely on its database. */
export interface OutsideKnowledge {
  /** Checkpoints that were exported, or that the data directory holds. */
  readonly checkpoints?: readonly SignedCheckpoint[];
  /** The public key, base64url, that the newest checkpoint has to be signed with, or one that has endorsed it. */
  readonly key?: string | undefined;
}

/** A checkpoint whose signature, number and link to the one before were found right. */
export interface CheckedCheckpoint {
  readonly record: CheckpointRecord;
  /** None where they are not those that were signed. */
  readonly marks: Buffer;
}

/** What is wrong with a checkpoint. */
export interface CheckpointFault {
  readonly rule: 'CHECKPOINT' | 'KEY';
  /** Position of the last event it covers. */
  readonly position: bigint;
  readonly text: string;
}

/** Reads checkpoints one after the other, and checks each by itself and against the one before. */
export class CheckpointChain {
  readonly #source: CheckpointSource;
  readonly #outside: Map<number, SignedCheckpoint>;
  readonly #key: string | undefined;
  #last: CheckpointRecord | undefined;
  #lastText = '';
  /** Whether the key that is trusted has signed the last one, or has endorsed the key that did. */
  #isTrusted: boolean;
  /** Keys that have signed, the first one first. */
  readonly keys: string[] = [];

  constructor(source: CheckpointSource, { checkpoints = [], key }: OutsideKnowledge = {}) {
    this.#source = source;
    this.#key = key;
    this.#isTrusted = key === undefined;
    this.#outside = new Map(checkpoints.map((one) => [parseRecord(one.record)?.checkpoint ?? 0, one]));
  }

  /** The last one that was read. */
  get last(): CheckpointRecord | undefined {
    return this.#last;
  }

  /** The next one; undefined behind the last one. */
  async next(): Promise<CheckedCheckpoint | CheckpointFault | undefined> {
    const found = await this.#source.next();
    if (!found) return this.#missing();
    const record = parseRecord(found.record);
    const before = BigInt(this.#last?.position ?? 0);
    const fault = (rule: CheckpointFault['rule'], text: string): CheckpointFault => ({ rule, position: before, text });
    const number = (this.#last?.checkpoint ?? 0) + 1;
    if (!record) return fault('CHECKPOINT', `checkpoint ${number} was changed: it cannot be read`);
    const wrong = this.#faultOf(record, found, number);
    if (wrong !== undefined) return fault('CHECKPOINT', wrong);
    if (this.#last && this.#last.key !== record.key) {
      const { endorsement } = found;
      const isEndorsed = endorsement !== null && isSignedBy(this.#last.key, found.record, endorsement);
      if (!isEndorsed && this.#key === undefined) {
        return fault('KEY', `checkpoint ${number} is signed with another key, and the key before does not endorse it`);
      }
      this.#isTrusted &&= isEndorsed;
    }
    if (record.key === this.#key) this.#isTrusted = true;
    if (this.keys.at(-1) !== record.key) this.keys.push(record.key);
    this.#last = record;
    this.#lastText = found.record;
    const marks = sha256(found.marks) === record.marks ? found.marks : Buffer.alloc(0);
    return { record, marks };
  }

  #faultOf(record: CheckpointRecord, found: KeptCheckpoint, number: number): string | undefined {
    const { checkpoint, previous, events, position, key } = record;
    if (checkpoint !== number) return `checkpoint ${number} is missing, and ${checkpoint} is there`;
    if (!isSignedBy(key, found.record, found.signature)) return `checkpoint ${number} is not signed by its key`;
    if (previous !== (this.#last ? sha256(this.#lastText) : '')) {
      return `checkpoint ${number} does not follow the one before it`;
    }
    if (events <= (this.#last?.events ?? 0) || BigInt(position) <= BigInt(this.#last?.position ?? 0)) {
      return `checkpoint ${number} covers no more than the one before it`;
    }
    const outside = this.#outside.get(number);
    if (outside && outside.record !== found.record) return `checkpoint ${number} is not the one that is known outside`;
    return undefined;
  }

  /** Behind the last one: whether there should be more of them. */
  #missing(): CheckpointFault | undefined {
    const position = BigInt(this.#last?.position ?? 0);
    const number = this.#last?.checkpoint ?? 0;
    const later = [...this.#outside.entries()].find(([known]) => known > number);
    if (later) {
      const known = parseRecord(later[1].record);
      return {
        rule: 'CHECKPOINT',
        position,
        text:
          `checkpoint ${later[0]} is known outside, over ${known?.events} events up to position ${known?.position}, and ` +
          'is not here: the log and its checkpoints were cut off at their end',
      };
    }
    if (this.#isTrusted) return undefined;
    const text = this.#last
      ? `checkpoint ${number} is signed neither with the key that was given nor with one that it has endorsed`
      : 'there is no checkpoint that the key that was given has signed';
    return { rule: 'KEY', position, text };
  }
}
