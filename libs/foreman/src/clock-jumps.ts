/** A clock that gains more than this between two looks was set, in milliseconds. */
const MIN_JUMP_MS = 1000;

/** Notices when a clock is set ahead, by one that never jumps: what waits for a silence to end is not to end with it. */
export class ClockJumps {
  readonly #now: () => number;
  readonly #monotonic: () => number;
  /** How far the clock was ahead of the other one, when it was last looked at. */
  #offset: number;

  /** @param now milliseconds since 1970; may jump ahead @param monotonic milliseconds since any moment */
  constructor(now: () => number, monotonic: () => number = () => performance.now()) {
    this.#now = now;
    this.#monotonic = monotonic;
    this.#offset = now() - monotonic();
  }

  /** By how many milliseconds the clock was set ahead since this was last asked; 0 where it was not. */
  look(): number {
    const offset = this.#now() - this.#monotonic();
    const gained = offset - this.#offset;
    this.#offset = offset;
    return gained > MIN_JUMP_MS ? gained : 0;
  }
}
