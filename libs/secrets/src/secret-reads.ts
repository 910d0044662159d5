import type { Pool } from 'pg';

/** How many readings may wait to be written; of others it is only counted that they were left out. */
export const MAX_WAITING_READS = 10_000;
/** How long readings wait to be written together, in milliseconds: so many are lost when the process is killed. */
const FLUSH_MS = 5000;
const HOUR_MS = 3_600_000;
/** How many rows are answered at once, at most. */
export const MAX_READS_LISTED = 1000;

export const SECRET_READS_TABLE = `
CREATE TABLE IF NOT EXISTS ledger.secret_reads (
  secret uuid NOT NULL,
  reader text NOT NULL,
  hour timestamptz NOT NULL,
  times bigint NOT NULL,
  PRIMARY KEY (secret, reader, hour)
);
CREATE INDEX IF NOT EXISTS secret_reads_reader ON ledger.secret_reads (reader, hour);
CREATE INDEX IF NOT EXISTS secret_reads_hour ON ledger.secret_reads (hour)`;

const WRITE = `
INSERT INTO ledger.secret_reads AS r (secret, reader, hour, times)
SELECT t.secret, t.reader, to_timestamp(t.hour), t.times
FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::bigint[]) AS t(secret, reader, hour, times)
ON CONFLICT (secret, reader, hour) DO UPDATE SET times = r.times + excluded.times`;

/** A secret that somebody was handed in clear text: a row for each reader, secret and hour. */
export interface SecretRead {
  /** Id of the value. */
  readonly secret: string;
  /** What the secret belongs to, in words: `Site site1 db_password`; null where the ledger does not know it. */
  readonly owner: string | null;
  /** Who: `Structure 12` (the machine itself), `agents of module "ssh" at site "site1"`, or a name and where it called from. */
  readonly reader: string;
  /** The beginning of the hour, ISO 8601. */
  readonly hour: string;
  /** How often in that hour. */
  readonly times: number;
}

/** Which readings are asked for; the last hours come first. */
export interface ReadsAsked {
  /** Part of what the secret belongs to, or its id. */
  readonly secret?: string;
  /** Part of the name of the reader. */
  readonly reader?: string;
  readonly count: number;
}

export interface SecretReadsOptions {
  readonly onError?: (error: unknown) => void;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/**
 * The ledger of who was handed which secret in clear text. Noting it costs an entry in memory; what was noted is written
 * every few seconds, whatever handed it out does not wait. What is not written when the process is killed is lost.
 */
export class SecretReads {
  readonly #pool: Pool;
  readonly #options: Required<SecretReadsOptions>;
  /** How often, by secret, reader and hour. */
  #waiting = new Map<string, { secret: string; reader: string; hour: number; times: number }>();
  #leftOut = 0;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(pool: Pool, { onError = () => undefined, now = () => Date.now() }: SecretReadsOptions = {}) {
    this.#pool = pool;
    this.#options = { onError, now };
  }

  /** How many readings were not noted, because too many waited. */
  get leftOut(): number {
    return this.#leftOut;
  }

  /** Notes that somebody is handed secrets, by their ids. */
  note(reader: string, secrets: Iterable<string>): void {
    const hour = Math.floor(this.#options.now() / HOUR_MS) * (HOUR_MS / 1000);
    for (const secret of secrets) {
      const key = `${secret} ${hour} ${reader}`;
      const known = this.#waiting.get(key);
      if (known) known.times += 1;
      else if (this.#waiting.size < MAX_WAITING_READS) this.#waiting.set(key, { secret, reader, hour, times: 1 });
      else this.#leftOut += 1;
    }
    if (this.#waiting.size === 0) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.flush().catch(this.#options.onError);
    }, FLUSH_MS).unref();
  }

  /** Writes what was noted. @throws what the database throws; it is kept for the next time then */
  flush(): Promise<void> {
    const next = this.#writing.then(() => this.#write());
    this.#writing = next.catch(() => undefined);
    return next;
  }

  /** Who was handed what, the last hours first. */
  async list({ secret, reader, count }: ReadsAsked): Promise<SecretRead[]> {
    await this.flush();
    const { rows } = await this.#pool.query<Omit<SecretRead, 'hour' | 'times'> & { hour: Date; times: string }>(
      `SELECT r.secret::text AS secret, s.owner, r.reader, r.hour, r.times
       FROM ledger.secret_reads r LEFT JOIN ledger.secrets s ON s.id = r.secret
       WHERE ($1::text IS NULL OR r.secret::text = $1 OR strpos(coalesce(s.owner, ''), $1) > 0)
         AND ($2::text IS NULL OR strpos(r.reader, $2) > 0)
       ORDER BY r.hour DESC, r.reader, r.secret LIMIT $3`,
      [secret ?? null, reader ?? null, Math.min(count, MAX_READS_LISTED)],
    );
    return rows.map(({ hour, times, ...rest }) => ({ ...rest, hour: hour.toISOString(), times: Number(times) }));
  }

  /** Removes rows of hours before a time, the oldest first. @param before ISO 8601 @returns how many */
  async prune(before: string, limit: number): Promise<number> {
    const { rowCount } = await this.#pool.query(
      `DELETE FROM ledger.secret_reads WHERE (secret, reader, hour) IN
         (SELECT secret, reader, hour FROM ledger.secret_reads WHERE hour < $1 ORDER BY hour LIMIT $2)`,
      [before, limit],
    );
    return rowCount ?? 0;
  }

  /** Stops writing by itself, and writes what is left. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.flush();
  }

  async #write(): Promise<void> {
    const waiting = [...this.#waiting.values()];
    this.#waiting = new Map();
    if (waiting.length === 0) return;
    try {
      await this.#pool.query(WRITE, [
        waiting.map(({ secret }) => secret),
        waiting.map(({ reader }) => reader),
        waiting.map(({ hour }) => hour),
        waiting.map(({ times }) => times),
      ]);
    } catch (error) {
      for (const { secret, reader, hour, times } of waiting) {
        const key = `${secret} ${hour} ${reader}`;
        const later = this.#waiting.get(key);
        this.#waiting.set(key, { secret, reader, hour, times: times + (later?.times ?? 0) });
      }
      throw error;
    }
  }
}
