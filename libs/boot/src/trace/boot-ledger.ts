import type { Pool } from 'pg';
import { makeLedger } from '#read-store';
import type { BootKind, BootOutcome, BootRequest } from './boot-request.ts';
import type { AskingMachine } from './machine-at.ts';

/** How much is kept of one machine: leases, and everything else. */
export const MAX_LEASES_EACH = 20;
export const MAX_REQUESTS_EACH = 200;
/** How much is kept of all together. */
export const MAX_KEPT = 1_000_000;
/** How many are answered at once, at most. */
export const MAX_LISTED = 500;

/** What a machine has asked for, and who it is. */
export interface TracedRequest extends Omit<BootRequest, 'mac'>, AskingMachine {
  /** Tells it from all others: what is reported twice is kept once. */
  readonly id: string;
  /** The subcontractor that has served it; empty: the server itself. */
  readonly agent: string;
}

/** Which requests are asked for; what is not said does not matter. */
export interface RequestsAsked {
  readonly site?: string;
  readonly mac?: string;
  readonly address?: string;
  readonly foundation?: string;
  readonly structure?: number;
  readonly count: number;
}

const TABLE = `
CREATE TABLE IF NOT EXISTS ledger.boot_requests (
  n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id text NOT NULL UNIQUE, machine text NOT NULL,
  site text, mac text, address text NOT NULL, foundation text, structure bigint, at timestamptz NOT NULL, kind text NOT NULL,
  what text NOT NULL, outcome text NOT NULL, size bigint NOT NULL, duration_ms bigint NOT NULL, detail text NOT NULL,
  agent text NOT NULL
);
CREATE INDEX IF NOT EXISTS boot_requests_machine ON ledger.boot_requests (machine, at);
CREATE INDEX IF NOT EXISTS boot_requests_address ON ledger.boot_requests (address, at);
CREATE INDEX IF NOT EXISTS boot_requests_foundation ON ledger.boot_requests (foundation, at);
CREATE INDEX IF NOT EXISTS boot_requests_structure ON ledger.boot_requests (structure, at);
CREATE INDEX IF NOT EXISTS boot_requests_at ON ledger.boot_requests (at)`;

const COLUMNS = `id text, machine text, site text, mac text, address text, foundation text, structure bigint, at timestamptz,
  kind text, what text, outcome text, size bigint, duration_ms bigint, detail text, agent text`;
const NAMES = COLUMNS.replaceAll(/ (?:text|bigint|timestamptz)/g, '');

/** What of a machine is more than is kept, the oldest first: of leases, and of everything else. */
const TRIM = `
DELETE FROM ledger.boot_requests WHERE n IN (
  SELECT n FROM (
    SELECT n, kind, row_number() OVER (PARTITION BY machine, kind = 'lease' ORDER BY at DESC, n DESC) AS place
    FROM ledger.boot_requests WHERE machine = ANY ($1)
  ) AS placed WHERE place > CASE WHEN kind = 'lease' THEN ${MAX_LEASES_EACH} ELSE ${MAX_REQUESTS_EACH} END)`;

/**
 * What was asked for from an address before it was told whose lease that is, which is within a minute. Of a lease that is
 * renewed soon, the second time alone may be told; nobody else has had the address a moment before.
 */
const LEARN = `
UPDATE ledger.boot_requests AS r
SET machine = l.mac, mac = l.mac, site = coalesce(r.site, l.site), foundation = coalesce(r.foundation, l.foundation),
  structure = coalesce(r.structure, l.structure)
FROM jsonb_to_recordset($1::jsonb) AS l(mac text, address text, site text, foundation text, structure bigint, at timestamptz)
WHERE r.mac IS NULL AND r.address = l.address AND r.at BETWEEN l.at - interval '1 minute' AND l.at + interval '1 minute'`;

interface Row {
  readonly site: string | null;
  readonly mac: string | null;
  readonly address: string;
  readonly foundation: string | null;
  readonly structure: string | null;
  readonly at: Date;
  readonly kind: BootKind;
  readonly what: string;
  readonly outcome: BootOutcome;
  readonly size: string;
  readonly duration_ms: string;
  readonly detail: string;
  readonly agent: string;
}

/**
 * What machines have asked for while they booted, and what they were given: observed, and nothing that the log would have
 * to hold. Of each machine the newest is kept.
 */
export class BootLedger {
  readonly #pool: Pool;
  readonly #maxKept: number;

  constructor(pool: Pool, maxKept = MAX_KEPT) {
    this.#pool = pool;
    this.#maxKept = maxKept;
  }

  async start(): Promise<void> {
    await makeLedger(this.#pool, TABLE);
  }

  /** Keeps requests; those that are kept already are left as they are. */
  async keep(requests: readonly TracedRequest[]): Promise<void> {
    if (requests.length === 0) return;
    const rows = requests.map(({ time, durationMs, ...one }) => ({
      ...one,
      machine: one.mac ?? one.address,
      at: time,
      duration_ms: durationMs,
    }));
    const text = `INSERT INTO ledger.boot_requests (${NAMES})
      SELECT ${NAMES} FROM jsonb_to_recordset($1::jsonb) AS r(${COLUMNS}) ON CONFLICT (id) DO NOTHING`;
    await this.#pool.query({ name: 'boot-requests-keep', text, values: [JSON.stringify(rows)] });
    const leases = rows.filter(({ kind, mac }) => kind === 'lease' && mac !== null);
    if (leases.length > 0) {
      await this.#pool.query({ name: 'boot-requests-learn', text: LEARN, values: [JSON.stringify(leases)] });
    }
    const machines = [...new Set(rows.map(({ machine }) => machine))];
    await this.#pool.query({ name: 'boot-requests-trim', text: TRIM, values: [machines] });
  }

  /** The newest requests, in the order in which they were made. */
  async list({ site, mac, address, foundation, structure, count }: RequestsAsked): Promise<readonly ListedRequest[]> {
    const conditions = Object.entries({ site, mac, address, foundation, structure }).filter(
      ([, value]) => value != null,
    );
    const where = conditions.map(([name], n) => `${name} = $${n + 2}`).join(' AND ');
    const { rows } = await this.#pool.query<Row>(
      `SELECT * FROM ledger.boot_requests ${where && `WHERE ${where}`} ORDER BY at DESC, n DESC LIMIT $1`,
      [Math.min(count, MAX_LISTED), ...conditions.map(([, value]) => value)],
    );
    return rows.toReversed().map((row) => ({
      time: row.at.toISOString(),
      site: row.site,
      mac: row.mac,
      address: row.address,
      foundation: row.foundation,
      structure: row.structure === null ? null : Number(row.structure),
      kind: row.kind,
      what: row.what,
      outcome: row.outcome,
      size: Number(row.size),
      durationMs: Number(row.duration_ms),
      detail: row.detail,
      agent: row.agent,
    }));
  }

  /** Removes requests made before a time, and the oldest where there are too many. @param before ISO 8601 @returns how many */
  async prune(before: string, limit: number): Promise<number> {
    const { rowCount } = await this.#pool.query(
      `DELETE FROM ledger.boot_requests WHERE n IN (
         SELECT n FROM ledger.boot_requests
         WHERE at < $1 OR at < (SELECT at FROM ledger.boot_requests ORDER BY at DESC OFFSET $3 - 1 LIMIT 1)
         ORDER BY at LIMIT $2)`,
      [before, limit, this.#maxKept],
    );
    return rowCount ?? 0;
  }
}

/** A request as it is kept. */
export type ListedRequest = Omit<TracedRequest, 'id'>;
