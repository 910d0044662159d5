import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Pool } from 'pg';
import type { EventStore } from '#event-store';
import { postgresEventStore } from '#event-store';
import type { ReadModel } from '#read-store';
import { openReadStore } from '#read-store';
import { startEmbeddedPostgres } from '#runtime';
import { factSources } from '../../libs/dns/src/fact-sources.ts';
import { LiveZones } from '../../libs/dns/src/live-zones.ts';
import type { Limit } from './limit.ts';
import { median } from './median.ts';

const HOSTS = 10_000;
const ROUNDS = 5;
/** Hosts that are renamed, one after the other. */
const CHANGES = 20;

const META = JSON.stringify({
  v: 1,
  at: '2026-01-01T00:00:00.000000+00:00',
  actor: 'bench',
  request: randomUUID(),
  correlation: randomUUID(),
  prev: 'x'.repeat(43),
});

const TIMERS = { ttl: 3600, refresh: 86_400, retry: 7200, expire: 36_000, minimum: 172_800 };
const ONCE: readonly (readonly [stream: string, type: string, data: object])[] = [
  ['zone-1', 'ZoneDefined', { name: 'test', parent: null, timers: TIMERS }],
  ['site-main', 'SiteDefined', { description: 'a site', zone: 1, parent: null, configValues: [] }],
  [
    'addressBlock-1',
    'AddressBlockDefined',
    { name: 'main', site: 'main', subnet: '10.0.0.0', prefix: 8, gatewayOffset: null },
  ],
  ['networkAddressBlock-1', 'NetworkAddressBlockDefined', { network: 1, block: 1, vlan: 30 }],
];

/** The streams of one host: what stands for `#` is its number. */
const EACH: readonly (readonly [category: string, type: string, data: object])[] = [
  [
    'structure',
    'StructureDefined',
    {
      hostname: 'host#',
      site: 'main',
      zone: 1,
      blueprint: 'base',
      foundation: 'f#',
      configUuid: 'c#',
      configValues: Array.from({ length: 8 }, (_, n) => [`value_${n}`, `a value of host #`]),
    },
  ],
  [
    'realInterface',
    'RealInterfaceDefined',
    {
      foundation: 'f#',
      name: 'eth0',
      physicalLocation: 'eth0',
      network: 1,
      mac: null,
      provisioning: true,
      linkName: null,
      pxe: null,
    },
  ],
  [
    'address',
    'AddressDefined',
    {
      kind: 'Address',
      block: 1,
      offset: '#',
      holder: '#number',
      interfaceName: 'eth0',
      aliasIndex: null,
      pointer: null,
      primary: true,
      reason: null,
      pxe: null,
    },
  ],
];

/**
 * Measures DNS zones of 10,000 hosts: all of them from nothing, and after one host was renamed, from before the event is
 * appended until the zone has the new name.
 */
export async function run(_: string[], limit: Limit): Promise<void> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'contractor-bench-'));
  await chmod(directory, 0o755);
  const postgres = await startEmbeddedPostgres(directory);
  const pool = new Pool({ connectionString: postgres.url, max: 10 });
  const store = await postgresEventStore(pool);
  try {
    await limit.step(`making ${HOSTS} hosts`, () => fill(pool));
    await measure(store, pool, limit);
  } finally {
    await store.close();
    await pool.end();
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function fill(pool: Pool): Promise<void> {
  for (const [n, [stream, type, data]] of ONCE.entries()) {
    await pool.query('INSERT INTO log.events VALUES ($1, $2, 0, gen_random_uuid(), $3, $4, $5)', [
      n + 1,
      stream,
      type,
      JSON.stringify(data),
      META,
    ]);
  }
  for (const [n, [category, type, data]] of EACH.entries()) {
    await pool.query(
      `INSERT INTO log.events SELECT $1::bigint + n, $2 || '-' || n, 0, gen_random_uuid(), $3,
         replace(replace($4, '"#number"', n::text), '#', n::text), $5
       FROM generate_series(1, $6::bigint) AS n`,
      [ONCE.length + n * HOSTS, category, type, JSON.stringify(data), META, HOSTS],
    );
  }
  await pool.query('INSERT INTO log.streams SELECT stream, max(revision) FROM log.events GROUP BY stream');
  await pool.query('VACUUM ANALYZE log.events');
}

async function measure(store: EventStore, pool: Pool, limit: Limit): Promise<void> {
  const onError = (error: unknown): void => {
    throw error;
  };
  const models = [...new Set<ReadModel>(factSources.map(({ model }) => model))];
  const reads = openReadStore({ store, pool, models, onError });
  await reads.projector.start();
  try {
    await limit.step('making the rows', async () => reads.projector.caughtUp(await store.head(), 600_000));
    const context = { store, reads, nameServers: [1], soaEmail: undefined };
    const all: number[] = [];
    let zones = new LiveZones(context);
    const before = memory();
    for (let round = 0; round < ROUNDS; round += 1) {
      zones = new LiveZones(context);
      const begun = performance.now();
      const { zones: found } = await limit.step('making all zones', () => zones.zones());
      all.push(performance.now() - begun);
      if (!found.get('test')?.text(1).includes(`host${HOSTS} `)) throw new Error('a host is not in the zone');
    }
    const size = (memory() - before) / HOSTS / 1024;
    process.stdout.write(`all zones of ${HOSTS} hosts: ${median(all).toFixed(0)} ms, ${size.toFixed(1)} KB a host\n`);

    const changes: number[] = [];
    for (let n = 1; n <= CHANGES; n += 1) {
      const id = n * Math.floor(HOSTS / CHANGES);
      const event = { id: randomUUID(), type: 'StructureRenamed', data: `{"hostname":"new${n}"}`, meta: META };
      const begun = performance.now();
      await store.append([{ stream: `structure-${id}`, expected: 0, events: [event] }]);
      const { zones: found } = await limit.step('changing a host', () => zones.zones());
      const text = found.get('test')?.text(1) ?? '';
      changes.push(performance.now() - begun);
      if (!text.includes(`new${n} `) || text.includes(`host${id} `)) throw new Error('the change is not in the zone');
    }
    process.stdout.write(
      `one of ${HOSTS} hosts renamed: ${median(changes).toFixed(0)} ms from the append to the new zones, ` +
        `at most ${Math.max(...changes).toFixed(0)} ms\n`,
    );
  } finally {
    await reads.projector.stop();
  }
}

/** What the objects of this process take, in bytes. */
function memory(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}
