import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Pool } from 'pg';
import type { EventStore, NewEvent } from '#event-store';
import { NO_STREAM, postgresEventStore } from '#event-store';
import { openReadStore } from '#read-store';
import { startEmbeddedPostgres } from '#runtime';
import { sites } from '#site';
import type { Limit } from './limit.ts';
import { BARE_TABLE, bareInsert, pgbench, SECONDS } from './postgres-load.ts';

/** Events in the log when reading and rebuilding are measured. */
const EVENTS = 200_000;

const payload = JSON.stringify({
  description: 'x'.repeat(120),
  zone: null,
  parent: null,
  configValues: [['key', 'value']],
});
const metaText = JSON.stringify({
  v: 1,
  at: '2026-01-01T00:00:00.000000+00:00',
  actor: 'bench',
  request: randomUUID(),
  correlation: randomUUID(),
  prev: 'x'.repeat(43),
});

/** Measures the ground: appends against bare inserts, reading the log, rebuilding the read models. */
export async function run(_: string[], limit: Limit): Promise<void> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'contractor-bench-'));
  await chmod(directory, 0o755);
  const postgres = await startEmbeddedPostgres(directory);
  const pool = new Pool({ connectionString: postgres.url, max: 10 });
  let store = await postgresEventStore(pool);
  try {
    await pool.query(BARE_TABLE);
    for (const clients of [8, 32]) {
      const { rate: bare } = await limit.step('measuring bare inserts', () =>
        pgbench(postgres.url, directory, bareInsert(payload, metaText), clients),
      );
      const ours = await limit.step(`measuring appends of ${clients} writers`, () => appends(store, clients));
      report(`appends, ${clients} writers`, ours, 'appends/s', bare);
    }
    await store.close();
    await limit.step(`making ${EVENTS} events`, () => fill(pool));
    store = await postgresEventStore(pool);
    report('reading the log', await limit.step('reading the log', () => reading(store)), 'events/s');
    report('rebuilding', await limit.step('rebuilding', () => rebuilding(store, pool)), 'events/s');
  } finally {
    await store.close();
    await pool.end();
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

function report(what: string, rate: number, unit: string, bare?: number): void {
  const ratio =
    bare === undefined ? '' : `, ${((100 * rate) / bare).toFixed(0)} % of ${bare.toFixed(0)} bare inserts/s`;
  process.stdout.write(`${what}: ${rate.toFixed(0)} ${unit}${ratio}\n`);
}

const event = (): NewEvent => ({ id: randomUUID(), type: 'SiteDefined', data: payload, meta: metaText });

async function appends(store: EventStore, writers: number): Promise<number> {
  let done = 0;
  const begun = performance.now();
  const until = begun + SECONDS * 1000;
  const writer = async (): Promise<void> => {
    while (performance.now() < until) {
      await store.append([{ stream: `site-${randomUUID()}`, expected: NO_STREAM, events: [event()] }]);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: writers }, writer));
  return done / ((performance.now() - begun) / 1000);
}

/** A log of sites of five events each. */
async function fill(pool: Pool): Promise<void> {
  await pool.query('TRUNCATE log.events, log.streams');
  await pool.query(
    `INSERT INTO log.events SELECT n, 'site-s' || ((n - 1) / 5), (n - 1) % 5, gen_random_uuid(),
       CASE (n - 1) % 5 WHEN 0 THEN 'SiteDefined' ELSE 'SiteDescribed' END, $1, $2
     FROM generate_series(1, ${EVENTS}) AS n`,
    [payload, metaText],
  );
  await pool.query(`INSERT INTO log.streams SELECT stream, max(revision) FROM log.events GROUP BY stream`);
  await pool.query('VACUUM ANALYZE log.events');
}

async function reading(store: EventStore): Promise<number> {
  const begun = performance.now();
  let position = 0n;
  let count = 0;
  for (;;) {
    const { events, end } = await store.readAll(position, { limit: 1000 });
    count += events.length;
    if (end === position) return count / ((performance.now() - begun) / 1000);
    position = end;
  }
}

async function rebuilding(store: EventStore, pool: Pool): Promise<number> {
  const onError = (error: unknown): void => {
    throw error;
  };
  const reads = openReadStore({ store, pool, models: [sites], onError });
  await reads.projector.start();
  await reads.projector.caughtUp(await store.head(), 600_000);
  const begun = performance.now();
  await reads.projector.rebuild();
  const seconds = (performance.now() - begun) / 1000;
  await reads.projector.stop();
  return EVENTS / seconds;
}
