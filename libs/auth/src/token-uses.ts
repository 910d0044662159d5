import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Pool } from 'pg';
import type { Reaction } from '#reactions';
import { makeLedger } from '#read-store';

/** How often uses are written down, and how exact they are, in milliseconds. */
const EVERY_MS = 60_000;
/** How many tokens are kept in mind between two writings; the one unused longest is not written down. */
const MAX_NOTED = 10_000;

/**
 * When each token was used last, in a ledger: that is worth no event. It is kept in memory and written down once a
 * minute, so it is that exact, and a server that is killed loses no more.
 */
export class TokenUses implements OnModuleInit, OnApplicationShutdown {
  readonly #pool: Pool;
  readonly #onError: (error: unknown) => void;
  readonly #now: () => number;
  readonly #noted = new LRUCache<string, number>({ max: MAX_NOTED });
  #timer: NodeJS.Timeout | undefined;
  #asked: Promise<ReadonlyMap<string, string>> | undefined;
  #wanted: string[] = [];

  constructor(pool: Pool, onError: (error: unknown) => void, now: () => number = Date.now) {
    this.#pool = pool;
    this.#onError = onError;
    this.#now = now;
  }

  async onModuleInit(): Promise<void> {
    const table = 'CREATE TABLE IF NOT EXISTS ledger.token_uses (token text PRIMARY KEY, used timestamptz NOT NULL)';
    await makeLedger(this.#pool, table);
    this.#timer = setInterval(() => void this.write().catch(this.#onError), EVERY_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.write().catch(this.#onError);
  }

  /** A token is used. */
  note(token: string): void {
    this.#noted.set(token, this.#now());
  }

  /** Writes down what was noted. */
  async write(): Promise<void> {
    const noted = [...this.#noted];
    if (noted.length === 0) return;
    this.#noted.clear();
    try {
      await this.#pool.query(
        `INSERT INTO ledger.token_uses AS known SELECT token, to_timestamp(used / 1000.0)
         FROM unnest($1::text[], $2::float8[]) AS noted (token, used)
         ON CONFLICT (token) DO UPDATE SET used = greatest(known.used, excluded.used)`,
        [noted.map(([token]) => token), noted.map(([, used]) => used)],
      );
    } catch (error) {
      for (const [token, used] of noted) if (!this.#noted.has(token)) this.#noted.set(token, used);
      throw error;
    }
  }

  /** When a token was used last, ISO 8601; null: never, as far as is known. Those asked for at once are read at once. */
  async lastOf(token: string): Promise<string | null> {
    const noted = this.#noted.get(token, { updateAgeOnGet: false });
    if (noted !== undefined) return iso(noted);
    this.#wanted.push(token);
    this.#asked ??= Promise.resolve().then(() => this.#read());
    return (await this.#asked).get(token) ?? null;
  }

  /** Forgets tokens that are no more. */
  async forget(tokens: readonly string[]): Promise<void> {
    for (const token of tokens) this.#noted.delete(token);
    await this.#pool.query('DELETE FROM ledger.token_uses WHERE token = ANY ($1)', [tokens]);
  }

  async #read(): Promise<ReadonlyMap<string, string>> {
    const wanted = this.#wanted;
    this.#wanted = [];
    this.#asked = undefined;
    const { rows } = await this.#pool.query<{ token: string; used: Date }>(
      'SELECT token, used FROM ledger.token_uses WHERE token = ANY ($1)',
      [wanted],
    );
    return new Map(rows.map(({ token, used }) => [token, iso(used.getTime())]));
  }
}

/** Forgets when tokens were used that are no more. */
export const forgetTokenUses = (uses: Pick<TokenUses, 'forget'>): Reaction => ({
  kind: 'reaction',
  name: 'auth.forget-token-uses',
  categories: ['user'],
  types: ['TokenRevoked'],
  from: 'start',
  handle: (events) => uses.forget(events.map(({ data }) => (data as { readonly token: string }).token)),
});

/** ISO 8601 with microseconds, of milliseconds since 1970. */
const iso = (milliseconds: number): string => `${new Date(milliseconds).toISOString().slice(0, -1)}000+00:00`;
