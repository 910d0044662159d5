import type { PoolClient } from 'pg';
import { escapeIdentifier } from 'pg';
import type { ModelDigest, ReadModelsNoted } from './backup-format.ts';

/** A number of each row, added up: the order of the rows does not count, and PostgreSQL holds none of them. */
const digest = (name: string): string => `
SELECT count(*)::text AS rows,
  coalesce(sum(('x' || substr(md5(key::text || E'\\x1f' || row), 1, 15))::bit(60)::bigint::numeric), 0)::text AS hash
FROM read.${escapeIdentifier(name)} WHERE to_pos IS NULL`;

/**
 * How many live rows the read models of a database have, and what they come to, as of the position the tables show.
 * @param client in a transaction that sees one moment
 * @returns undefined where there are no read models
 */
export async function readModelDigests(client: PoolClient): Promise<ReadModelsNoted | undefined> {
  const there = await client.query<{ there: boolean }>(
    `SELECT to_regclass('read.models') IS NOT NULL AND to_regclass('read.checkpoint') IS NOT NULL AS there`,
  );
  if (there.rows[0]?.there !== true) return undefined;
  const checkpoint = await client.query<{ position: string }>(
    'SELECT max(position)::text AS position FROM read.checkpoint',
  );
  const known = await client.query<{ name: string; version: number }>(
    `SELECT name, version FROM read.models WHERE to_regclass('read.' || quote_ident(name)) IS NOT NULL ORDER BY name`,
  );
  const position = checkpoint.rows[0]?.position;
  if (position === undefined || position === null || known.rows.length === 0) return undefined;
  const models: ModelDigest[] = [];
  for (const { name, version } of known.rows) {
    const { rows } = await client.query<{ rows: string; hash: string }>(digest(name));
    models.push({ name, version, rows: Number(rows[0]?.rows ?? 0), hash: rows[0]?.hash ?? '0' });
  }
  return { position, models };
}
