import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import type { EventStore, NewEvent, StoredEvent } from '#event-store';
import { hashOf, kurrentdbEventStore, NO_STREAM, postgresEventStore } from '#event-store';
import { makeLedger } from '#read-store';
import type { TestDatabase } from '#testing';
import { startKurrentDbStandIn, testDatabase, until } from '#testing';
import { readBackup, readManifest } from './backup-reader.ts';
import { restoreBackup } from './restore-backup.ts';
import { restoreUnderWay } from './restore-under-way.ts';
import { takeBackup } from './take-backup.ts';
import { verifyBackup } from './verify-backup.ts';

let folder: string;
const databases: TestDatabase[] = [];
const closing: (() => Promise<unknown>)[] = [];
let files = 0;
const newFile = (): string => path.join(folder, `backup-${(files += 1)}`);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'contractor-backup-'));
});
afterAll(async () => {
  for (const close of closing.toReversed()) await close();
  await Promise.all(databases.map((database) => database.drop()));
  await rm(folder, { recursive: true });
});

async function newDatabase(): Promise<Pool> {
  const database = await testDatabase();
  databases.push(database);
  return database.pool;
}

async function logIn(pool: Pool): Promise<EventStore> {
  const store = await postgresEventStore(pool);
  closing.push(() => store.close());
  return store;
}

/** Appends events to streams, each chained to the one before it. */
async function fill(store: EventStore, streams: number, each: number, data = '{"a":1.0}'): Promise<void> {
  for (let n = 0; n < streams; n += 1) {
    const stream = `thing-${n}`;
    let prev = '';
    const events: NewEvent[] = [];
    for (let revision = 0; revision < each; revision += 1) {
      const at = `2026-01-01T00:00:00.${String(revision).padStart(6, '0')}+00:00`;
      const meta = JSON.stringify({ v: 1, at, actor: 'root', request: 'r', correlation: 'c', prev });
      const event = { id: randomUUID(), type: 'Made', data, meta };
      events.push(event);
      prev = hashOf(stream, revision, event);
    }
    await store.append([{ stream, expected: NO_STREAM, events }]);
  }
}

async function ledgersIn(pool: Pool, position: bigint): Promise<void> {
  await makeLedger(
    pool,
    `CREATE TABLE IF NOT EXISTS ledger.kinds (
       id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL DEFAULT 'x', secret bytea,
       at timestamptz NOT NULL, share double precision, more jsonb, "odd name" uuid, UNIQUE (name), CHECK (share < 2));
     CREATE INDEX IF NOT EXISTS kinds_at ON ledger.kinds (at) WHERE share IS NULL;
     CREATE SEQUENCE IF NOT EXISTS ledger.ids_thing;
     CREATE TABLE IF NOT EXISTS ledger.checkpoints (name text PRIMARY KEY, position bigint NOT NULL)`,
  );
  await pool.query(
    `INSERT INTO ledger.kinds (name, secret, at, share, more, "odd name") VALUES
       ('a "quoted" \\ ü 🐎', '\\x00ff10', '2026-01-02 03:04:05.678901+02', 0.1, '{"b": [1.50, null]}', NULL),
       ('', NULL, '2026-01-02 03:04:05.678901-07', NULL, NULL, '6d1f4a36-9b3c-4f06-8d3a-2b5f4f7d9c11')`,
  );
  await pool.query(`SELECT nextval('ledger.ids_thing') FROM generate_series(1, 41)`);
  await pool.query('INSERT INTO ledger.checkpoints VALUES ($1, $2), ($3, $4)', ['all', position, 'none', 0]);
}

async function logOf(store: Pick<EventStore, 'readAll'>): Promise<StoredEvent[]> {
  const all: StoredEvent[] = [];
  for (let after = 0n; ;) {
    const { events, end } = await store.readAll(after);
    all.push(...events);
    if (end === after) return all;
    after = end;
  }
}

const ledgersOf = async (pool: Pool) => ({
  kinds: (await pool.query('SELECT * FROM ledger.kinds ORDER BY id')).rows as unknown[],
  rules: (
    await pool.query(
      `SELECT conname, pg_get_constraintdef(oid) AS text FROM pg_constraint
       WHERE conrelid = 'ledger.kinds'::regclass ORDER BY conname`,
    )
  ).rows as unknown[],
  indexes: (await pool.query(`SELECT indexdef FROM pg_indexes WHERE schemaname = 'ledger' ORDER BY indexname`))
    .rows as unknown[],
  columns: (
    await pool.query(
      `SELECT table_name, column_name, data_type, is_nullable, column_default, is_identity
       FROM information_schema.columns WHERE table_schema = 'ledger' ORDER BY table_name, ordinal_position`,
    )
  ).rows as unknown[],
});

describe('a backup', () => {
  let pool: Pool;
  let store: EventStore;
  let file: string;
  beforeAll(async () => {
    pool = await newDatabase();
    store = await logIn(pool);
    await fill(store, 30, 20);
    await ledgersIn(pool, await store.head());
    file = newFile();
    const { end } = await takeBackup({ file, pool, product: '0.1.0' });
    expect(end).toMatchObject({ events: 600, streams: 30, rows: { kinds: 2, checkpoints: 2 } });
  });

  it('holds log and ledgers, as a restore gives them back', async () => {
    const into = await newDatabase();
    const shares: number[] = [];
    const { fault } = await restoreBackup({ file, pool: into, onProgress: ({ share }) => shares.push(share) });
    expect(fault).toBeUndefined();
    expect(shares.at(-1)).toBe(1);
    const restored = await logIn(into);
    expect(await logOf(restored)).toEqual(await logOf(store));
    expect(await ledgersOf(into)).toEqual(await ledgersOf(pool));
    const next = await into.query<{ id: string; kind: string }>(
      `SELECT nextval('ledger.ids_thing') AS id, nextval(pg_get_serial_sequence('ledger.kinds', 'id')) AS kind`,
    );
    expect(next.rows[0]).toEqual({ id: '42', kind: '3' });
  });

  it('can be gone on with: the log takes the next event of a stream, and no other', async () => {
    const into = await newDatabase();
    await restoreBackup({ file, pool: into });
    const restored = await logIn(into);
    const event = { id: randomUUID(), type: 'Made', data: '{}', meta: '{}' };
    await expect(restored.append([{ stream: 'thing-3', expected: 18, events: [event] }])).rejects.toThrow();
    const { position } = await restored.append([{ stream: 'thing-3', expected: 19, events: [event] }]);
    expect(position).toBe((await store.head()) + 1n);
  });

  it('is not restored over something, unless that is to give way', async () => {
    const into = await newDatabase();
    await fill(await logIn(into), 1, 1);
    await expect(restoreBackup({ file, pool: into })).rejects.toThrow('the database is not empty');
    await restoreBackup({ file, pool: into, replace: true });
    expect(await logOf(await logIn(into))).toHaveLength(600);
  });

  it('is not restored under a server that runs', async () => {
    const into = await newDatabase();
    const client = await into.connect();
    await client.query(`SET application_name = 'contractor ${randomUUID()}'`);
    await expect(restoreBackup({ file, pool: into, replace: true })).rejects.toThrow('1 server of contractor run');
    client.release(true);
  });

  it('takes the place of no other file, and can be read by its owner only', async () => {
    await expect(takeBackup({ file, pool, product: '0.1.0' })).rejects.toThrow('is there already');
    expect(await verifyBackup(file)).toMatchObject({ fault: undefined, notCompared: 0, end: { events: 600 } });
    expect((await readdir(folder)).filter((name) => name.includes('unfinished'))).toEqual([]);
  });

  it('is closed where no more than its manifest was wanted, or its restore was refused', async () => {
    const isOpen = async (): Promise<boolean> => {
      const handles = await readdir('/proc/self/fd');
      const targets = await Promise.all(handles.map((handle) => readlink(`/proc/self/fd/${handle}`).catch(() => '')));
      return targets.includes(file);
    };
    expect(await readManifest(file)).toMatchObject({ head: '600' });
    await until(async () => !(await isOpen()));
    await expect(restoreBackup({ file, pool })).rejects.toThrow('the database is not empty');
    await until(async () => !(await isOpen()));
  });

  it('leaves nothing where it is given up', async () => {
    const gone = newFile();
    const signal = AbortSignal.abort(new Error('given up'));
    await expect(takeBackup({ file: gone, pool, product: '0.1.0', signal })).rejects.toThrow('given up');
    expect((await readdir(folder)).filter((name) => name.startsWith(path.basename(gone)))).toEqual([]);
  });

  let empty: Pool | undefined;
  const text = async (): Promise<string> => gunzipSync(await readFile(file)).toString();
  it.each<[string, (lines: string[]) => string[], string]>([
    ['its end is missing', (lines) => [...lines.slice(0, -2), ''], 'has no end record'],
    ['the end of a line is missing', (lines) => [...lines.slice(0, -2), '{"en'], 'its last line has no end'],
    ['an event is another one', (lines) => lines.map((line) => line.replace('{\\"a\\":1.0}', '{}')), 'was changed'],
    ['an event is missing', (lines) => lines.toSpliced(-4, 1), 'its checksum is another one'],
    [
      'it is of a later format',
      ([, ...lines]) => ['{"format":"contractor-backup","formatVersion":9}', ...lines],
      'reads 1',
    ],
    ['it is something else', () => ['{}', ''], 'is no backup of contractor'],
    ['it is no JSON', () => ['hello', ''], 'cannot be read'],
  ])('is refused where %s, and nothing of it is restored', async (_, change, reason) => {
    const bad = newFile();
    await writeFile(bad, gzipSync(change((await text()).split('\n')).join('\n')));
    await expect(verifyBackup(bad)).rejects.toThrow(reason);
    const into = (empty ??= await newDatabase());
    await expect(restoreBackup({ file: bad, pool: into })).rejects.toThrow();
    expect(
      (await into.query(`SELECT to_regclass('log.events') AS log, to_regnamespace('ledger') AS ledger`)).rows,
    ).toEqual([{ log: null, ledger: null }]);
  });

  it('is refused where it was cut off', async () => {
    const bad = newFile();
    const bytes = await readFile(file);
    await writeFile(bad, bytes.subarray(0, bytes.length - 100));
    await expect(verifyBackup(bad)).rejects.toThrow('is not whole');
  });

  it('of a damaged log says where the damage is, and is restored where that is wanted', async () => {
    const bad = newFile();
    const lines = (await text()).trimEnd().split('\n').slice(0, -1);
    const [event] = lines.splice(-7, 1);
    const body = lines.map((line) => `${line}\n`).join('');
    const { rows } = (await verifyBackup(file)).end;
    const sha256 = createHash('sha256').update(body).digest('hex');
    const end = JSON.stringify({ end: true, events: 599, streams: 30, rows, sha256 });
    await writeFile(bad, gzipSync(`${body}${end}\n`));
    expect(event).toContain('thing-29');
    const wanted = { rule: 'REVISION', stream: 'thing-29', revision: 14, position: 595n };
    expect((await verifyBackup(bad)).fault).toMatchObject(wanted);
    const into = await newDatabase();
    await expect(restoreBackup({ file: bad, pool: into })).rejects.toThrow(
      'REVISION at position 595, thing-29 revision 14',
    );
    expect((await restoreBackup({ file: bad, pool: into, damaged: true })).fault).toMatchObject(wanted);
  });

  it('is as of one moment, whatever is appended meanwhile', async () => {
    const busy = await newDatabase();
    const growing = await logIn(busy);
    await fill(growing, 40, 20);
    await ledgersIn(busy, await growing.head());
    const during = newFile();
    const late: Promise<unknown>[] = [];
    const { manifest, end } = await takeBackup({
      file: during,
      pool: busy,
      product: '0.1.0',
      onProgress: () => {
        const n = late.length;
        const event = { id: randomUUID(), type: 'Made', data: '{}', meta: '{}' };
        late.push(
          busy.query('INSERT INTO ledger.checkpoints VALUES ($1, 1)', [`late ${n}`]),
          growing.append([{ stream: `late-${n}`, expected: NO_STREAM, events: [event] }]),
        );
      },
    });
    expect(late.length).toBeGreaterThan(2);
    await Promise.all(late);
    expect({ head: manifest.head, ...end.rows }).toEqual({ head: '800', kinds: 2, checkpoints: 2 });
    expect(end.events).toBe(800);
  });
});

describe('a backup of a log elsewhere', () => {
  it('goes into another log elsewhere, whose positions ledgers then speak of', async () => {
    const [one, other] = [await startKurrentDbStandIn(), await startKurrentDbStandIn()];
    const [from, to] = [
      await kurrentdbEventStore(one.connectionString),
      await kurrentdbEventStore(other.connectionString),
    ];
    closing.push(
      () => one.stop(),
      () => other.stop(),
      () => from.close(),
      () => to.close(),
    );
    await fill(from, 3, 4);
    const pool = await newDatabase();
    const middle = (await logOf(from))[5]?.position ?? 0n;
    await ledgersIn(pool, middle);
    const later = (await from.head()) + 1_000_000n;
    await pool.query(`INSERT INTO ledger.checkpoints VALUES ('later', $1)`, [later]);
    const file = newFile();
    await takeBackup({ file, pool, log: from, product: '0.1.0' });

    const into = await newDatabase();
    let failures = 0;
    const failing: EventStore = {
      ...to,
      append: async (...args) => {
        failures += 1;
        if (failures === 2) throw new Error('the log has gone');
        return to.append(...args);
      },
    };
    await expect(restoreBackup({ file, pool: into, store: failing })).rejects.toThrow('the log has gone');
    expect(await restoreUnderWay(into)).toBeDefined();
    await restoreBackup({ file, pool: into, store: to });
    expect(await restoreUnderWay(into)).toBeUndefined();

    const plain = ({ position: _, ...event }: StoredEvent) => event;
    const [before, after] = [await logOf(from), await logOf(to)];
    expect(after.map(plain)).toEqual(before.map(plain));
    const { rows } = await into.query('SELECT name, position::text FROM ledger.checkpoints ORDER BY name');
    expect(rows).toEqual([
      { name: 'all', position: String(after[5]?.position) },
      { name: 'later', position: String(after.at(-1)?.position) },
      { name: 'none', position: '0' },
    ]);
    await expect(restoreBackup({ file, pool: await newDatabase(), store: to })).rejects.toThrow('takes an empty one');
  });

  it('goes into a database as it was, each event at its position', async () => {
    const one = await startKurrentDbStandIn();
    const from = await kurrentdbEventStore(one.connectionString);
    closing.push(
      () => one.stop(),
      () => from.close(),
    );
    await fill(from, 2, 3);
    const pool = await newDatabase();
    await ledgersIn(pool, await from.head());
    const file = newFile();
    await takeBackup({ file, pool, log: from, product: '0.1.0' });
    const into = await newDatabase();
    await restoreBackup({ file, pool: into });
    expect(await logOf(await logIn(into))).toEqual(await logOf(from));
  });
});

it('is read part by part', async () => {
  const pool = await newDatabase();
  const store = await logIn(pool);
  await fill(store, 10, 100, JSON.stringify({ text: 'x'.repeat(8000) }));
  const file = newFile();
  await takeBackup({ file, pool, product: '0.1.0' });
  const sizes: number[] = [];
  for await (const part of readBackup(file)) if (part.kind === 'events') sizes.push(part.events.length);
  expect(Math.max(...sizes)).toBeLessThan(510);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(1000);
});
