import { randomUUID } from 'node:crypto';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Pool } from 'pg';
import { postgresEventStore } from '#event-store';
import { openReadStore } from '#read-store';
import { startEmbeddedPostgres } from '#runtime';
import { sites } from '#site';

/** How long it may take, in milliseconds. */
const MAX_MS = 40 * 60_000;

const DATA = JSON.stringify({
  description: 'x'.repeat(120),
  zone: null,
  parent: null,
  configValues: [['key', 'value']],
});
const META = JSON.stringify({
  v: 1,
  at: '2026-01-01T00:00:00.000000+00:00',
  actor: 'bench',
  request: randomUUID(),
  correlation: randomUUID(),
  prev: 'x'.repeat(43),
});

/**
 * Makes the rows of sites from the log in a process with a small heap: `rebuild [rows: 2000000] [heap in MB: 1024]`.
 * Every tenth site is changed once after all were made, so rows that have left the memory are wanted again.
 */
export async function run([first = '2000000', heap = '1024', ...rest]: string[]): Promise<void> {
  if (first === 'here') return rebuildHere(heap, Number(rest[0]));
  const rows = Number(first);
  const directory = await mkdtemp(path.join(os.tmpdir(), 'contractor-bench-'));
  await chmod(directory, 0o755);
  const postgres = await startEmbeddedPostgres(directory);
  try {
    const pool = new Pool({ connectionString: postgres.url, max: 2 });
    const store = await postgresEventStore(pool);
    await store.close();
    await pool.query(
      `INSERT INTO log.events
         SELECT n, 'site-s' || n, 0, gen_random_uuid(), 'SiteDefined', $1, $2 FROM generate_series(1, $3::bigint) AS n
         UNION ALL
         SELECT $3::bigint + n, 'site-s' || n * 10, 1, gen_random_uuid(), 'SiteDescribed', $1, $2
         FROM generate_series(1, $3::bigint / 10) AS n`,
      [DATA, META, rows],
    );
    await pool.query('INSERT INTO log.streams SELECT stream, max(revision) FROM log.events GROUP BY stream');
    await pool.end();
    const { 1: script = '' } = process.argv;
    const options = [
      ...process.execArgv,
      `--max-old-space-size=${heap}`,
      script,
      'rebuild',
      'here',
      postgres.url,
      String(rows),
    ];
    const child = spawn(process.execPath, options, { stdio: 'inherit', timeout: MAX_MS });
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
    if (code !== 0)
      throw new Error(`the rebuild ended with ${code ?? signal} (it may take ${MAX_MS / 60_000} minutes)`);
  } finally {
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function rebuildHere(url: string, rows: number): Promise<void> {
  const pool = new Pool({ connectionString: url, max: 10 });
  const store = await postgresEventStore(pool);
  const onError = (error: unknown): void => {
    throw error;
  };
  // Rows of an older shape are there: they are made anew at the start.
  const old = openReadStore({ store: { ...store, subscribe: idle }, pool, models: [sites], onError });
  await old.projector.start();
  await old.projector.stop();
  await pool.query(`UPDATE read.checkpoint SET position = (SELECT max(position) FROM log.events)`);
  const reads = openReadStore({ store, pool, models: [{ ...sites, version: sites.version + 1 }], onError });
  const begun = performance.now();
  await reads.projector.start();
  const started = performance.now() - begun;
  await reads.projector.caughtUp(await store.head(), MAX_MS);
  const seconds = (performance.now() - begun) / 1000;
  const { total } = await reads.now.keys(sites, { count: 1 });
  if (total !== rows) throw new Error(`${total} rows of ${rows}`);
  await reads.projector.stop();
  await store.close();
  await pool.end();
  process.stdout.write(
    `${rows} rows in ${seconds.toFixed(0)} s (${((rows * 1.1) / seconds).toFixed(0)} events/s), ` +
      `started after ${started.toFixed(0)} ms, ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB resident at most\n`,
  );
}

const idle = (): { stop: () => Promise<void> } => ({ stop: async () => undefined });
