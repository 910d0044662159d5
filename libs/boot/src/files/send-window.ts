/** What is to be done when a client has told which block it has. */
export type Acknowledged = 'nothing' | 'send' | 'done';

/** Which blocks of a file a TFTP client has, and which are under way. Blocks are counted from 1, without an end. */
export class SendWindow {
  /** The last block of the file: shorter than the others, perhaps empty. */
  readonly last: number;
  readonly #window: number;
  #acknowledged = 0;
  /** Whether what is under way was sent again because the client has told the same block twice. */
  #resent = false;

  constructor(size: number, blockSize: number, window: number) {
    this.last = Math.floor(size / blockSize) + 1;
    this.#window = window;
  }

  /** How many blocks the client has. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  /** The blocks to be under way: the first and the last of them. */
  get blocks(): readonly [number, number] {
    return [this.#acknowledged + 1, Math.min(this.#acknowledged + this.#window, this.last)];
  }

  /** Takes the number of a block, modulo 65536, up to which the client has everything. */
  take(block: number): Acknowledged {
    const [, newest] = this.blocks;
    const ahead = (block - this.#acknowledged) & 0xffff;
    if (ahead > newest - this.#acknowledged) return 'nothing';
    if (ahead === 0) {
      // One block at a time is sent again by the clock alone, or else each would be sent twice from then on.
      if (this.#window === 1 || this.#resent) return 'nothing';
      this.#resent = true;
      return 'send';
    }
    this.#acknowledged += ahead;
    this.#resent = false;
    return this.#acknowledged === this.last ? 'done' : 'send';
  }
}
