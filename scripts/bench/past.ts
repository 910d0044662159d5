import { chmod, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Pool } from 'pg';
import { mergedConfiguration } from '#config';
import type { Position } from '#event-store';
import { postgresEventStore } from '#event-store';
import type { ReadStore } from '#read-store';
import { openReadStore } from '#read-store';
import { startEmbeddedPostgres } from '#runtime';
import { siteLayers, sites } from '#site';

const EVENTS = 1_000_000;
/** How many times each site is changed. */
const CHANGES = 20;
/** Sites that have the others in them. */
const CAMPUSES = 100;
const SAMPLES = 100;
const PAGE = 50;
const MAX_MS = 40 * 60_000;

const META = JSON.stringify({
  v: 1,
  at: '2026-01-01T00:00:00.000000+00:00',
  actor: 'bench',
  request: 'r',
  correlation: 'r',
  prev: 'x'.repeat(43),
});

/**
 * The past of a large log: `past [events: 1000000]`. Sites that lie in others, each changed twenty times; then, as of
 * random positions: one site, a page of 50 of all and of those within one, and a configuration document; and the history
 * of one site. Each is told by its median and its 95th percentile.
 */
export async function run([first = String(EVENTS)]: string[]): Promise<void> {
  const events = Number(first);
  const directory = await mkdtemp(path.join(os.tmpdir(), 'contractor-bench-'));
  await chmod(directory, 0o755);
  const postgres = await startEmbeddedPostgres(directory);
  const pool = new Pool({ connectionString: postgres.url, max: 10 });
  try {
    const count = Math.floor(events / CHANGES);
    const store = await postgresEventStore(pool);
    await makeLog(pool, count);
    const onError = (error: unknown): void => {
      throw error;
    };
    const reads = openReadStore({ store, pool, models: [sites], onError });
    const begun = performance.now();
    await reads.projector.start();
    await reads.projector.caughtUp(await store.head(), MAX_MS);
    // As the database does by itself, in time.
    await pool.query('VACUUM ANALYZE');
    const seconds = (performance.now() - begun) / 1000;
    process.stdout.write(`${events} events of ${count} sites, folded in ${seconds.toFixed(0)} s\n`);
    await measure(reads, count, await store.head());
    await reads.projector.stop();
    await store.close();
  } finally {
    await pool.end();
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

/** All sites are made, then all are changed, again and again. */
async function makeLog(pool: Pool, count: number): Promise<void> {
  const data = `json_build_object('description', 'revision ' || r, 'zone', NULL, 'name', 's' || n,
    'parent', CASE WHEN n > ${CAMPUSES} THEN 's' || (n % ${CAMPUSES} + 1) END,
    'configValues', json_build_array(json_build_array('mtu', r), json_build_array('key', repeat('x', 100))))::text`;
  await pool.query(
    `INSERT INTO log.events
       SELECT r * $1::bigint + n, 'site-s' || n, r, gen_random_uuid(),
         CASE WHEN r = 0 THEN 'SiteDefined' ELSE 'SiteConfigured' END, ${data}, $2
       FROM generate_series(0, $3::bigint - 1) AS r, generate_series(1, $1::bigint) AS n`,
    [count, META, CHANGES],
  );
  await pool.query('INSERT INTO log.streams SELECT stream, max(revision) FROM log.events GROUP BY stream');
}

async function measure(reads: ReadStore, count: number, head: Position): Promise<void> {
  const anySite = (): string => `s${1 + Math.floor(Math.random() * count)}`;
  const anyTime = () => reads.at(BigInt(Math.floor(count + Math.random() * (Number(head) - count))));
  const page = async (where: Readonly<Record<string, string>>): Promise<void> => {
    const view = anyTime();
    const { keys } = await view.keys(sites, { where, skip: 0, count: PAGE });
    await view.many(sites, keys);
  };
  const asked: Readonly<Record<string, () => Promise<unknown>>> = {
    'one object': () => anyTime().get(sites, anySite()),
    [`a list of ${PAGE} of all`]: () => page({}),
    [`a list of ${PAGE} by a filter`]: () => page({ parent: `s${1 + Math.floor(Math.random() * CAMPUSES)}` }),
    'a configuration document': async () => {
      const { layers } = await siteLayers(anyTime(), anySite());
      return mergedConfiguration(layers, []);
    },
    'the history of one object': () =>
      reads.changes(sites, anySite(), { after: 0n, upTo: head, newestFirst: true, count: CHANGES }),
  };
  for (const [what, ask] of Object.entries(asked)) {
    const times: number[] = [];
    for (let n = 0; n < SAMPLES; n += 1) {
      const begun = performance.now();
      await ask();
      times.push(performance.now() - begun);
    }
    times.sort((one, other) => one - other);
    const at = (part: number): string => (times[Math.floor(part * SAMPLES)] ?? 0).toFixed(1);
    process.stdout.write(`${what}: ${at(0.5)} ms, p95 ${at(0.95)} ms\n`);
  }
}
