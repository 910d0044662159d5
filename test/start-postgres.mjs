import { mkdtemp, chmod } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { startEmbeddedPostgres } from '../dist/libs/runtime/src/index.js';

/** One PostgreSQL server for the whole run; every spec makes its own database in it (`testDatabase`). */
export default async function start() {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'contractor-test-'));
  await chmod(directory, 0o755);
  const postgres = await startEmbeddedPostgres(directory);
  process.env['TEST_POSTGRES_URL'] = postgres.url;
  globalThis.testPostgres = { postgres, directory };
}
