import { createHash } from 'node:crypto';
import type { Position } from '#event-store';

/** Bytes of a mark: the first 8 of the hash of an event, and 8 of its position. */
const MARK_BYTES = 16;
const HASH_BYTES = 8;

/** The events between two checkpoints, as they are counted, hashed and marked one by one. */
export class Segment {
  readonly #events = createHash('sha256');
  readonly #positions = createHash('sha256');
  #marks: Buffer;
  count = 0;
  last: Position = 0n;

  /** @param previous digest of the checkpoint before; `''`: none */
  constructor(previous: string, size = 1024) {
    this.#events.update(`${previous}\n`);
    this.#marks = Buffer.allocUnsafe(size * MARK_BYTES);
  }

  /** The next event: its hash as base64url, and its position. */
  add(hash: string, position: Position): void {
    this.#events.update(`${hash}\n`);
    this.#positions.update(`${position}\n`);
    const at = this.count * MARK_BYTES;
    if (at === this.#marks.length) this.#marks = Buffer.concat([this.#marks], this.#marks.length * 2);
    this.#marks.write(hash.slice(0, 11), at, HASH_BYTES, 'base64url');
    this.#marks.writeBigUInt64BE(position, at + HASH_BYTES);
    this.count += 1;
    this.last = position;
  }

  /** Digests and marks of all that was added; nothing is added any more. */
  finish(): { readonly digest: string; readonly positions: string; readonly marks: Buffer } {
    return {
      digest: this.#events.digest('base64url'),
      positions: this.#positions.digest('base64url'),
      marks: this.#marks.subarray(0, this.count * MARK_BYTES),
    };
  }
}

/** The mark of an event of a segment. */
export interface Mark {
  /** Its first 8 bytes, in hexadecimal. */
  readonly hash: string;
  readonly position: Position;
}

/** The n-th mark; undefined beyond the last one. */
export function markAt(marks: Buffer, n: number): Mark | undefined {
  const at = n * MARK_BYTES;
  if (at + MARK_BYTES > marks.length) return undefined;
  return { hash: marks.toString('hex', at, at + HASH_BYTES), position: marks.readBigUInt64BE(at + HASH_BYTES) };
}

/** The hash of an event, as far as marks hold it. */
export const markOf = (hash: string): string =>
  Buffer.from(hash.slice(0, 11), 'base64url').toString('hex', 0, HASH_BYTES);

/** Where among marks the event of this hash stands; undefined: nowhere. */
export function placeOf(marks: Buffer, hash: string): Mark | undefined {
  for (let n = 0; n * MARK_BYTES < marks.length; n += 1) {
    const mark = markAt(marks, n);
    if (mark?.hash === hash) return mark;
  }
  return undefined;
}
