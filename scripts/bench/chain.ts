import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Pool } from 'pg';
import type { EventStore, NewEvent, StoredEvent } from '#event-store';
import { hashOf, NO_STREAM, postgresEventStore, postgresLogImport, postgresLogReader, systemClock } from '#event-store';
import { CheckpointLedger, checkpointKeys, CheckpointMaker, KnownCheckpoint, verifyLog } from '#integrity';
import { silentLogger } from '#kernel';
import { startEmbeddedPostgres } from '#runtime';
import { median } from './median.ts';
import { familyProcessorTime } from './processor-time.ts';

/** Events as those of jobs are. */
const DATA = JSON.stringify({ step: 7, result: 'x'.repeat(180), task: randomUUID(), values: [['key', 'value']] });
const CLIENTS = 8;
const APPENDS = 1600;
const EACH = 20;
const HASHES = 200_000;

type Hash = (stream: string, revision: number, event: NewEvent) => string;

/** Time as it passes, and processor time of this process and the database, in seconds. */
interface Spent {
  readonly passed: number;
  readonly own: number;
  readonly database: number;
}
type Clock = () => Promise<Spent>;

/** How much was done per second that passed, and what each took of the processor, in microseconds. */
interface Rate {
  readonly perSecond: number;
  readonly own: number;
  readonly database: number;
}

const clockOf =
  (postgres: number): Clock =>
  async () => ({
    passed: performance.now() / 1000,
    own: Object.values(process.cpuUsage()).reduce((sum, micros) => sum + micros, 0) / 1e6,
    database: await familyProcessorTime(postgres),
  });

const since = (now: Spent, begun: Spent, count: number): Rate => ({
  perSecond: count / (now.passed - begun.passed),
  own: ((now.own - begun.own) * 1e6) / count,
  database: ((now.database - begun.database) * 1e6) / count,
});

const CONSTANT = 'x'.repeat(43);

function eventOf(prev: string): NewEvent {
  const request = randomUUID();
  const at = '2026-01-01T00:00:00.000000+00:00';
  const meta = JSON.stringify({ v: 1, at, actor: 'bench', request, command: 'Bench', correlation: request, prev });
  return { id: randomUUID(), type: 'JobStepCompleted', data: DATA, meta };
}

/** Appends one event at a time, to streams of twenty, by eight clients. */
async function appendRound(store: EventStore, hash: Hash, spent: Clock): Promise<Rate> {
  const begun = await spent();
  const client = async (): Promise<void> => {
    for (let n = 0; n < APPENDS / CLIENTS / EACH; n += 1) {
      const stream = `bench-${randomUUID()}`;
      let prev = '';
      for (let revision = 0; revision < EACH; revision += 1) {
        const event = eventOf(prev);
        prev = hash(stream, revision, event);
        await store.append([{ stream, expected: revision === 0 ? NO_STREAM : revision - 1, events: [event] }]);
      }
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return since(await spent(), begun, APPENDS);
}

/** The first process of the database, whose children the others are. */
async function postmaster(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const stat = await readFile(`/proc/${rows[0]?.pid ?? 0}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(') ') + 2).split(' ')[1]);
}

async function fill(pool: Pool, count: number): Promise<void> {
  const client = await pool.connect();
  await client.query('TRUNCATE log.events, log.streams');
  await client.query('BEGIN');
  const log = await postgresLogImport(client);
  const ends = new Map<string, { readonly revision: number; readonly hash: string }>();
  for (let at = 0; at < count; at += 1000) {
    const events = Array.from({ length: 1000 }, (_, n): StoredEvent => {
      const position = at + n;
      // Fifty streams at a time, twenty events each.
      const stream = `job-${Math.floor(position / 1000) * 50 + (position % 50)}`;
      const { revision, hash } = ends.get(stream) ?? { revision: -1, hash: '' };
      const event = { ...eventOf(hash), stream, revision: revision + 1, position: BigInt(position + 1) };
      ends.set(stream, { revision: revision + 1, hash: hashOf(stream, revision + 1, event) });
      return event;
    });
    await log.add(events);
    ends.clear();
  }
  await log.finish();
  await client.query('COMMIT');
  await client.query('ANALYZE');
  client.release();
}

/**
 * What the chain of hashes costs appends, beside the same adapter with a constant in place of the hash, and how fast a log
 * is signed and checked: `chain [events: 300000] [rounds: 15]`.
 */
export async function run([events = '300000', rounds = '15']: string[]): Promise<void> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'contractor-bench-'));
  await chmod(directory, 0o755);
  const postgres = await startEmbeddedPostgres(directory);
  const pool = new Pool({ connectionString: postgres.url, max: 8 });
  try {
    const store = await postgresEventStore(pool);
    const spent = clockOf(await postmaster(pool));
    await appendRound(store, hashOf, spent);
    const found: { readonly chained: Rate; readonly constant: Rate }[] = [];
    for (let n = 0; n < Number(rounds); n += 1) {
      const plain = (): Promise<Rate> => appendRound(store, () => CONSTANT, spent);
      const first = n % 2 === 0 ? await appendRound(store, hashOf, spent) : await plain();
      const second = n % 2 === 0 ? await plain() : await appendRound(store, hashOf, spent);
      found.push(n % 2 === 0 ? { chained: first, constant: second } : { chained: second, constant: first });
    }
    await store.close();
    const one = eventOf(CONSTANT);
    const before = await spent();
    for (let n = 0; n < HASHES; n += 1) hashOf('bench-12345', n, one);
    const hash = since(await spent(), before, HASHES).own;
    const middle = (of: (round: (typeof found)[number]) => number): number => median(found.map(of));
    const work = ({ own, database }: Rate): number => own + database;
    const cost = (middle(({ chained, constant }) => work(chained) / work(constant)) - 1) * 100;
    const slower = (1 - middle(({ chained, constant }) => chained.perSecond / constant.perSecond)) * 100;
    process.stdout.write(
      `appends, ${CLIENTS} clients, median of ${rounds} rounds: ${middle(({ chained }) => chained.perSecond).toFixed(0)}/s with ` +
        `hashes, ${middle(({ constant }) => constant.perSecond).toFixed(0)}/s with a constant (${slower.toFixed(1)} % fewer); ` +
        `${middle(({ chained }) => work(chained)).toFixed(0)} and ${middle(({ constant }) => work(constant)).toFixed(0)} µs of ` +
        `processor each (${cost.toFixed(1)} % more); a hash alone takes ${hash.toFixed(2)} µs of it, ` +
        `${((100 * hash) / middle(({ constant }) => work(constant))).toFixed(1)} %\n`,
    );

    await fill(pool, Number(events));
    const ledger = await CheckpointLedger.make(pool);
    const log = postgresLogReader(pool);
    const keys = await checkpointKeys({ set: undefined, formerSet: undefined, directory, made: Buffer.alloc(32, 1) });
    const maker = new CheckpointMaker({
      store: log,
      adapter: 'postgres',
      ledger,
      known: new KnownCheckpoint(directory, 'bench'),
      keys: () => keys,
      clock: systemClock(),
      log: silentLogger,
      everyEvents: 10_000,
      everyMs: 0,
    });
    const rate = async (what: string, task: () => Promise<unknown>): Promise<void> => {
      const begun = await spent();
      await task();
      const { perSecond, own, database } = since(await spent(), begun, Number(events));
      process.stdout.write(
        `${what}: ${perSecond.toFixed(0)} events/s; an event takes ${own.toFixed(1)} µs of processor here, and ` +
          `${database.toFixed(1)} µs in the database\n`,
      );
    };
    await rate('signing a log', () => maker.reconcile(new AbortController().signal));
    for (let n = 0; n < 3; n += 1) {
      await rate('verify', async () => {
        const { fault, signed } = await verifyLog({ log, pool, adapter: 'postgres' }, {});
        if (fault ?? signed.behind > 0) throw new Error(`the log is not as it should be: ${fault?.text ?? ''}`);
      });
    }
  } finally {
    await pool.end();
    await postgres.stop();
    await rm(directory, { recursive: true });
  }
}
