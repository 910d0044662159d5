import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, rmdir, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { reasonOf } from './reason-of.ts';
import { BadSetting } from './settings/bad-setting.ts';

/** How long a database may take to answer, in milliseconds. */
const CONNECT_MS = 10_000;
/** How long one that is starting is waited for, and how often it is tried, in milliseconds. */
const STARTING_MS = 30_000;
const TRY_MS = 250;
/** The oldest PostgreSQL that will do, and its number as the server tells it. */
const OLDEST = { name: '15', number: 150_000 };
/** A server that starts or stops says so by this code. */
const CANNOT_CONNECT_NOW = '57P03';

/**
 * Checks that a directory is there and can be written to, or can be made. Nothing of it is left behind.
 * @throws BadSetting
 */
export async function checkDataDirectory(directory: string): Promise<void> {
  const bad = (rule: string): BadSetting => new BadSetting('CONTRACTOR_DATA', directory, rule);
  const nearest = await nearestThere(directory, bad);
  if (!nearest.isDirectory) {
    throw bad(nearest.path === directory ? 'must be a directory' : `cannot be made: ${nearest.path} is no directory`);
  }
  const probe = path.join(nearest.path, `.contractor-${randomUUID()}`);
  try {
    await mkdir(probe);
    await rmdir(probe);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const what = nearest.path === directory ? 'cannot be written to' : `cannot be made in ${nearest.path}`;
    throw bad(`${what}: ${code === 'EACCES' || code === 'EPERM' ? 'this user may not' : ruleOf(code, message)}`);
  }
}

/** What there is of a path: it, or the nearest directory above it. */
async function nearestThere(
  wanted: string,
  bad: (rule: string) => BadSetting,
): Promise<{ readonly path: string; readonly isDirectory: boolean }> {
  for (let at = wanted; ; at = path.dirname(at)) {
    try {
      return { path: at, isDirectory: (await stat(at)).isDirectory() };
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'ENOTDIR') continue;
      if (code !== 'ENOENT' || at === path.dirname(at)) throw bad(`cannot be looked at: ${ruleOf(code, message)}`);
    }
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'this user may not enter a directory above it',
  ELOOP: 'its links lead round in a circle',
  ENAMETOOLONG: 'its name is too long',
  ENOENT: 'no directory can be made there',
  ENOSPC: 'the disk is full',
  EROFS: 'the file system is read-only',
};

const ruleOf = (code: string | undefined, message: string): string => REASONS[code ?? ''] ?? message;

/** Checks that the server can listen where it is to listen. @param setting that names the port @throws BadSetting */
export async function checkAddress(
  { host, port }: { readonly host: string; readonly port: number },
  setting?: string,
): Promise<void> {
  const server = createServer();
  try {
    server.listen({ host, port, exclusive: true });
    await once(server, 'listening');
  } catch (error) {
    throw addressFault(error as NodeJS.ErrnoException, { host, port }, setting) ?? error;
  }
  server.close();
  await once(server, 'close');
}

/** Which setting is to blame where the server cannot listen; undefined where none is. */
export function addressFault(
  { code }: NodeJS.ErrnoException,
  { host, port }: { readonly host: string; readonly port: number },
  setting = 'CONTRACTOR_PORT',
): BadSetting | undefined {
  if (code === 'EADDRINUSE') return new BadSetting(setting, String(port), `is in use on ${host}`);
  if (code === 'EACCES') return new BadSetting(setting, String(port), 'may not be listened on by this user');
  if (code === 'ENOTFOUND' || code === 'EADDRNOTAVAIL' || code === 'EAI_AGAIN')
    return new BadSetting('CONTRACTOR_HOST', host, 'must be an address or a name of this machine');
  return undefined;
}

/**
 * Checks that a database can be used: it answers, is new enough, takes writes, and lets its user make schemas. One that
 * is starting is waited for.
 * @throws BadSetting
 */
export async function checkDatabase(url: string): Promise<void> {
  const bad = (rule: string): BadSetting => new BadSetting('DATABASE_URL', '…', rule);
  const deadline = performance.now() + STARTING_MS;
  for (;;) {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS });
    // What is wrong is told by what is under way.
    client.on('error', () => undefined);
    try {
      await client.connect();
      const { rows } = await client.query<{ version: number; name: string; standby: boolean; creates: boolean }>(
        `SELECT current_setting('server_version_num')::int AS version, current_setting('server_version') AS name,
          pg_is_in_recovery() AS standby, has_database_privilege(current_database(), 'CREATE') AS creates`,
      );
      const [{ version, name, standby, creates } = { version: 0, name: '', standby: false, creates: false }] = rows;
      if (version < OLDEST.number) throw bad(`must be PostgreSQL ${OLDEST.name} or newer, and is ${name}`);
      if (standby) throw bad('must take writes, and is a standby server');
      if (!creates) throw bad('must let its user make schemas: GRANT CREATE ON DATABASE');
      return;
    } catch (error) {
      if (error instanceof BadSetting) throw error;
      const starting = (error as { code?: string }).code === CANNOT_CONNECT_NOW;
      if (!starting || performance.now() > deadline) throw bad(`cannot be connected to: ${reasonOf(error)}`);
      await sleep(TRY_MS);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}
