/** A bench has taken longer than it may. */
export class OverLimit extends Error {}

/** How long a bench may take, and what it is at: one that stands still ends, and says where. */
export class Limit {
  readonly #seconds: number;
  readonly #ends: number;

  /** @param seconds from now on */
  constructor(seconds: number) {
    this.#seconds = seconds;
    this.#ends = performance.now() + seconds * 1000;
  }

  /**
   * Waits for a step as long as there is time left.
   * @param what it does, for the message: `making 1000 sites`
   * @throws OverLimit; what the step throws
   */
  async step<T>(what: string, step: () => Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<never>((_, reject) => {
      const end = () => reject(new OverLimit(`stopped after ${this.#seconds} s (--limit), while ${what}`));
      const left = this.#ends - performance.now();
      if (left <= 0) end();
      else timer = setTimeout(end, left);
    });
    try {
      return await Promise.race([over, (async () => step())()]);
    } finally {
      clearTimeout(timer);
    }
  }
}
