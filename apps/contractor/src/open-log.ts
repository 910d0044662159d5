import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { restoreUnderWay } from '#backup';
import type { EventStore } from '#event-store';
import { kurrentdbEventStore, postgresEventStore } from '#event-store';
import type { Logger } from '#kernel';
import { databasePool, OwnedByAnother, startEmbeddedPostgres } from '#runtime';
import { BadSetting } from '#runtime/settings';
import type { Settings } from './settings.ts';

/** Called with what has to be closed when the server stops, in the order of opening. */
export type WhenStopped = (close: () => Promise<unknown>) => void;

/** The database, and the log in it or beside it. Opened before anything else, closed last. */
export interface OpenedLog {
  readonly pool: Pool;
  readonly store: EventStore;
  /** What it stands on, in words. */
  readonly adapters: Readonly<Record<string, string>>;
}

/** Opens the database (the embedded one where no other is given) and the log. */
export async function openLog(settings: Settings, log: Logger, whenStopped: WhenStopped): Promise<OpenedLog> {
  const { data, databaseUrl, databaseConnections: max } = settings.runtime;
  let connectionString = databaseUrl;
  if (connectionString === undefined) {
    const postgres = await startEmbeddedPostgres(data, log).catch((error: unknown) => {
      if (!(error instanceof OwnedByAnother)) throw error;
      throw new BadSetting('CONTRACTOR_DATA', data, `is in use by another server (process ${error.pid ?? '?'})`);
    });
    whenStopped(() => postgres.stop());
    if (postgres.takenOver) log.warn('took over the PostgreSQL of a server that was killed');
    connectionString = postgres.url;
  }
  // Servers on one database are told apart by this name.
  const pool = databasePool({ connectionString, max, application_name: `contractor ${randomUUID()}` }, log);
  whenStopped(() => pool.end());
  const unfinished = await restoreUnderWay(pool);
  if (unfinished !== undefined) {
    throw new Error(
      `the restore of a backup (made ${unfinished}) was interrupted: restore it again before a server starts`,
    );
  }
  const { kurrentdbUrl, eventStore } = settings.eventStore;
  const store =
    eventStore === 'kurrentdb' && kurrentdbUrl !== undefined
      ? await kurrentdbEventStore(kurrentdbUrl)
      : await postgresEventStore(pool);
  whenStopped(() => store.close());
  const database = databaseUrl === undefined ? 'embedded PostgreSQL' : 'PostgreSQL';
  return { pool, store, adapters: { database, log: eventStore } };
}
