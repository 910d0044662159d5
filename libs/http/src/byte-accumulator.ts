const LF = 0x0a;
const CR = 0x0d;
const NOTHING = Buffer.alloc(0);

/** Bytes of one unfinished element (a method, a head, a chunk line), gathered over several reads. */
export class ByteAccumulator {
  length = 0;
  private store = NOTHING;

  /** Copies `part` behind what is there. */
  add(part: Buffer): void {
    const length = this.length + part.length;
    if (length > this.store.length) {
      const larger = Buffer.allocUnsafe(Math.max(64, 2 * length));
      this.store.copy(larger, 0, 0, this.length);
      this.store = larger;
    }
    part.copy(this.store, this.length);
    this.length = length;
  }

  /** Where in `next`, read from `at`, the element ends when `mark` ends it; -1 when it does not end there. */
  endIn(next: Buffer, at: number, mark: Buffer): number {
    if (this.length > 0) {
      const tail = this.store.subarray(Math.max(0, this.length - mark.length + 1), this.length);
      const seam = Buffer.concat([tail, next.subarray(at, at + mark.length - 1)]).indexOf(mark);
      if (seam >= 0) return at + seam + mark.length - tail.length;
    }
    const found = next.indexOf(mark, at);
    return found < 0 ? -1 : found + mark.length;
  }

  /** Whether a line feed at or behind `from` has no carriage return before it. */
  hasBareLineFeed(from: number): boolean {
    const bytes = this.store.subarray(0, this.length);
    for (let at = bytes.indexOf(LF, from); at >= 0; at = bytes.indexOf(LF, at + 1)) {
      if (bytes[at - 1] !== CR) return true;
    }
    return false;
  }

  /** The whole element with its last part, which is not copied when it is the only one; afterwards nothing is left here. */
  finish(last: Buffer): Buffer {
    if (this.length === 0) return last;
    this.add(last);
    const whole = this.store.subarray(0, this.length);
    this.store = NOTHING;
    this.length = 0;
    return whole;
  }
}
