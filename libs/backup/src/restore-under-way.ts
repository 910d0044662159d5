import type { Pool, PoolClient } from 'pg';
import type { EventStore } from '#event-store';
import type { Manifest } from './backup-format.ts';
import { RestoreRefused } from './restore-refused.ts';

/** Tells, outside of what a restore takes back, that a log elsewhere is being filled. */
const TABLE = 'restore.under_way';

/** The backup that is being restored into a log elsewhere: when it was made, and of which installation; undefined: none is. */
export async function restoreUnderWay(db: Pool | PoolClient): Promise<string | undefined> {
  const { rows } = await db.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [TABLE]);
  if (rows[0]?.there !== true) return undefined;
  return (await db.query<{ made: string }>(`SELECT made FROM ${TABLE}`)).rows[0]?.made;
}

/** Notes that a log elsewhere is being filled. @throws RestoreRefused where it holds something else */
export async function beginRestoreElsewhere(
  client: PoolClient,
  { made, installation }: Manifest,
  store: EventStore,
): Promise<void> {
  const known = await restoreUnderWay(client);
  const wanted = `${made} ${installation ?? ''}`;
  if (known === undefined) {
    if ((await store.head()) !== 0n) throw new RestoreRefused('the log is not empty: it takes an empty one');
    await client.query(
      `CREATE SCHEMA IF NOT EXISTS restore; CREATE TABLE IF NOT EXISTS ${TABLE} (made text NOT NULL); DELETE FROM ${TABLE}`,
    );
    await client.query(`INSERT INTO ${TABLE} VALUES ($1)`, [wanted]);
  } else if (known !== wanted) {
    throw new RestoreRefused(
      `a restore of another backup (${known.trim()}) was interrupted: take that one, or an empty log`,
    );
  }
}

/** The log elsewhere is filled; takes effect with the transaction. */
export async function endRestoreElsewhere(client: PoolClient): Promise<void> {
  await client.query('DROP SCHEMA restore CASCADE');
}
