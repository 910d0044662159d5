import type { Pool } from 'pg';
import { makeLedger } from '#read-store';

/** How many previews are kept at a time, of all users together. */
export const MAX_PREVIEWS = 1000;
/** What a commit may take at the most, in seconds; one that was begun before is taken to have ended with its server. */
const MAX_COMMIT_SECONDS = 900;

/** A preview, as it is kept until it expires. */
export interface KeptPreview {
  readonly id: string;
  readonly by: string;
  /** ISO 8601. */
  readonly made: string;
  readonly expires: string;
  readonly needsApproval: boolean;
  readonly reason: string | null;
  /** What was asked for, one line each: `PATCH /api/rest/Site/Site/site1`. */
  readonly requests: readonly string[];
  readonly events: number;
  /** What is appended on a commit, JSON text. */
  readonly decided: string;
  /** What is shown, JSON text. */
  readonly report: string;
  /** Ids of the secrets that only its events refer to. */
  readonly secrets: readonly string[];
}

/** A preview as it is listed. */
export type ListedPreview = Omit<KeptPreview, 'decided' | 'report' | 'secrets'>;

interface Row {
  readonly id: string;
  readonly made_by: string;
  readonly made: Date;
  readonly expires: Date;
  readonly needs_approval: boolean;
  readonly reason: string | null;
  readonly requests: string[];
  readonly events: number;
  readonly decided: string;
  readonly report: string;
  readonly secrets: string[];
}

const LISTED = 'id, made_by, made, expires, needs_approval, reason, requests, events';

/** Previews that may be committed: a ledger, so all servers on the database know them. In the backup as other ledgers. */
export class PreviewLedger {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async start(): Promise<void> {
    await makeLedger(
      this.#pool,
      `CREATE TABLE IF NOT EXISTS ledger.previews (
         id text PRIMARY KEY, made_by text NOT NULL, made timestamptz NOT NULL DEFAULT now(), expires timestamptz NOT NULL,
         needs_approval boolean NOT NULL, reason text, requests text[] NOT NULL, events int NOT NULL,
         decided text NOT NULL, report text NOT NULL, secrets text[] NOT NULL, committing timestamptz
       );
       CREATE INDEX IF NOT EXISTS previews_expires ON ledger.previews (expires)`,
    );
  }

  /** @returns when it expires, ISO 8601; undefined where there are as many as may be */
  async keep(preview: Omit<KeptPreview, 'made' | 'expires'>, seconds: number): Promise<string | undefined> {
    const { rows } = await this.#pool.query<{ expires: Date }>(
      `INSERT INTO ledger.previews (id, made_by, expires, needs_approval, reason, requests, events, decided, report, secrets)
       SELECT $1, $2, now() + make_interval(secs => $3), $4, $5, $6, $7, $8, $9, $10
       WHERE (SELECT count(*) FROM ledger.previews WHERE expires > now()) < $11 RETURNING expires`,
      [
        preview.id,
        preview.by,
        seconds,
        preview.needsApproval,
        preview.reason,
        preview.requests,
        preview.events,
        preview.decided,
        preview.report,
        preview.secrets,
        MAX_PREVIEWS,
      ],
    );
    return rows[0]?.expires.toISOString();
  }

  /** One that has not expired. */
  async find(id: string): Promise<KeptPreview | undefined> {
    const { rows } = await this.#pool.query<Row>('SELECT * FROM ledger.previews WHERE id = $1 AND expires > now()', [
      id,
    ]);
    const [row] = rows;
    return row && { ...listed(row), decided: row.decided, report: row.report, secrets: row.secrets };
  }

  /** Those that have not expired, the newest first; `by`: only those of one user. */
  async list({ by, skip, count }: { readonly by?: string; readonly skip: number; readonly count: number }) {
    const where = 'FROM ledger.previews WHERE expires > now() AND ($1::text IS NULL OR made_by = $1)';
    const { rows } = await this.#pool.query<Row>(
      `SELECT ${LISTED} ${where} ORDER BY made DESC, id OFFSET $2 LIMIT $3`,
      [by ?? null, skip, count],
    );
    const counted = await this.#pool.query<{ n: number }>(`SELECT count(*)::int AS n ${where}`, [by ?? null]);
    return { previews: rows.map(listed), total: counted.rows[0]?.n ?? 0 };
  }

  /** Notes that one is about to be committed, so that it does not end meanwhile. @returns whether it is still there */
  async beginCommit(id: string): Promise<boolean> {
    const text = 'UPDATE ledger.previews SET committing = now() WHERE id = $1 AND expires > now()';
    return (await this.#pool.query(text, [id])).rowCount === 1;
  }

  /** Notes that one is committed: what its secrets are for stands in the log now. */
  async committed(id: string): Promise<void> {
    await this.#pool.query(`UPDATE ledger.previews SET secrets = '{}', committing = NULL WHERE id = $1`, [id]);
  }

  /** Notes that one was not committed after all. */
  async endCommit(id: string): Promise<void> {
    await this.#pool.query('UPDATE ledger.previews SET committing = NULL WHERE id = $1', [id]);
  }

  /** Takes one off, with all it held, unless it is being committed. @returns whether it did */
  async take(id: string): Promise<boolean> {
    const { rowCount } = await this.#pool.query(
      `DELETE FROM ledger.previews WHERE id = $1
       AND (committing IS NULL OR committing < now() - make_interval(secs => $2))`,
      [id, MAX_COMMIT_SECONDS],
    );
    return rowCount === 1;
  }

  /** Some of those that have expired, and are not being committed. */
  async expired(): Promise<readonly Pick<KeptPreview, 'id' | 'secrets' | 'decided'>[]> {
    const { rows } = await this.#pool.query<Pick<Row, 'id' | 'secrets' | 'decided'>>(
      `SELECT id, secrets, decided FROM ledger.previews WHERE expires <= now()
       AND (committing IS NULL OR committing < now() - make_interval(secs => $1)) ORDER BY expires LIMIT 100`,
      [MAX_COMMIT_SECONDS],
    );
    return rows;
  }
}

const listed = (row: Omit<Row, 'decided' | 'report' | 'secrets'>): ListedPreview => ({
  id: row.id,
  by: row.made_by,
  made: row.made.toISOString(),
  expires: row.expires.toISOString(),
  needsApproval: row.needs_approval,
  reason: row.reason,
  requests: row.requests,
  events: row.events,
});
