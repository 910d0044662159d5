import ipaddr from 'ipaddr.js';
import { refuse } from '#kernel';
import { Remembered } from './remembered.ts';

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
  /** When that was so, milliseconds since 1970. */
  at: number;
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
 * elsewhere do not lock them out. Kept in memory, each server for itself.
 */
export class LoginLimit {
  readonly #tries: LoginTries;
  readonly #now: () => number;
  readonly #buckets = new Remembered<Bucket>(2 * MAX_ENTRIES);
  readonly #familiar = new Remembered<true>(MAX_ENTRIES);

  constructor(tries: LoginTries, now: () => number = Date.now) {
    this.#tries = tries;
    this.#now = now;
  }

  /** Counts a try, to be told what becomes of it. @throws Refusal naming the seconds to wait */
  begin(name: string, address: string): Attempt {
    const source = networkOf(address);
    const pair = `${name} ${source}`;
    const { perName, perSource } = this.#tries;
    const counted = [
      { bucket: this.#bucket(`name ${this.#familiar.get(pair) ? pair : name}`, perName), limit: perName },
      { bucket: this.#bucket(`source ${source}`, perSource), limit: perSource },
    ];
    const wait = Math.max(...counted.map(({ bucket, limit }) => this.#wait(bucket, limit)));
    if (wait >= 1) {
      throw refuse('', 'TOO_MANY_LOGINS', `Too many failed logins, try again in ${Math.ceil(wait / 1000)} seconds`);
    }
    for (const { bucket } of counted) bucket.level += 1;
    const forget = (): void => {
      for (const { bucket } of counted) bucket.level = Math.max(0, bucket.level - 1);
    };
    return {
      forget,
      succeeded: () => {
        forget();
        this.#familiar.set(pair, true);
      },
    };
  }

  #bucket(key: string, limit: number): Bucket {
    const now = this.#now();
    const bucket = this.#buckets.get(key) ?? { level: 0, at: now };
    bucket.level = Math.max(0, bucket.level - ((now - bucket.at) * limit) / this.#tries.window);
    bucket.at = now;
    this.#buckets.set(key, bucket);
    return bucket;
  }

  /** How long until there is room for one more, in milliseconds. */
  #wait({ level }: Bucket, limit: number): number {
    return ((level + 1 - limit) * this.#tries.window) / limit;
  }
}

/** What counts as one source: an IPv4 address, or the 64 bits of an IPv6 network somebody has all of. */
function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed.kind() === 'ipv4' ? parsed.toString() : parsed.toNormalizedString().split(':').slice(0, 4).join(':');
}
