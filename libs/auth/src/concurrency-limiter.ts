import { refuse } from '#kernel';

/** Lets at most `width` tasks run at a time and at most `patient` wait; whoever comes then is refused. */
export class ConcurrencyLimiter {
  readonly #width: number;
  readonly #patient: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(width: number, patient: number) {
    this.#width = width;
    this.#patient = patient;
  }

  /** @throws Refusal where too many wait already */
  async run<R>(task: () => Promise<R>): Promise<R> {
    if (this.#running >= this.#width) {
      if (this.#waiting.length >= this.#patient) throw refuse('', 'BUSY', 'Too many logins at once, try again');
      // Whoever leaves hands over the place, so nobody slips in between.
      await new Promise<void>((go) => this.#waiting.push(go));
    } else {
      this.#running += 1;
    }
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
}
