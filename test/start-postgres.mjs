import { existsSync } from 'node:fs';
import { mkdtemp, chmod } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Client } from 'pg';

/** It need not survive a power cut: nothing waits for the disk. */
async function forgetful(url) {
  const client = new Client({ connectionString: url });
  await client.connect();
  for (const name of ['fsync', 'synchronous_commit', 'full_page_writes']) {
    await client.query(`ALTER SYSTEM SET ${name} = off`);
  }
  await client.query('SELECT pg_reload_conf()');
  await client.end();
}

const RUNTIME = new URL('../dist/libs/runtime/src/index.js', import.meta.url);

/**
 * One PostgreSQL server for the whole run; every spec makes its own database in it (`testDatabase`). Before the first
 * build there is none, and specs that need one say so.
 */
export default async function start() {
  if (!existsSync(RUNTIME)) return;
  const { startEmbeddedPostgres } = await import(RUNTIME.href);
  const directory = await mkdtemp(path.join(os.tmpdir(), 'contractor-test-'));
  await chmod(directory, 0o755);
  const postgres = await startEmbeddedPostgres(directory);
  await forgetful(postgres.url);
  process.env['TEST_POSTGRES_URL'] = postgres.url;
  globalThis.testPostgres = { postgres, directory };
}
