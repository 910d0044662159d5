import type { Pool, PoolClient } from 'pg';
import type { LogReader, Position } from '#event-store';
import { postgresLogReader } from '#event-store';
import type { EndRecord, Manifest } from './backup-format.ts';
import { FORMAT, FORMAT_VERSION, TEXT_FORMS } from './backup-format.ts';
import { eventLine } from './backup-reader.ts';
import { BackupWriter } from './backup-writer.ts';
import { ledgerRows, ledgerSequences, ledgerTables } from './ledger-tables.ts';
import { readModelDigests } from './read-model-digest.ts';

/** Events that are read at once, at most. */
const PAGE = 500;

/** How far a backup or a restore has come. */
export interface BackupProgress {
  readonly events: number;
  /** Share of the log, from 0 to 1, by its positions. */
  readonly share: number;
}

export interface TakeBackupOptions {
  readonly file: string;
  /** The database with the ledgers, and with the log unless that is elsewhere. */
  readonly pool: Pool;
  /** The log, where it is not in the database. */
  readonly log?: Pick<LogReader, 'head' | 'readAll'> | undefined;
  /** Version of the product. */
  readonly product: string;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: BackupProgress) => void;
}

/** A backup that was made. */
export interface TakenBackup {
  readonly manifest: Manifest;
  readonly end: EndRecord;
  /** Size of the file in bytes. */
  readonly bytes: number;
}

/**
 * Writes log and ledgers into one file, as of one moment, while servers go on. Where the log is in the database, both are
 * read in one transaction. A log elsewhere is read up to an end that was looked up before the ledgers: a secret is kept
 * before the event that refers to it, so none is missing; what ledgers know of later events, `restoreBackup` takes back.
 * @throws Error where the file is there already, or cannot be written; nothing of it is left then
 */
export async function takeBackup(options: TakeBackupOptions): Promise<TakenBackup> {
  const { file, pool, signal } = options;
  const writer = await BackupWriter.create(file);
  try {
    const client = await pool.connect();
    const broken = (): void => undefined;
    client.on('error', broken);
    try {
      signal?.throwIfAborted();
      const before = await options.log?.head();
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      await client.query(TEXT_FORMS);
      return await write(writer, client, before, options);
    } finally {
      client.off('error', broken);
      // Nothing was changed: the transaction ends with the connection.
      client.release(true);
    }
  } catch (error) {
    await writer.giveUp();
    throw error;
  }
}

async function write(
  writer: BackupWriter,
  client: PoolClient,
  before: Position | undefined,
  { log, product, signal, onProgress }: TakeBackupOptions,
): Promise<TakenBackup> {
  const reader = log ?? postgresLogReader(client);
  const tables = await ledgerTables(client);
  const readModels = (await readModelDigests(client)) ?? null;
  const shown = BigInt(readModels?.position ?? 0);
  // What the read models show was in the log before the transaction began.
  const head = before === undefined ? await reader.head() : before > shown ? before : shown;
  const manifest: Manifest = {
    format: FORMAT,
    formatVersion: FORMAT_VERSION,
    product,
    made: new Date().toISOString(),
    eventStore: log ? 'kurrentdb' : 'postgres',
    postgres: await settingOf(client, 'server_version'),
    installation: await installationOf(client, tables),
    head: head.toString(),
    tables,
    sequences: await ledgerSequences(client),
    readModels,
  };
  await writer.line(manifest);

  const rows: Record<string, number> = {};
  for (const table of tables) {
    await writer.line({ table: table.name });
    rows[table.name] = 0;
    for await (const page of ledgerRows(client, table)) {
      signal?.throwIfAborted();
      rows[table.name] = (rows[table.name] ?? 0) + page.length;
      for (const row of page) await writer.line(row);
    }
  }

  await writer.line({ log: true });
  let events = 0;
  let streams = 0;
  for (let after: Position = 0n; after < head;) {
    signal?.throwIfAborted();
    const page = await reader.readAll(after, { limit: PAGE });
    if (page.end === after) break;
    for (const event of page.events) {
      if (event.position > head) break;
      events += 1;
      if (event.revision === 0) streams += 1;
      await writer.line(eventLine(event));
    }
    after = page.end;
    onProgress?.({ events, share: Math.min(1, Number(after) / Number(head)) });
  }
  const finished = await writer.finish((sha256): EndRecord => ({ end: true, events, streams, rows, sha256 }));
  return { manifest, ...finished };
}

async function settingOf(client: PoolClient, name: string): Promise<string> {
  const { rows } = await client.query<{ value: string }>('SELECT current_setting($1) AS value', [name]);
  return rows[0]?.value ?? '';
}

async function installationOf(client: PoolClient, tables: Manifest['tables']): Promise<string | null> {
  if (!tables.some(({ name }) => name === 'installation')) return null;
  const { rows } = await client.query<{ id: string }>('SELECT id FROM ledger.installation');
  return rows[0]?.id ?? null;
}
