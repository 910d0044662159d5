import type { Pool } from 'pg';
import type { EventStore, LogReader } from '#event-store';
import { kurrentdbEventStore, postgresLogReader } from '#event-store';
import { silentLogger } from '#kernel';
import { checkDatabase, databasePool, OwnedByAnother, reachEmbeddedPostgres, startEmbeddedPostgres } from '#runtime';
import type { Environment } from '#runtime/settings';
import { BadSetting } from '#runtime/settings';
import type { Settings } from '../settings.ts';
import { serverSettings } from '../settings.ts';

/** How tools are connected to the database: unlike servers, of which a restore wants none. */
const APPLICATION_NAME = 'contractor-tools';

/** What a server stands on, for a tool. */
export interface OpenData {
  readonly settings: Settings;
  readonly pool: Pool;
  /** Set where the log is on KurrentDB. */
  readonly elsewhere: EventStore | undefined;
  readonly log: LogReader;
}

/**
 * Opens what the settings of a server lead to, beside servers that run; nothing in it is made or changed.
 * @param whole where true, no server may run on embedded data, and such data are begun where there are none
 * @throws BadSetting, BadSettings where a setting is to blame
 */
export async function withData<R>(
  env: Environment,
  { whole = false }: { readonly whole?: boolean },
  task: (data: OpenData) => Promise<R>,
): Promise<R> {
  const settings = serverSettings(env);
  const closing: (() => Promise<unknown>)[] = [];
  try {
    const connectionString = await databaseUrl(settings, whole, (close) => void closing.push(close));
    const pool = databasePool({ connectionString, max: 4, application_name: APPLICATION_NAME }, silentLogger);
    closing.push(() => pool.end());
    const { eventStore, kurrentdbUrl } = settings.eventStore;
    const elsewhere =
      eventStore === 'kurrentdb' && kurrentdbUrl !== undefined ? await kurrentdbEventStore(kurrentdbUrl) : undefined;
    if (elsewhere) closing.push(() => elsewhere.close());
    return await task({ settings, pool, elsewhere, log: elsewhere ?? postgresLogReader(pool) });
  } finally {
    for (const close of closing.toReversed()) await close();
  }
}

async function databaseUrl(
  { runtime: { data, databaseUrl } }: Settings,
  whole: boolean,
  whenDone: (close: () => Promise<unknown>) => void,
): Promise<string> {
  if (databaseUrl !== undefined) {
    await checkDatabase(databaseUrl);
    return databaseUrl;
  }
  const reached = await (whole ? startEmbeddedPostgres(data) : reachEmbeddedPostgres(data)).catch((error: unknown) => {
    if (!(error instanceof OwnedByAnother)) throw error;
    throw new BadSetting('CONTRACTOR_DATA', data, `is in use by a server (process ${error.pid ?? '?'}): stop it first`);
  });
  whenDone(() => reached.stop());
  return reached.url;
}

/** @throws Error where no server was ever started on the database */
export async function requireLog({ pool, elsewhere }: OpenData): Promise<void> {
  if (elsewhere) return;
  const { rows } = await pool.query<{ there: boolean }>(`SELECT to_regclass('log.events') IS NOT NULL AS there`);
  if (rows[0]?.there !== true) throw new Error('there is no log in this database: no server was ever started on it');
}
