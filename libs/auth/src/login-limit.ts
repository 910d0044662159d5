import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { Refusal, refuse } from '#kernel';
import { canBeName } from './names.ts';
import { networkOf } from './source-network.ts';

/** Codes of the refusals of a wrong name, password or token. */
const WRONG: readonly string[] = ['INVALID_LOGIN', 'WRONG'];

/** How many failed logins are let through. */
export interface LoginTries {
  /** With one name, within the window. */
  readonly perName: number;
  /** From one source address, within the window. */
  readonly perSource: number;
  /** In milliseconds; a failure is forgotten bit by bit, so after half of it half of the tries are there again. */
  readonly window: number;
}

interface Bucket {
  /** Failures not forgotten yet. */
  level: number;
  /** When that was so, in milliseconds of a clock that is never set back. */
  at: number;
}

interface Counter {
  readonly key: string;
  readonly bucket: Bucket;
  readonly limit: number;
}

/** A try to log in that is under way, and counts as failed until more is known. */
export interface Attempt {
  succeeded(): void;
  /** It came to nothing, and not because of the password. */
  forget(): void;
}

/** How many names and sources are kept in mind; the ones that were quiet longest are forgotten first. */
const MAX_ENTRIES = 10_000;

/**
 * Slows down the guessing of passwords, by name and by source address. Every try counts until it has succeeded, so many
 * at once get no further than many in a row. Who has logged in from an address is counted apart there: failures from
 * elsewhere do not lock them out. Kept in memory, each server for itself, in a number of entries of one size.
 */
export class LoginLimit {
  readonly #tries: LoginTries;
  readonly #now: () => number;
  readonly #buckets = new LRUCache<string, Bucket>({ max: 2 * MAX_ENTRIES });
  readonly #familiar = new LRUCache<string, true>({ max: MAX_ENTRIES });

  constructor(tries: LoginTries, now: () => number = () => performance.now()) {
    this.#tries = tries;
    this.#now = now;
  }

  /**
   * Runs something that checks a password; what fails for another reason than the password does not count.
   * @throws Refusal naming the seconds to wait; what `check` throws
   */
  async guard<R>(name: string, address: string, check: () => Promise<R>): Promise<R> {
    const attempt = this.begin(name, address);
    try {
      const result = await check();
      attempt.succeeded();
      return result;
    } catch (error) {
      if (!(error instanceof Refusal) || !error.faults.some(({ code }) => WRONG.includes(code))) attempt.forget();
      throw error;
    }
  }

  /** Counts a try, to be told what becomes of it. @throws Refusal naming the seconds to wait */
  begin(name: string, address: string): Attempt {
    const network = networkOf(address);
    const { perName, perSource } = this.#tries;
    const counted = [this.#counter(keyOf('source', network), perSource)];
    let pair: string | undefined;
    // Nobody can have any other name, so there is no password of theirs to guess.
    if (canBeName(name)) {
      pair = keyOf('pair', name, network);
      counted.push(this.#counter(this.#familiar.get(pair) ? pair : keyOf('name', name), perName));
    }
    const wait = Math.max(...counted.map(({ bucket, limit }) => this.#wait(bucket, limit)));
    if (wait >= 1) {
      throw refuse('', 'TOO_MANY_LOGINS', `Too many failed logins, try again in ${Math.ceil(wait / 1000)} seconds`);
    }
    for (const { key, bucket } of counted) {
      bucket.level += 1;
      this.#buckets.set(key, bucket);
    }
    const forget = (): void => {
      for (const { bucket } of counted) bucket.level = Math.max(0, bucket.level - 1);
    };
    return {
      forget,
      succeeded: () => {
        forget();
        if (pair !== undefined) this.#familiar.set(pair, true);
      },
    };
  }

  /** What is counted under a key; kept only once something is. */
  #counter(key: string, limit: number): Counter {
    const now = this.#now();
    const bucket = this.#buckets.get(key) ?? { level: 0, at: now };
    bucket.level = Math.max(0, bucket.level - ((now - bucket.at) * limit) / this.#tries.window);
    bucket.at = now;
    return { key, bucket, limit };
  }

  /** How long until there is room for one more, in milliseconds. */
  #wait({ level }: Bucket, limit: number): number {
    return ((level + 1 - limit) * this.#tries.window) / limit;
  }
}

/** What something is kept under: of one size, and another one for other parts. */
const keyOf = (...parts: readonly string[]): string => hash('sha256', JSON.stringify(parts), 'base64url');
