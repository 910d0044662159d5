/** Backups of a server that runs, restores, drills, and the check of the log, by the command line. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CinpClient } from '#cinp';
import { hashOf, postgresEventStore } from '#event-store';
import type { TestContractor, TestDatabase } from '#testing';
import { ADMIN_PASSWORD, SECRET_KEY, startContractor, testDatabase, until } from '#testing';
import type { CommandEnded } from './run-command.ts';
import { runCommand } from './run-command.ts';

jest.setTimeout(600_000);

const SECRET = 'correct horse battery';
/** Of a ledger that takes long enough to be written that its backup and its restore can be killed meanwhile. */
const ROWS = 20_000;

let folder: string;
let database: TestDatabase;
let server: TestContractor;
let client: CinpClient;

const settings = (url: string) => ({
  PATH: process.env['PATH'] ?? '',
  XDG_CONFIG_HOME: folder,
  CONTRACTOR_DATA: path.join(folder, 'none'),
  CONTRACTOR_SECRET_KEY: SECRET_KEY,
  DATABASE_URL: url,
});

/** Starts the program on a database. */
function begun(url: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [path.resolve('dist/contractor.cjs'), ...args], {
    env: { ...settings(url), ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = Promise.all([once(child, 'close'), text(child.stderr)]).then(([[code], err]) => ({
    code: code as number | null,
    err,
  }));
  return { child, ended };
}
/** Runs the command on a database. */
const contractorWith = (url: string, args: readonly string[], env: Readonly<Record<string, string>>) =>
  runCommand(args, { environment: { ...settings(url), ...env } });
const contractor = (url: string, ...args: readonly string[]): Promise<CommandEnded> => contractorWith(url, args, {});

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'contractor-backups-'));
  database = await testDatabase();
  server = await startContractor({
    DATABASE_URL: database.url,
    CONTRACTOR_DATA: path.join(folder, 'none'),
    CONTRACTOR_CHECKPOINT_SECONDS: '1',
  });
  client = new CinpClient(server.url, { version: '1.0' });
  await client.login('root', ADMIN_PASSWORD);
  await client.create('/api/v1/Site/Site', {
    name: 'lab',
    description: 'a lab',
    config_values: { db_password: SECRET, plain: 'text' },
  });
  for (let n = 0; n < 25; n += 1) {
    await client.create('/api/v1/Directory/Zone', { name: `z${n}` });
  }
});
afterAll(async () => {
  await server.stop();
  await database.drop();
  await rm(folder, { recursive: true });
});

const statusOf = async (url = server.url): Promise<string> => {
  const health = (await (await fetch(`${url}/health`)).json()) as { readonly status: string };
  return health.status;
};

describe('the log, by the command line', () => {
  it('is read, secrets masked', async () => {
    const { code, out } = await contractor(database.url, 'log', 'read', '--type', 'SiteDefined');
    expect(code).toBe(0);
    expect(out).toMatch(/^\d+ \d{4}-\S+ SiteDefined site-lab@0 root \{.*"plain","text"/);
    expect(out).toContain('********');
    expect(out).not.toContain(SECRET);
    const shown = JSON.parse((await contractor(database.url, 'log', 'read', '--limit', '2', '--json')).out) as object[];
    expect(shown).toMatchObject([{ position: '1' }, { position: '2' }]);
    const stream = await contractor(database.url, 'log', 'read', '--stream', 'site-lab', '--json');
    expect(JSON.parse(stream.out)).toMatchObject([{ stream: 'site-lab', revision: 0, actor: 'root' }]);
    expect(await contractor(database.url, 'log', 'read', '--after', 'x')).toMatchObject({ code: 2 });
  });

  it('is exported to the letter, so that its hashes can be worked out again', async () => {
    const file = path.join(folder, 'log.jsonl');
    expect((await contractor(database.url, 'log', 'export', file)).code).toBe(0);
    const exported = await readFile(file, 'utf8');
    expect(exported).not.toContain(SECRET);
    const lines = exported.trimEnd().split('\n');
    const { rows } = await database.pool.query<{ n: number }>('SELECT count(*)::int AS n FROM log.events');
    expect(lines).toHaveLength(rows[0]?.n ?? 0);
    const ends = new Map<string, string>();
    for (const line of lines) {
      const event = JSON.parse(line) as {
        stream: string;
        revision: number;
        id: string;
        type: string;
        meta: { prev: string };
      };
      expect(event.meta.prev).toBe(ends.get(event.stream) ?? '');
      const [, data = '', meta = ''] = /,"data":(.*),"meta":(\{"v":.*\})\}$/.exec(line) ?? [];
      ends.set(event.stream, hashOf(event.stream, event.revision, { id: event.id, type: event.type, data, meta }));
    }
    expect((await contractor(database.url, 'log', 'export', file)).code).toBe(1);
  });

  /** Waits until everything is signed. */
  const signed = () =>
    until(async () => {
      const { out } = await contractor(database.url, 'log', 'verify', '--json');
      return (JSON.parse(out) as { readonly signed: { readonly behind: number } }).signed.behind === 0;
    });

  it('is signed by the server, and checked: an event that was changed is named', async () => {
    await client.update('/api/v1/Site/Site:lab:', { description: 'another lab' });
    await signed();
    const { code, out } = await contractor(database.url, 'log', 'verify');
    expect(code).toBe(0);
    expect(out).toMatch(
      /^the log is whole: .*\n\d+ events up to \d+ are signed by checkpoint \d+ of .*; nothing lies behind it/,
    );
    const where = `stream = 'site-lab' AND revision = 0`;
    await database.pool.query(`UPDATE log.events SET data = replace(data, 'a lab', 'a pub') WHERE ${where}`);
    const touched = await contractor(database.url, 'log', 'verify');
    expect(touched.code).toBe(1);
    expect(touched.out).toMatch(/^the log is damaged: TOUCHED at position \d+, site-lab revision 0: /);
    await database.pool.query(`UPDATE log.events SET data = replace(data, 'a pub', 'a lab') WHERE ${where}`);
    expect(await contractor(database.url, 'log', 'verify')).toMatchObject({ code: 0 });
  });

  it('is checked by what an auditor holds: a key, and a checkpoint of before', async () => {
    const [key, kept, record, signature] = ['key.pem', 'kept', 'record', 'signature'].map((name) =>
      path.join(folder, name),
    ) as [string, string, string, string];
    await writeFile(key, (await contractor(database.url, 'log', 'checkpoint', 'key')).out);
    expect((await contractor(database.url, 'log', 'checkpoint', 'export', kept)).code).toBe(0);
    const last = JSON.parse(await readFile(kept, 'utf8')) as { readonly record: string; readonly signature: string };
    await writeFile(record, last.record);
    await writeFile(signature, Buffer.from(last.signature, 'base64url'));
    const openssl = ['pkeyutl', '-verify', '-pubin', '-inkey', key, '-rawin', '-in', record, '-sigfile', signature];
    expect(spawnSync('openssl', openssl).stdout.toString()).toContain('Signature Verified Successfully');
    const auditor = { CONTRACTOR_DATA: path.join(folder, 'auditor') };
    const asked = ['log', 'verify', '--key', key, '--checkpoint', kept];
    expect(await contractorWith(database.url, asked, auditor)).toMatchObject({ code: 0 });
    // Whoever can write to the database takes away the last checkpoint, and what it covers.
    const gone =
      'DELETE FROM ledger.log_checkpoints WHERE number = (SELECT max(number) FROM ledger.log_checkpoints) RETURNING *';
    const { rows } = await database.pool.query<Record<string, unknown>>(gone);
    expect(await contractorWith(database.url, ['log', 'verify'], auditor)).toMatchObject({ code: 0 });
    const cut = await contractorWith(database.url, asked, auditor);
    expect(cut).toMatchObject({ code: 1 });
    expect(cut.out).toContain('is known outside');
    // The machine of the server knows of it, too.
    expect(await contractor(database.url, 'log', 'verify')).toMatchObject({ code: 1 });
    const { number, ...rest } = rows[0] ?? {};
    await database.pool.query('INSERT INTO ledger.log_checkpoints VALUES ($1, $2, $3, $4, $5)', [
      number,
      ...['record', 'signature', 'endorsement', 'marks'].map((column) => rest[column]),
    ]);
    expect(await contractorWith(database.url, asked, auditor)).toMatchObject({ code: 0 });
  });
});

describe('a backup of a server that runs', () => {
  let restored: TestDatabase;
  const file = (): string => path.join(folder, 'backup');
  beforeAll(async () => {
    restored = await testDatabase();
  });
  afterAll(() => restored.drop());

  it('is made while it serves, holds no secret in clear text, and passes its drill', async () => {
    const stop = new AbortController();
    const busy = (async () => {
      for (let n = 0; !stop.signal.aborted; n += 1) {
        await client.update('/api/v1/Site/Site:lab:', { description: `description ${n}` });
      }
    })();
    const made = await contractor(database.url, 'backup', file());
    stop.abort();
    await busy;
    expect(made).toMatchObject({ code: 0 });
    expect(made.out).toMatch(/\d+ events up to \d+, \d+ rows of \d+ ledgers/);
    const checked = await contractor('', 'backup', 'verify', file(), '--checkpoint', path.join(folder, 'kept'));
    expect(checked.out).toMatch(/it is whole\n\d+ events up to \d+ are signed by checkpoint /);
    const drill = await contractor('', 'backup', 'drill', file(), '--database', database.url, '--json');
    expect(drill).toMatchObject({ code: 0 });
    const { passed, models, events } = JSON.parse(drill.out) as {
      readonly passed: boolean;
      readonly events: number;
      readonly models: readonly { readonly name: string; readonly outcome: string; readonly rebuilt: number }[];
    };
    expect(passed).toBe(true);
    expect(events).toBeGreaterThan(25);
    expect(new Set(models.map(({ outcome }) => outcome))).toEqual(new Set(['same']));
    expect(models.find(({ name }) => name === 'zones')?.rebuilt).toBe(25);
    const { rows } = await database.pool.query(`SELECT 1 FROM pg_database WHERE datname LIKE 'contractor_drill_%'`);
    expect(rows).toEqual([]);
    expect(await statusOf()).toBe('ok');
  });

  it('is refused under a server, and where something is there', async () => {
    const running = await contractor(database.url, 'restore', file(), '--replace');
    expect(running).toMatchObject({ code: 1 });
    expect(running.err).toContain('1 server of contractor run');
  });

  it('gives everything back: a server on it serves what there was, secrets too, and goes on', async () => {
    const came = await contractor(restored.url, 'restore', file());
    expect(came).toMatchObject({ code: 0 });
    const again = await startContractor({ DATABASE_URL: restored.url });
    try {
      const other = new CinpClient(again.url, { version: '1.0' });
      await other.login('root', ADMIN_PASSWORD);
      const [before, after] = [
        await client.get<Record<string, unknown>>('/api/v1/Site/Site:lab:'),
        await other.get<Record<string, unknown>>('/api/v1/Site/Site:lab:'),
      ];
      expect(after['config_values']).toEqual(before['config_values']);
      const secrets = 'SELECT id, owner, value FROM ledger.secrets ORDER BY id';
      expect((await restored.pool.query(secrets)).rows).toEqual((await database.pool.query(secrets)).rows);
      await other.update('/api/v1/Site/Site:lab:', { description: 'restored' });
      expect(await contractor(restored.url, 'log', 'verify')).toMatchObject({ code: 0 });
    } finally {
      await again.stop();
    }
    expect((await contractor(restored.url, 'restore', file())).err).toContain('the database is not empty');
    const wrong = await contractorWith(restored.url, ['restore', file(), '--replace'], {
      CONTRACTOR_SECRET_KEY: Buffer.alloc(32, 'other').toString('base64'),
    });
    expect(wrong).toMatchObject({ code: 0 });
    expect(wrong.out).toContain('the secret key here is another one');
  });

  it('that is killed leaves no backup, and a restore that is killed leaves the database as it was', async () => {
    await database.pool.query(
      `CREATE TABLE IF NOT EXISTS ledger.ballast AS SELECT n, repeat(md5(n::text), 40) AS filling FROM generate_series(1, ${ROWS}) AS n`,
    );
    const killed = path.join(folder, 'killed');
    const backup = begun(database.url, ['backup', killed]);
    await until(async () => (await readdir(folder)).some((name) => name.startsWith('killed.')));
    backup.child.kill('SIGKILL');
    await backup.ended;
    const left = (await readdir(folder)).filter((name) => name.startsWith('killed'));
    expect(left).toEqual([expect.stringMatching(/^killed\.[\da-f]{8}\.unfinished$/)]);
    expect((await contractor('', 'backup', 'verify', path.join(folder, left[0] ?? ''))).code).toBe(1);

    const whole = path.join(folder, 'whole');
    expect(await contractor(database.url, 'backup', whole)).toMatchObject({ code: 0 });
    await database.pool.query('DROP TABLE ledger.ballast');
    const empty = await testDatabase();
    try {
      const restore = begun(empty.url, ['restore', whole]);
      const inserting = `SELECT 1 FROM pg_stat_activity WHERE application_name = 'contractor-tools' AND datname = current_database() AND query LIKE 'INSERT INTO ledger."ballast"%'`;
      await until(async () => (await empty.pool.query(inserting)).rowCount !== 0);
      restore.child.kill('SIGKILL');
      await restore.ended;
      const there = `SELECT to_regclass('log.events') AS log, to_regnamespace('ledger') AS ledger`;
      await until(async () => (await empty.pool.query(inserting)).rowCount === 0);
      expect((await empty.pool.query(there)).rows).toEqual([{ log: null, ledger: null }]);
      expect(await contractor(empty.url, 'restore', whole)).toMatchObject({ code: 0 });
      expect((await empty.pool.query('SELECT count(*)::int AS n FROM ledger.ballast')).rows).toEqual([{ n: ROWS }]);
    } finally {
      await empty.drop();
    }
  });

  it('that was changed is refused', async () => {
    const changed = path.join(folder, 'whole');
    await appendFile(changed, 'x');
    expect((await contractor('', 'backup', 'verify', changed)).code).toBe(1);
  });
});

it('every schema of a server is a log, a ledger, a read model, or of no consequence', async () => {
  // Asked how it is, the database is written to.
  expect(await statusOf()).toBe('ok');
  const { rows } = await database.pool.query<{ name: string }>(
    `SELECT nspname AS name FROM pg_namespace WHERE nspname !~ '^pg_|^information_schema$|^public$' ORDER BY 1`,
  );
  // What is in `records` is an index over the log, made again where it is missing.
  expect(rows.map(({ name }) => name)).toEqual(['ledger', 'log', 'read', 'records', 'runtime']);
  const tables = await database.pool.query<{ name: string }>(
    `SELECT table_schema || '.' || table_name AS name FROM information_schema.tables
     WHERE table_schema IN ('log', 'runtime') ORDER BY 1`,
  );
  // Snapshots are states of streams that are folded again where they are missing.
  expect(tables.rows.map(({ name }) => name)).toEqual([
    'log.events',
    'log.snapshots',
    'log.streams',
    'runtime.write_probe',
  ]);
});

it('a large log is backed up, checked and restored in little memory', async () => {
  const large = await testDatabase();
  const into = await testDatabase();
  try {
    await (await postgresEventStore(large.pool)).close();
    // 100 MB of events, more than the heap can hold, in streams of one each.
    await large.pool.query(
      `INSERT INTO log.events
       SELECT n, 'ballast-' || n, 0, gen_random_uuid(), 'Ballast',
         json_build_object('text', repeat(md5(n::text), 250))::text,
         '{"v":1,"at":"2026-01-01T00:00:00.000000+00:00","actor":"a","request":"r","correlation":"c","prev":""}'
       FROM generate_series(1, 12500) AS n`,
    );
    await large.pool.query(`INSERT INTO log.streams SELECT 'ballast-' || n, 0 FROM generate_series(1, 12500) AS n`);
    const file = path.join(folder, 'large');
    // With less, nearly all of the time goes into finding room in it: the program itself takes 40 MB.
    const little = { NODE_OPTIONS: '--max-old-space-size=96' };
    for (const [url, ...args] of [
      [large.url, 'log', 'verify'],
      [large.url, 'backup', file],
      ['', 'backup', 'verify', file],
      [into.url, 'restore', file],
    ]) {
      expect(await begun(url ?? '', args, little).ended).toMatchObject({ code: 0 });
    }
    const count = 'SELECT count(*)::int AS n FROM log.events';
    expect((await into.pool.query(count)).rows).toEqual((await large.pool.query(count)).rows);
  } finally {
    await large.drop();
    await into.drop();
  }
});
