import type { Pool, PoolClient } from 'pg';
import type { EventStore, LogFault, Position } from '#event-store';
import { lockKey, postgresLogImport, postgresLogReader } from '#event-store';
import type { Signed } from '#integrity';
import { LogCheck } from '#integrity';
import { BackupCheckpoints } from './backup-checkpoints.ts';
import type { EndRecord, Manifest } from './backup-format.ts';
import { TEXT_FORMS, UnusableBackup } from './backup-format.ts';
import type { BackupPart } from './backup-reader.ts';
import { readBackup } from './backup-reader.ts';
import { connectedServers } from './connected-servers.ts';
import { positionsIn, takeBackLedgers } from './ledger-positions.ts';
import { addLedgerRows, finishLedgers, makeLedgers } from './ledger-tables.ts';
import { logElsewhere } from './log-elsewhere.ts';
import { RestoreRefused } from './restore-refused.ts';
import { beginRestoreElsewhere, endRestoreElsewhere } from './restore-under-way.ts';
import type { BackupProgress } from './take-backup.ts';

/** Everything a server keeps in its database. */
const SCHEMAS = ['log', 'ledger', 'read', 'read_next', 'records', 'runtime'];

export interface RestoreBackupOptions {
  readonly file: string;
  readonly pool: Pool;
  /** Where the log goes, if not into the database: an empty one, or one that a restore of this backup has begun to fill. */
  readonly store?: EventStore | undefined;
  /** Deletes first what the database holds; without it, a database that holds something is refused. */
  readonly replace?: boolean;
  /** Restores a log with a fault in it too; without it, such a backup is refused. */
  readonly damaged?: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: BackupProgress) => void;
}

/** What was restored. */
export interface RestoredBackup {
  readonly manifest: Manifest;
  readonly end: EndRecord;
  /** The first fault of its log; undefined: it is whole. */
  readonly fault: LogFault | undefined;
  /** What its signed checkpoints say. */
  readonly signed: Signed;
}

/**
 * Puts log and ledgers of a backup into a database: all of it in one transaction, and only once everything was read and
 * found to be as it was written. A log elsewhere is filled before that; where that is interrupted, no server starts on the
 * database until a restore of the same backup has gone through. Read models are made by the server when it starts.
 * @throws RestoreRefused, UnusableBackup
 */
export async function restoreBackup(options: RestoreBackupOptions): Promise<RestoredBackup> {
  const client = await options.pool.connect();
  const parts = readBackup(options.file);
  const broken = (): void => undefined;
  client.on('error', broken);
  let failed = true;
  try {
    await refuseWhereServersRun(client);
    const restored = await restore(client, parts, options);
    failed = false;
    return restored;
  } finally {
    await parts.return(undefined);
    client.off('error', broken);
    // What was begun goes back with the connection.
    client.release(failed);
  }
}

async function restore(
  client: PoolClient,
  parts: AsyncGenerator<BackupPart>,
  { file, store, replace, damaged, signal, onProgress }: RestoreBackupOptions,
): Promise<RestoredBackup> {
  const first = await parts.next();
  if (first.done || first.value.kind !== 'manifest') throw new UnusableBackup(`${file} is no backup`);
  const { manifest } = first.value;
  if (store) await beginRestoreElsewhere(client, manifest, store);

  await client.query('BEGIN');
  await client.query(TEXT_FORMS);
  await client.query(`SELECT pg_advisory_xact_lock(${lockKey('ledger')})`);
  if (replace) await client.query(`DROP SCHEMA IF EXISTS ${SCHEMAS.join(', ')} CASCADE`);
  else await refuseWhereNotEmpty(client);
  await client.query('DROP SCHEMA IF EXISTS ledger CASCADE');
  await makeLedgers(client, manifest.tables);

  const log = await postgresLogImport(client);
  const found = postgresLogReader(client);
  const checkpoints = new BackupCheckpoints();
  const check = new LogCheck({
    checkpoints,
    positions: manifest.eventStore === 'postgres',
    ...(store ? {} : { find: async (stream, from) => (await found.readStream(stream, { from, limit: 1 }))[0] }),
  });
  const refuse = (fault: LogFault | undefined): void => {
    if (fault && !damaged) throw new UnusableBackup(`the log in ${file} is damaged: ${faultText(fault)}`);
  };
  const elsewhere = store && logElsewhere(store);
  const head = BigInt(manifest.head);
  let end: EndRecord | undefined;
  let asked: readonly Position[] | undefined;
  for await (const part of parts) {
    signal?.throwIfAborted();
    if (part.kind === 'rows') {
      const table = manifest.tables.find(({ name }) => name === part.table);
      if (!table) throw new UnusableBackup(`${file} has rows of a ledger that its manifest does not name`);
      checkpoints.add(table, part.rows);
      await addLedgerRows(client, table, part.rows);
    } else if (part.kind === 'events') {
      refuse(await check.check(part.events));
      if (elsewhere) await elsewhere.add(part.events, (asked ??= await askedOf(client, head)));
      else await log.add(part.events);
      const last = part.events.at(-1)?.position ?? 0n;
      onProgress?.({ events: check.events, share: head === 0n ? 1 : Number(last) / Number(head) });
    } else if (part.kind === 'end') end = part.end;
  }
  if (!end) throw new UnusableBackup(`${file} is not whole`);
  const { fault, signed } = await check.finish();
  refuse(fault);
  const moved = await elsewhere?.finish();
  await log.finish();
  await finishLedgers(client, manifest.tables, manifest.sequences);
  await takeBackLedgers(client, head, moved);
  if (store) await endRestoreElsewhere(client);
  await client.query('COMMIT');
  await client.query('ANALYZE');
  return { manifest, end, fault, signed };
}

/** A fault of the log in a line. */
export const faultText = ({ rule, position, stream, revision, text }: LogFault): string =>
  `${rule} at position ${position}${stream === '' ? '' : `, ${stream} revision ${revision}`}: ${text}`;

/** The positions whose new ones are needed: those that ledgers speak of, and the last one. */
async function askedOf(client: PoolClient, head: Position): Promise<readonly Position[]> {
  const known = new Set([...(await positionsIn(client)), head]);
  return [...known].sort((one, other) => (one < other ? -1 : one > other ? 1 : 0));
}

async function refuseWhereServersRun(client: PoolClient): Promise<void> {
  const n = await connectedServers(client);
  if (n > 0)
    throw new RestoreRefused(`${n} server${n === 1 ? '' : 's'} of contractor run on this database: stop them first`);
}

async function refuseWhereNotEmpty(client: PoolClient): Promise<void> {
  const holds = async (name: string): Promise<boolean> => {
    const { rows } = await client.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [name]);
    return rows[0]?.there === true && (await client.query(`SELECT 1 FROM ${name} LIMIT 1`)).rowCount !== 0;
  };
  for (const name of ['log.events', 'ledger.secrets', 'ledger.passwords', 'ledger.checkpoints']) {
    if (!(await holds(name))) continue;
    throw new RestoreRefused('the database is not empty; --replace deletes all it holds, for good');
  }
}
