import type { Pool } from 'pg';
import type { Position } from '#event-store';
import { makeLedger } from '#read-store';

/** How many dead letters are kept of one reaction; the oldest go, and are counted. */
export const MAX_DEAD_LETTERS = 1000;
/** How much is kept of the text of an error, in characters. */
const MAX_ERROR = 2000;
/** How much is kept of what a letter says, in characters. */
const MAX_BODY = 64 * 1024;

/** Something that could not be handled after many tries: an event of the log, or a message from outside. */
export interface NewDeadLetter {
  /** Who could not handle it: the name of a reaction, or of another receiver. */
  readonly reaction: string;
  /** Tells it apart from others of the same receiver; the same one again replaces what was kept. */
  readonly key: string;
  /** The event in the log; undefined where it was none. */
  readonly event?: {
    readonly position: Position;
    readonly stream: string;
    readonly revision: number;
    readonly id: string;
  };
  /** Type of the event or the message. */
  readonly type: string;
  readonly error: string;
  readonly tries: number;
  /** What the message said; of an event the log holds it. */
  readonly body?: string;
}

/** A dead letter as it is kept. */
export interface DeadLetter extends NewDeadLetter {
  readonly id: number;
  /** When it was last tried, ISO 8601. */
  readonly at: string;
  /** Whether an operator wants it to be tried again. */
  readonly retrying: boolean;
}

/** How many dead letters a receiver has, and how many were dropped because there were too many. */
export interface DeadLetterCount {
  readonly kept: number;
  readonly dropped: number;
}

interface Row {
  readonly id: string;
  readonly reaction: string;
  readonly key: string;
  readonly position: string | null;
  readonly stream: string | null;
  readonly revision: string | null;
  readonly event_id: string | null;
  readonly type: string;
  readonly error: string;
  readonly tries: number;
  readonly at: Date;
  readonly body: string | null;
  readonly retrying: boolean;
}

/** What could not be handled, for operators to look at, to have tried again, or to discard: a ledger. */
export class DeadLetters {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async start(): Promise<void> {
    await makeLedger(
      this.#pool,
      `CREATE TABLE IF NOT EXISTS ledger.dead_letters (
         id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
         reaction text NOT NULL, key text NOT NULL, position bigint, stream text, revision bigint, event_id uuid,
         type text NOT NULL, error text NOT NULL, tries int NOT NULL, at timestamptz NOT NULL DEFAULT now(),
         body text, retrying boolean NOT NULL DEFAULT false,
         UNIQUE (reaction, key)
       );
       CREATE INDEX IF NOT EXISTS dead_letters_retrying ON ledger.dead_letters (id) WHERE retrying;
       CREATE TABLE IF NOT EXISTS ledger.dead_letters_dropped (reaction text PRIMARY KEY, n bigint NOT NULL)`,
    );
  }

  /** Keeps one, and drops the oldest of the same receiver where there are more than `MAX_DEAD_LETTERS`. */
  async add(letter: NewDeadLetter): Promise<void> {
    const { reaction, key, event, type, error, tries, body } = letter;
    await this.#pool.query(
      `INSERT INTO ledger.dead_letters (reaction, key, position, stream, revision, event_id, type, error, tries, body)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
       ON CONFLICT (reaction, key) DO UPDATE
       SET error = excluded.error, tries = excluded.tries, at = now(), body = excluded.body, retrying = false`,
      [
        reaction,
        key,
        event?.position.toString() ?? null,
        event?.stream ?? null,
        event?.revision ?? null,
        event?.id ?? null,
        type,
        storable(error, MAX_ERROR),
        tries,
        body === undefined ? null : storable(body, MAX_BODY),
      ],
    );
    await this.#pool.query(
      `WITH gone AS (
         DELETE FROM ledger.dead_letters WHERE id IN (
           SELECT id FROM ledger.dead_letters WHERE reaction = $1 ORDER BY id DESC OFFSET $2
         ) RETURNING 1
       )
       INSERT INTO ledger.dead_letters_dropped AS d (reaction, n) SELECT $1, count(*) FROM gone HAVING count(*) > 0
       ON CONFLICT (reaction) DO UPDATE SET n = d.n + excluded.n`,
      [reaction, MAX_DEAD_LETTERS],
    );
  }

  /** Some of them, the newest first; of one receiver where it is named. `total` counts all that are meant. */
  async list(options: {
    readonly reaction?: string;
    readonly skip: number;
    readonly count: number;
  }): Promise<{ readonly letters: readonly DeadLetter[]; readonly total: number }> {
    const reaction = options.reaction ?? null;
    const where = 'FROM ledger.dead_letters WHERE $1::text IS NULL OR reaction = $1';
    const { rows } = await this.#pool.query<Row>(`SELECT * ${where} ORDER BY id DESC OFFSET $2 LIMIT $3`, [
      reaction,
      options.skip,
      options.count,
    ]);
    const counted = await this.#pool.query<{ n: string }>(`SELECT count(*) AS n ${where}`, [reaction]);
    return { letters: rows.map(letterOf), total: Number(counted.rows[0]?.n ?? 0) };
  }

  async get(id: number): Promise<DeadLetter | undefined> {
    const { rows } = await this.#pool.query<Row>('SELECT * FROM ledger.dead_letters WHERE id = $1', [id]);
    return rows[0] && letterOf(rows[0]);
  }

  /** Has one tried again, by the process that leads, within seconds. @returns whether there is one of this id */
  async retry(id: number): Promise<boolean> {
    const text = 'UPDATE ledger.dead_letters SET retrying = true WHERE id = $1';
    return (await this.#pool.query(text, [id])).rowCount === 1;
  }

  /** Takes one off: it was handled, or is not to be. @returns whether there was one of this id */
  async discard(id: number): Promise<boolean> {
    return (await this.#pool.query('DELETE FROM ledger.dead_letters WHERE id = $1', [id])).rowCount === 1;
  }

  /** Those that are to be tried again, the oldest first. */
  async toRetry(limit: number): Promise<readonly DeadLetter[]> {
    const { rows } = await this.#pool.query<Row>({
      name: 'dead-letters-to-retry',
      text: 'SELECT * FROM ledger.dead_letters WHERE retrying ORDER BY id LIMIT $1',
      values: [limit],
    });
    return rows.map(letterOf);
  }

  /** How many there are, by receiver; those without any are left out. */
  async counts(): Promise<Map<string, DeadLetterCount>> {
    const { rows } = await this.#pool.query<{ reaction: string; kept: string; dropped: string }>({
      name: 'dead-letter-counts',
      text: `SELECT reaction, coalesce(k.n, 0) AS kept, coalesce(d.n, 0) AS dropped
             FROM (SELECT reaction, count(*) AS n FROM ledger.dead_letters GROUP BY reaction) k
             FULL JOIN ledger.dead_letters_dropped d USING (reaction)`,
    });
    return new Map(
      rows.map(({ reaction, kept, dropped }) => [reaction, { kept: Number(kept), dropped: Number(dropped) }]),
    );
  }
}

/** A text as the database can hold it. */
const storable = (text: string, most: number): string => text.slice(0, most).replaceAll('\0', '\uFFFD');

const letterOf = (row: Row): DeadLetter => ({
  id: Number(row.id),
  reaction: row.reaction,
  key: row.key,
  ...(row.position === null
    ? {}
    : {
        event: {
          position: BigInt(row.position),
          stream: row.stream ?? '',
          revision: Number(row.revision),
          id: row.event_id ?? '',
        },
      }),
  type: row.type,
  error: row.error,
  tries: row.tries,
  ...(row.body === null ? {} : { body: row.body }),
  at: row.at.toISOString(),
  retrying: row.retrying,
});
