import type { PoolClient } from 'pg';
import { escapeIdentifier } from 'pg';
import type { Position } from '#event-store';

/** The columns of ledgers that hold positions of the log. */
const COLUMNS = `
SELECT table_name AS table, column_name AS column FROM information_schema.columns
WHERE table_schema = 'ledger' AND column_name = 'position' AND data_type = 'bigint' ORDER BY table_name`;

interface PositionColumn {
  readonly table: string;
  readonly column: string;
}

/** Positions of a log, by those that the same events had in another one. */
export type MovedPositions = ReadonlyMap<Position, Position>;

async function columnsOf(client: PoolClient): Promise<readonly PositionColumn[]> {
  return (await client.query<PositionColumn>(COLUMNS)).rows;
}

/** The positions of the log that ledgers hold, ascending; as many as there are reactions, dead letters and zones. */
export async function positionsIn(client: PoolClient): Promise<readonly Position[]> {
  const columns = await columnsOf(client);
  if (columns.length === 0) return [];
  const each = columns.map(
    ({ table, column }) => `SELECT ${escapeIdentifier(column)} AS position FROM ledger.${escapeIdentifier(table)}`,
  );
  const { rows } = await client.query<{ position: string }>(
    `SELECT DISTINCT position::text, position AS sorted FROM (${each.join(' UNION ALL ')}) p
     WHERE position IS NOT NULL ORDER BY sorted`,
  );
  return rows.map(({ position }) => BigInt(position));
}

/**
 * Fits the positions in ledgers to the log as it was restored: those behind `head`, its last position in the backup, become
 * `head`, dead letters of such events are deleted, and then each position in `moved` becomes the one that event has now.
 */
export async function takeBackLedgers(
  client: PoolClient,
  head: Position,
  moved: MovedPositions | undefined,
): Promise<void> {
  const columns = await columnsOf(client);
  if (columns.some(({ table }) => table === 'dead_letters')) {
    await client.query('DELETE FROM ledger.dead_letters WHERE position > $1', [head.toString()]);
  }
  for (const { table, column } of columns) {
    const name = escapeIdentifier(column);
    await client.query(`UPDATE ledger.${escapeIdentifier(table)} SET ${name} = $1 WHERE ${name} > $1`, [
      head.toString(),
    ]);
    if (!moved || moved.size === 0) continue;
    await client.query(
      `UPDATE ledger.${escapeIdentifier(table)} AS l SET ${name} = m.new
       FROM unnest($1::bigint[], $2::bigint[]) AS m(old, new) WHERE l.${name} = m.old`,
      [[...moved.keys()].map(String), [...moved.values()].map(String)],
    );
  }
}
