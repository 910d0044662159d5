import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { startEmbeddedPostgres } from '#runtime';

/** A database that is there for a while. */
export interface ScratchDatabase {
  readonly url: string;
  /** Removes it with everything in it. */
  remove(): Promise<void>;
}

/**
 * Makes one: on a server of PostgreSQL, or an embedded PostgreSQL of its own.
 * @param server address of a database there, whose user may make databases
 * @param folder where the embedded one is kept; where temporary files are, unless said
 */
export async function scratchDatabase(server: string | undefined, folder = os.tmpdir()): Promise<ScratchDatabase> {
  if (server === undefined) return embedded(folder);
  const name = `contractor_drill_${randomBytes(6).toString('hex')}`;
  const ask = async (sql: string): Promise<void> => {
    const client = new Client({ connectionString: server });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  };
  await ask(`CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, remove: () => ask(`DROP DATABASE ${name} WITH (FORCE)`) };
}

async function embedded(folder: string): Promise<ScratchDatabase> {
  const directory = await mkdtemp(path.join(folder, 'contractor-drill-'));
  // The account of PostgreSQL has to pass through where root starts it.
  await chmod(directory, 0o711);
  const postgres = await startEmbeddedPostgres(directory).catch(async (error: unknown) => {
    await rm(directory, { recursive: true, force: true });
    throw error;
  });
  return {
    url: postgres.url,
    remove: async () => {
      await postgres.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
