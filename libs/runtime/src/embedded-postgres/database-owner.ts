import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

/** Key of the advisory lock the owner of a database holds. */
const LOCK = 7_311_434;
/** How long the lock of a process that was killed may outlive it, in milliseconds. */
const TIMEOUT_MS = 3000;
/** Names the connection of the owner, for others to see who it is. */
const NAME = 'contractor, process ';

/** A database is another process's. */
export class OwnedByAnother extends Error {
  /** Number of that process; undefined where it cannot be told. */
  readonly pid: number | undefined;

  constructor(pid: number | undefined) {
    super(`the database belongs to process ${pid ?? 'unknown'}`);
    this.name = 'OwnedByAnother';
    this.pid = pid;
  }
}

/**
 * Makes a database this process's own, by a lock that ends with the process, however it ends.
 * @param lost called when the connection that holds the lock has ended, unless it was given up
 * @returns gives it up
 * @throws OwnedByAnother
 */
export async function ownDatabase(url: string, lost: () => void): Promise<() => Promise<void>> {
  const client = new Client({ connectionString: url, application_name: `${NAME}${process.pid}` });
  // What is wrong is told by the query under way, or by the end.
  client.on('error', () => undefined);
  await client.connect();
  try {
    const deadline = performance.now() + TIMEOUT_MS;
    while (!(await taken(client))) {
      if (performance.now() > deadline) throw new OwnedByAnother(await ownerOf(client));
      await sleep(50);
    }
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
  client.once('end', lost);
  return async () => {
    client.off('end', lost);
    await client.end().catch(() => undefined);
  };
}

async function taken(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1) AS taken', [LOCK]);
  return rows[0]?.taken === true;
}

async function ownerOf(client: Client): Promise<number | undefined> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT application_name AS name FROM pg_locks JOIN pg_stat_activity USING (pid)
     WHERE locktype = 'advisory' AND classid = 0 AND objid = $1 AND granted`,
    [LOCK],
  );
  const pid = Number(rows[0]?.name.slice(NAME.length));
  return pid > 0 ? pid : undefined;
}
