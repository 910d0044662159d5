import type { Pool, PoolClient } from 'pg';
import { lockKey } from '#event-store';
import { makeLedger } from '#read-store';
import type { ZoneContent } from '../zone-source.ts';
import { nextSerial } from './serial.ts';

const TABLE = `CREATE TABLE IF NOT EXISTS ledger.published_zones (
  zone text PRIMARY KEY,
  kind text NOT NULL,
  present boolean NOT NULL,
  hash text NOT NULL,
  position bigint NOT NULL,
  serial bigint NOT NULL,
  wanted_since timestamptz NOT NULL,
  served bigint,
  served_since timestamptz,
  error text,
  error_since timestamptz
)`;

/** How the publication of a zone stands. */
export interface Publication {
  readonly zone: string;
  readonly kind: string;
  /** Serial of what the zone says now. */
  readonly wanted: number;
  /** Since when, ISO 8601. */
  readonly wantedSince: string;
  /** The serial BIND serves, as it told when it was last asked; null: none, or it was never asked. */
  readonly served: number | null;
  /** Since when, ISO 8601. */
  readonly servedSince: string | null;
  /** What keeps the wanted serial from being served, in the words of the tool; null: nothing that is known. */
  readonly error: string | null;
  readonly errorSince: string | null;
}

/** What has become of a zone. */
export interface Outcome {
  readonly zone: string;
  readonly served: number | null;
  readonly error: string | null;
}

/** How many zones there are, and how many are not as they should be. */
export interface PublicationCounts {
  readonly zones: number;
  /** Zones whose serial is not served, without an error. */
  readonly waiting: number;
  /** Zones with an error. */
  readonly failed: number;
}

/** Another process has published something newer than what this one knows. */
export class Overtaken extends Error {
  constructor(zone: string) {
    super(`zone ${zone} was published by another server as of a later position of the log`);
    this.name = 'Overtaken';
  }
}

interface Row {
  readonly zone: string;
  readonly hash: string;
  readonly position: string;
  readonly serial: string;
  readonly present: boolean;
}

const PUBLICATION = `zone, kind, serial, wanted_since, served, served_since, error, error_since`;
const CONDITIONS = {
  no: '',
  error: 'AND error IS NOT NULL',
  any: 'AND (error IS NOT NULL OR served IS DISTINCT FROM serial)',
} as const;

/** Some zones: `faulty`: all of them, only those with an error, or those that wait as well. */
export interface PublicationSelection {
  readonly skip: number;
  readonly count: number;
  readonly faulty: keyof typeof CONDITIONS;
}

/** The serials of more zones are in no metric. */
export const MAX_LISTED = 500;

/**
 * The serials of zones, and what became of them: a ledger, because what was given to secondaries cannot be derived from
 * the log. A zone that is gone keeps its serial, for the day it comes back.
 */
export class PublicationLedger {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async start(): Promise<void> {
    await makeLedger(this.#pool, TABLE);
  }

  /** The zones that were published, by the last process that did so. */
  async present(): Promise<readonly string[]> {
    const { rows } = await this.#pool.query<{ zone: string }>('SELECT zone FROM ledger.published_zones WHERE present');
    return rows.map(({ zone }) => zone);
  }

  /** Which of these zones it knows nothing of. */
  async unknown(zones: readonly string[]): Promise<readonly string[]> {
    const { rows } = await this.#pool.query<{ zone: string }>(
      'SELECT zone FROM ledger.published_zones WHERE zone = ANY($1)',
      [zones],
    );
    const known = new Set(rows.map(({ zone }) => zone));
    return zones.filter((zone) => !known.has(zone));
  }

  /**
   * The serials of these zones: the same as before where the content is, a later one where it is another.
   * @param position of the log the contents are as of
   * @param passed serials that are to be passed even where the content is the same, by zone: such as BIND serves
   * @throws Overtaken where another content was published as of a later position
   */
  async serials(
    zones: readonly ZoneContent[],
    position: bigint,
    passed: ReadonlyMap<string, number> = new Map(),
  ): Promise<ReadonlyMap<string, number>> {
    return this.#alone(async (client) => {
      const names = zones.map(({ name }) => name);
      const { rows } = await client.query<Row>(
        'SELECT zone, hash, position, serial, present FROM ledger.published_zones WHERE zone = ANY($1)',
        [names],
      );
      const before = new Map(rows.map((row) => [row.zone, row]));
      const changed: { name: string; kind: string; hash: string; serial: number }[] = [];
      const serials = new Map<string, number>();
      for (const { name, kind, hash } of zones) {
        const row = before.get(name);
        const pass = passed.get(name);
        if (row?.hash === hash && row.present && pass === undefined) {
          serials.set(name, Number(row.serial));
          continue;
        }
        if (row && BigInt(row.position) > position) throw new Overtaken(name);
        const same = row?.hash === hash && pass === undefined;
        const passing = [...(row ? [Number(row.serial)] : []), ...(pass === undefined ? [] : [pass])];
        const serial = same ? Number(row.serial) : nextSerial(passing, Date.now() / 1000);
        changed.push({ name, kind, hash, serial });
        serials.set(name, serial);
      }
      if (changed.length > 0) await write(client, changed, position);
      return serials;
    });
  }

  /** Which of these serials are still those that are wanted: another process may have taken over. */
  async stillWanted(serials: ReadonlyMap<string, number>): Promise<ReadonlySet<string>> {
    const { rows } = await this.#pool.query<{ zone: string }>(
      `SELECT zone FROM ledger.published_zones JOIN unnest($1::text[], $2::bigint[]) AS mine (zone, serial)
       USING (zone, serial) WHERE present`,
      [[...serials.keys()], [...serials.values()]],
    );
    return new Set(rows.map(({ zone }) => zone));
  }

  /** Zones that are no more. */
  async vanished(zones: readonly string[], position: bigint): Promise<void> {
    await this.#pool.query(
      `UPDATE ledger.published_zones SET present = false, position = $2, served = NULL, served_since = NULL,
         error = NULL, error_since = NULL
       WHERE zone = ANY($1) AND position <= $2`,
      [zones, position],
    );
  }

  /** Keeps what has become of zones, with the moment where that is new. */
  async note(outcomes: readonly Outcome[]): Promise<void> {
    if (outcomes.length === 0) return;
    await this.#pool.query(
      `UPDATE ledger.published_zones AS kept SET
         served_since = CASE WHEN kept.served IS DISTINCT FROM new.served THEN now() ELSE served_since END,
         error_since = CASE WHEN new.error IS NULL THEN NULL WHEN kept.error IS NULL THEN now() ELSE error_since END,
         served = new.served, error = new.error
       FROM unnest($1::text[], $2::bigint[], $3::text[]) AS new (zone, served, error)
       WHERE kept.zone = new.zone AND present`,
      [outcomes.map(({ zone }) => zone), outcomes.map(({ served }) => served), outcomes.map(({ error }) => error)],
    );
  }

  /** How the publication of zones stands, by name; those that were never published are not there. */
  async of(zones: readonly string[]): Promise<ReadonlyMap<string, Publication>> {
    const { rows } = await this.#pool.query<Kept>(
      `SELECT ${PUBLICATION} FROM ledger.published_zones WHERE present AND zone = ANY($1)`,
      [zones],
    );
    return new Map(rows.map((row) => [row.zone, shown(row)]));
  }

  /** Some of all zones, or of those that are not as they should be, in the order of their names. */
  async list({ skip, count, faulty }: PublicationSelection): Promise<readonly Publication[]> {
    const { rows } = await this.#pool.query<Kept>(
      `SELECT ${PUBLICATION} FROM ledger.published_zones WHERE present ${CONDITIONS[faulty]}
       ORDER BY zone OFFSET $1 LIMIT $2`,
      [skip, count],
    );
    return rows.map(shown);
  }

  /**
   * @param graceMs how long a serial may be wanted and not served before that counts, in milliseconds
   * @param served whether there is somebody who serves
   */
  async counts(graceMs: number, served = true): Promise<PublicationCounts> {
    const { rows } = await this.#pool.query<{ zones: number; waiting: number; failed: number }>(
      `SELECT count(*)::int AS zones, count(error)::int AS failed,
         count(*) FILTER (WHERE $2 AND error IS NULL AND served IS DISTINCT FROM serial
           AND wanted_since < now() - $1 * interval '1 ms')::int AS waiting
       FROM ledger.published_zones WHERE present`,
      [graceMs, served],
    );
    return rows[0] ?? { zones: 0, waiting: 0, failed: 0 };
  }

  /** A transaction that no other process has at the same time. */
  async #alone<R>(task: (client: PoolClient) => Promise<R>): Promise<R> {
    const client = await this.#pool.connect();
    let broken: Error | undefined;
    try {
      await client.query(`BEGIN; SELECT pg_advisory_xact_lock(${lockKey('published zones')})`);
      const result = await task(client);
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch((cause: Error) => (broken = cause));
      throw error;
    } finally {
      client.release(broken);
    }
  }
}

async function write(
  client: PoolClient,
  zones: readonly { readonly name: string; readonly kind: string; readonly hash: string; readonly serial: number }[],
  position: bigint,
): Promise<void> {
  await client.query(
    `INSERT INTO ledger.published_zones AS kept (zone, kind, hash, serial, position, present, wanted_since)
     SELECT zone, kind, hash, serial, $5, true, now()
     FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) AS new (zone, kind, hash, serial)
     ON CONFLICT (zone) DO UPDATE SET kind = EXCLUDED.kind, hash = EXCLUDED.hash, serial = EXCLUDED.serial,
       position = EXCLUDED.position, present = true, wanted_since = now()`,
    [
      zones.map(({ name }) => name),
      zones.map(({ kind }) => kind),
      zones.map(({ hash }) => hash),
      zones.map(({ serial }) => serial),
      position,
    ],
  );
}

interface Kept {
  readonly zone: string;
  readonly kind: string;
  readonly serial: string;
  readonly wanted_since: Date;
  readonly served: string | null;
  readonly served_since: Date | null;
  readonly error: string | null;
  readonly error_since: Date | null;
}

const numberOrNull = (text: string | null): number | null => (text === null ? null : Number(text));

const shown = (row: Kept): Publication => ({
  zone: row.zone,
  kind: row.kind,
  wanted: Number(row.serial),
  wantedSince: row.wanted_since.toISOString(),
  served: numberOrNull(row.served),
  servedSince: row.served_since?.toISOString() ?? null,
  error: row.error,
  errorSince: row.error_since?.toISOString() ?? null,
});
