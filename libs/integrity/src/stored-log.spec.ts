import { randomInt, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { EventStore, LogFault } from '#event-store';
import { hashOf, kurrentdbEventStore, postgresEventStore, postgresLogFault, postgresLogReader } from '#event-store';
import { silentLogger } from '#kernel';
import type { PoolClient } from 'pg';
import type { TestDatabase } from '#testing';
import { startKurrentDbStandIn, testDatabase, until } from '#testing';
import type { CheckpointKeys } from './checkpoint-key.ts';
import { newCheckpointKey } from './checkpoint-key.ts';
import { CheckpointLedger } from './checkpoint-ledger.ts';
import { CheckpointMaker } from './checkpoint-maker.ts';
import type { LogAdapter, SignedCheckpoint } from './checkpoint-record.ts';
import { parseRecord } from './checkpoint-record.ts';
import { LogCheck } from './log-check.ts';

jest.setTimeout(240_000);

const keys: CheckpointKeys = { key: newCheckpointKey(), former: [] };
/** What stands beside every event. */
const META = { v: 1, at: '2026-01-01T00:00:00.000000+00:00', actor: 'root', correlation: 'c' };
const never = new AbortController().signal;
const EVERY = 10;

const COLUMNS = ['position', 'stream', 'revision', 'id', 'type', 'data', 'meta'] as const;

/** Turns one bit over of what a row of the log holds in a column. @returns whether the database has taken that */
async function flip(client: PoolClient, column: (typeof COLUMNS)[number], position: string): Promise<boolean> {
  const { rows } = await client.query<{ text: string }>(
    `SELECT ${column}::text AS text FROM log.events WHERE position = $1`,
    [position],
  );
  const text = rows[0]!.text;
  await client.query('SAVEPOINT before_flip');
  try {
    await client.query(`UPDATE log.events SET ${column} = $1 WHERE position = $2`, [flipped(column, text), position]);
    return true;
  } catch (error) {
    // Two rows cannot have one position, nor one revision of a stream.
    if ((error as { readonly code?: string }).code !== '23505') throw error;
    await client.query('ROLLBACK TO SAVEPOINT before_flip');
    return false;
  }
}

/** A text with one bit of it turned over, so that its column takes it. */
function flipped(column: (typeof COLUMNS)[number], text: string): string {
  if (column === 'position' || column === 'revision') return String(BigInt(text) ^ (1n << BigInt(randomInt(30))));
  for (;;) {
    const bytes = Buffer.from(text);
    const at = randomInt(bytes.length);
    bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << randomInt(8)), at);
    const turned = bytes.toString('utf8');
    if (!Buffer.from(turned).equals(bytes) || turned.includes('\0')) continue;
    // An id is the same in capitals.
    if (column !== 'id' || (/^[0-9a-f-]+$/.test(turned) && turned.replaceAll('-', '').length === 32)) return turned;
  }
}

/** Appends events to one of three streams, each chained to the one before. */
class Writer {
  readonly #store: EventStore;
  readonly #category: string;
  readonly #ends = new Map<string, { readonly revision: number; readonly hash: string }>();

  constructor(store: EventStore, category = 'thing') {
    this.#store = store;
    this.#category = category;
  }

  async write(count: number): Promise<void> {
    for (let n = 0; n < count; n += 1) {
      const stream = `${this.#category}-${n % 3}`;
      const { revision, hash } = this.#ends.get(stream) ?? { revision: -1, hash: '' };
      const data = JSON.stringify({ n, text: `event ${n} – ü`, nested: { list: [1, 2.5, null] } });
      const meta = JSON.stringify({ ...META, request: `r${n}`, prev: hash });
      const event = { id: randomUUID(), type: n % 2 === 0 ? 'Made' : 'Moved', data, meta };
      await this.#store.append([{ stream, expected: revision, events: [event] }]);
      this.#ends.set(stream, { revision: revision + 1, hash: hashOf(stream, revision + 1, event) });
    }
  }
}

/** One of several servers on one log and one ledger, with a data directory of its own. */
function server(store: EventStore, ledger: CheckpointLedger, adapter: LogAdapter = 'postgres', everyMs = 0) {
  let here: SignedCheckpoint | undefined;
  return new CheckpointMaker({
    store,
    adapter,
    ledger,
    known: {
      read: async () => here,
      write: async (one) => void (here = one),
    },
    keys: () => keys,
    clock: { now: () => new Date().toISOString() },
    log: silentLogger,
    everyEvents: EVERY,
    everyMs,
  });
}

async function recordsOf(ledger: CheckpointLedger) {
  return (await ledger.after(0, 1000)).map(({ record }) => parseRecord(record)!);
}

/** Reads a whole log, and what is wrong with it. */
async function faultIn(
  store: Pick<EventStore, 'readAll'>,
  ledger: CheckpointLedger,
  positions = true,
): Promise<LogFault | undefined> {
  const check = new LogCheck({ checkpoints: ledger.source(), maxStreams: 100, positions });
  for (let at = 0n; ;) {
    const { events, end } = await store.readAll(at, { limit: 25 });
    if (end === at) break;
    if (await check.check(events)) break;
    at = end;
  }
  return (await check.finish()).fault;
}

/** Every event is in one checkpoint, and each checkpoint goes on where the one before ends. */
async function expectWhole(store: EventStore, ledger: CheckpointLedger, positions = true): Promise<void> {
  const records = await recordsOf(ledger);
  expect(records.map(({ checkpoint }) => checkpoint)).toEqual(records.map((_, n) => n + 1));
  const { events } = await store.readAll(0n, { limit: 10_000 });
  expect(records.at(-1)?.events).toBe(events.length);
  expect(records.at(-1)?.position).toBe(String(events.at(-1)?.position));
  expect(await faultIn(store, ledger, positions)).toBeUndefined();
}

/** Has two servers make checkpoints at once while events come, of which one or both may be ended at any moment. */
async function compete(store: EventStore, ledger: CheckpointLedger, adapter: LogAdapter): Promise<number> {
  const writer = new Writer(store);
  let refused = 0;
  for (let turn = 0; turn < 12; turn += 1) {
    await writer.write(1 + ((turn * 7) % 23));
    // Neither knows of the other; one of them is a server that was started anew, the other is told to end amid.
    const ending = new AbortController();
    const one = server(store, ledger, adapter);
    const other = server(store, ledger, adapter);
    const both = [one.reconcile(turn % 3 === 0 ? ending.signal : never), other.reconcile(never)];
    if (turn % 3 === 0) setImmediate(() => ending.abort(new Error('ended')));
    const outcomes = await Promise.allSettled(both);
    const reasons = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [String(outcome.reason)] : []));
    expect(reasons.filter((reason) => !/another server makes checkpoints, too|ended/.test(reason))).toEqual([]);
    refused += reasons.filter((reason) => reason.includes('another server')).length;
  }
  await server(store, ledger, adapter).reconcile(never);
  return refused;
}

describe('checkpoints of a log on PostgreSQL', () => {
  let database: TestDatabase;
  let store: EventStore;
  let ledger: CheckpointLedger;
  beforeAll(async () => {
    database = await testDatabase();
    store = await postgresEventStore(database.pool);
    ledger = await CheckpointLedger.make(database.pool);
  });
  afterAll(async () => {
    await store.close();
    await database.drop();
  });

  it('are made once, and none is left out, where two servers take themselves to lead and are ended amid', async () => {
    expect(await compete(store, ledger, 'postgres')).toBeGreaterThan(0);
    await expectWhole(store, ledger);
  });

  it('are gone on with by another server, where one was lost between its signature and its own file', async () => {
    const [signed] = (await recordsOf(ledger)).slice(-1);
    await new Writer(store, 'other').write(EVERY);
    const lost = new CheckpointMaker({
      store,
      adapter: 'postgres',
      ledger,
      // The process ends here: the ledger has the checkpoint, and the data directory does not.
      known: { read: async () => undefined, write: () => Promise.reject(new Error('killed')) },
      keys: () => keys,
      clock: { now: () => new Date().toISOString() },
      log: silentLogger,
      everyEvents: EVERY,
      everyMs: 0,
    });
    await lost.reconcile(never);
    await server(store, ledger).reconcile(never);
    expect((await recordsOf(ledger)).at(-1)?.checkpoint).toBe((signed?.checkpoint ?? 0) + 1);
    await expectWhole(store, ledger);
  });

  it('find whatever byte is changed of a stored event', async () => {
    const { rows } = await database.pool.query<{ position: string }>(
      'SELECT position FROM log.events ORDER BY position',
    );
    const client = await database.pool.connect();
    const reader = postgresLogReader(client);
    const missed: string[] = [];
    let flips = 0;
    try {
      for (const { position } of rows.filter((_, n) => n % 7 === 0)) {
        for (const column of COLUMNS) {
          await client.query('BEGIN');
          const changed = await flip(client, column, position);
          const fault = changed && ((await postgresLogFault(client)) ?? (await faultIn(reader, ledger)));
          if (changed && !fault) missed.push(`${column} of ${position}`);
          if (changed) flips += 1;
          await client.query('ROLLBACK');
        }
      }
    } finally {
      client.release();
    }
    expect(missed).toEqual([]);
    expect(flips).toBeGreaterThan(60);
    expect(await faultIn(store, ledger)).toBeUndefined();
  });
});

describe('checkpoints of a log on a stand-in for KurrentDB', () => {
  it('are made once, and none is left out, where two servers take themselves to lead and are ended amid', async () => {
    const database = await testDatabase();
    const kurrent = await startKurrentDbStandIn();
    const store = await kurrentdbEventStore(kurrent.connectionString);
    try {
      const ledger = await CheckpointLedger.make(database.pool);
      expect(await compete(store, ledger, 'kurrentdb')).toBeGreaterThan(0);
      await expectWhole(store, ledger);
      // A log that is away for a while is signed once it is back.
      await kurrent.kill();
      const maker = server(store, ledger, 'kurrentdb');
      await expect(maker.reconcile(never)).rejects.toThrow();
      await kurrent.restart();
      await until(async () => (await Promise.allSettled([store.head()]))[0]?.status === 'fulfilled');
      await maker.reconcile(never);
      await expectWhole(store, ledger);
    } finally {
      await store.close();
      await kurrent.stop();
      await database.drop();
    }
  });
});
