import { Problem } from './problem.ts';

/** When one who was refused may try again, in seconds. */
const RETRY_AFTER_S = 10;

/** How many clients there are at once, in all and of each user or address. */
export class ClientLimit {
  readonly #max: { readonly all: number; readonly user: number };
  readonly #users = new Map<string, number>();
  #all = 0;
  #closed = false;

  constructor(max: { readonly all: number; readonly user: number }) {
    this.#max = max;
  }

  /** Counts a client in. @returns counts it out @throws Problem where there are too many, or none is taken any more */
  enter(user: string): () => void {
    const its = this.#users.get(user) ?? 0;
    if (this.#closed || this.#all >= this.#max.all || its >= this.#max.user) {
      const headers = { 'Retry-After': String(RETRY_AFTER_S) };
      throw new Problem('busy', `${its} clients of ${user} are there, ${this.#all} in all; try again later.`, {
        headers,
      });
    }
    this.#users.set(user, its + 1);
    this.#all += 1;
    return () => {
      this.#all -= 1;
      const left = (this.#users.get(user) ?? 1) - 1;
      if (left > 0) this.#users.set(user, left);
      else this.#users.delete(user);
    };
  }

  /** From now on none is taken. */
  close(): void {
    this.#closed = true;
  }
}
