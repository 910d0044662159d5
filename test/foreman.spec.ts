import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CinpClient } from '#cinp';
import type { Relay, TestContractor, TestDatabase } from '#testing';
import { ADMIN_PASSWORD, manualFoundation, startContractor, startRelay, testDatabase, until } from '#testing';

jest.setTimeout(300_000);

const SITE = '/api/v1/Site/Site';
const FOUNDATION = '/api/v1/Building/Foundation';
const JOB = '/api/v1/Foreman/FoundationJob';
const DISPATCH = '/api/v1/SubContractor/Dispatch';

type Values = Readonly<Record<string, unknown>>;

interface Polled {
  readonly job_id: number;
  readonly cookie: string;
}

/** A server with a database of its own, and root at it. */
class Installation {
  readonly database: TestDatabase;
  readonly server: TestContractor;
  readonly client: CinpClient;

  private constructor(database: TestDatabase, server: TestContractor) {
    this.database = database;
    this.server = server;
    this.client = new CinpClient(server.url);
  }

  /** @param at address of the database, where the server is not to use its own */
  static async start(
    environment: Readonly<Record<string, string>> = {},
    at = async (url: string): Promise<string> => url,
  ): Promise<Installation> {
    const database = await testDatabase();
    const server = await startContractor({ DATABASE_URL: await at(database.url), ...environment });
    const made = new Installation(database, server);
    await made.client.login('root', ADMIN_PASSWORD);
    return made;
  }

  async stop(): Promise<void> {
    await this.server.stop();
    await this.database.drop();
  }

  /** A site for the tests of one name. */
  site = (name: string) => this.client.create(SITE, { name, description: 'x' });
  foundation = (site: string, name: string, script: string) => manualFoundation(this.client, site, name, script);
  isBuilt = async (uri: string): Promise<boolean> => (await this.client.get(uri))['state'] === 'built';
  /** Whether it is, as far as the server is there to tell. */
  isKnownBuilt = (uri: string): Promise<boolean> => this.isBuilt(uri).catch(() => false);
  poll = (site: string, max = 10): Promise<Polled[]> =>
    this.client.call<Polled[]>(`${DISPATCH}(getJobs)`, {
      site: `${SITE}:${site}:`,
      module_list: ['iputils'],
      max_jobs: max,
    });
  report = ({ job_id, cookie }: Polled): Promise<unknown> =>
    this.client.call(`${DISPATCH}(jobResults)`, { job_id, cookie, data: { result: 100 } });
  stats = (site: string) =>
    this.client.call<{ running: number }>(`/api/v1/Foreman/BaseJob(jobStats)`, { site: `${SITE}:${site}:` });

  /** How many commands were carried out so far, by name. */
  async commands(): Promise<Map<string, number>> {
    const text = await (await fetch(`${this.server.url}/metrics`)).text();
    const found = new Map<string, number>();
    for (const [, labels = '', n] of text.matchAll(/^contractor_command_seconds_count\{(.*)\} (\d+)$/gm)) {
      const name = /command="(\w+)"/.exec(labels)?.[1] ?? '';
      found.set(name, (found.get(name) ?? 0) + Number(n));
    }
    return found;
  }

  async health(): Promise<unknown> {
    const answer = await fetch(`${this.server.url}/health`);
    return ((await answer.json()) as { readonly checks: Values }).checks['foreman'];
  }

  /** How often jobs have failed that these calls have made. */
  async failures(jobs: readonly number[]): Promise<readonly unknown[]> {
    const streams = jobs.map((id) => `job-${id}`);
    const failed = `SELECT data FROM log.events WHERE type = 'JobFailed' AND stream = ANY ($1)`;
    return (await this.database.pool.query(failed, [streams])).rows as unknown[];
  }
}

describe('the foreman', () => {
  let plain: Installation;
  beforeAll(async () => {
    plain = await Installation.start();
  });
  afterAll(() => plain.stop());

  it('does the four units of work that decide something in a job of three tasks, and no other', async () => {
    const { client } = plain;
    await plain.site('units');
    const act = '  test.act( name="one" )\n';
    const uri = await plain.foundation('units', 'three', `begin()\n${act}${act}${act}end\n`);
    const before = await plain.commands();
    await client.call(`${uri}(doCreate)`);
    await until(() => plain.isBuilt(uri));
    // Another one, so that whatever might still be looked at has been.
    const last = await plain.foundation('units', 'last', 'begin()\nend\n');
    const created = await plain.commands();
    await client.call(`${last}(doCreate)`);
    await until(() => plain.isBuilt(last));
    const after = await plain.commands();
    const done = (from: Map<string, number>, to: Map<string, number>) =>
      ['CreateJob', 'ReconcileJob', 'ReportTask'].map((name) => (to.get(name) ?? 0) - (from.get(name) ?? 0));
    expect(done(before, created)).toEqual([1, 0, 3]);
    expect(done(created, after)).toEqual([1, 1, 0]);
  });

  it('tries again what a database without space has refused, and says so in the job, which is never in error', async () => {
    const { client, database } = plain;
    await plain.site('full');
    const uri = await plain.foundation('full', 'full', 'begin()\n  delay( seconds=1 )\nend\n');
    const id = await client.call<number>(`${uri}(doCreate)`);
    await database.pool.query(`
      CREATE FUNCTION log.full() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;
      CREATE TRIGGER full_disk BEFORE INSERT ON log.events EXECUTE FUNCTION log.full()`);
    try {
      const message = async () => (await client.get(`${JOB}:${id}:`))['message'];
      await until(
        async () => (await message()) === 'Waiting for the database: could not extend file: No space left on device',
      );
      // It may have been refused before it started, or after.
      expect(['waiting', 'queued']).toContain((await client.get(`${JOB}:${id}:`))['state']);
      expect(await plain.health()).toEqual({
        status: 'degraded',
        reason: 'jobs wait for the database: 1',
        state: 'leading',
      });
    } finally {
      await database.pool.query('DROP TRIGGER full_disk ON log.events');
    }
    await until(() => plain.isBuilt(uri));
    expect(await plain.failures([id])).toEqual([]);
  });

  it('bears that its connections are killed again and again while jobs run', async () => {
    const { client, database, server } = plain;
    await plain.site('killed');
    const act = (n: number) => `  test.act_once( name="${n}", delay_ms=200 )\n  delay( seconds=1 )\n`;
    const script = `begin()\n${act(1)}${act(2)}${act(3)}end\n`;
    const uris = [await plain.foundation('killed', 'one', script), await plain.foundation('killed', 'two', script)];
    const ids: number[] = [];
    for (const uri of uris) ids.push(await client.call<number>(`${uri}(doCreate)`));
    const { pid } = server;
    for (let n = 0; n < 20; n += 1) {
      await database.pool.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'contractor %'`);
      await sleep(200);
    }
    for (const uri of uris) await until(() => plain.isKnownBuilt(uri));
    expect(await plain.failures(ids)).toEqual([]);
    expect(server.pid).toBe(pid);
    expect(await plain.isBuilt(uris[0] ?? '')).toBe(true);
  });

  it('says in the answer and in the job log that there was nothing to run', async () => {
    const { client, server } = plain;
    await plain.site('bare');
    const blueprint = { name: 'bare', description: 'x', foundation_type_list: ['Manual'] };
    await client.create('/api/v1/BluePrint/FoundationBluePrint', blueprint);
    const created = { site: `${SITE}:bare:`, blueprint: '/api/v1/BluePrint/FoundationBluePrint:bare:' };
    await client.create('/api/v1/Manual/ManualFoundation', { ...created, locator: 'bare1' });
    await client.create('/api/v1/Manual/ManualFoundation', { ...created, locator: 'bare2' });
    const some = await plain.foundation('bare', 'some', 'begin()\nend\n');

    const rest = async (method: string, path: string, token = '') => {
      const headers = { 'Content-Type': 'application/json', Authorization: `Bearer root:${token}` };
      const body = method === 'POST' ? '{}' : undefined;
      const answer = await fetch(`${server.url}/api/rest/${path}`, { method, headers, ...(body ? { body } : {}) });
      return (await answer.json()) as Values;
    };
    const login = { username: 'root', password: ADMIN_PASSWORD };
    const token = await client.call<string>('/api/v1/Auth/User(login)', login);
    const note = 'There is nothing to run: blueprint "bare" has no create script';
    const answer = await rest('POST', 'Building/Foundation/bare1/doCreate', token);
    expect(answer).toEqual({ value: expect.any(Number), note });
    expect(await rest('GET', `Foreman/JobLog/${String(answer['value'])}`, token)).toMatchObject({ note });
    // Over CInP it is the id, as always, and so it is where there is something to run.
    expect(await client.call(`${FOUNDATION}:bare2:(doCreate)`)).toEqual(expect.any(Number));
    expect(await rest('POST', 'Building/Foundation/some/doCreate', token)).toEqual({ value: expect.any(Number) });
    for (const uri of [`${FOUNDATION}:bare1:`, `${FOUNDATION}:bare2:`, some]) await until(() => plain.isBuilt(uri));
  });
});

it('the foreman goes on with every job where its server was killed, and faults none while the server starts', async () => {
  const own = await Installation.start();
  try {
    const { client, server } = own;
    await own.site('site1');
    const first = await own.foundation('site1', 'host0', 'begin()\n  delay( seconds=3600 )\nend\n');
    for (let n = 1; n < 20; n += 1) {
      await client.create('/api/v1/Manual/ManualFoundation', {
        site: `${SITE}:site1:`,
        locator: `host${n}`,
        blueprint: '/api/v1/BluePrint/FoundationBluePrint:host0:',
      });
    }
    const ids = [await client.call(`${first}(doCreate)`)];
    for (let n = 1; n < 20; n += 1) ids.push(await client.call(`${FOUNDATION}:host${n}:(doCreate)`));
    for (const id of ids) await until(async () => (await client.get(`${JOB}:${String(id)}:`))['state'] === 'queued');
    for (let kills = 0; kills < 2; kills += 1) {
      await server.kill();
      await server.start();
      const late = await client.call(`${FOUNDATION}:host${kills}:(getJob)`);
      expect(late).toBe(`${JOB}:${String(ids[kills])}:`);
      expect(server.lines.filter((line) => line.includes('could not be reconciled'))).toEqual([]);
      for (const id of ids) expect(await client.get(`${JOB}:${String(id)}:`)).toMatchObject({ state: 'queued' });
    }
  } finally {
    await own.stop();
  }
});

it('the foreman goes on by itself when the database was not to be reached, and no job is in error', async () => {
  let relay: Relay | undefined;
  const throughRelay = async (url: string): Promise<string> => {
    const behind = new URL(url);
    relay = await startRelay(Number(behind.port));
    behind.port = String(relay.port);
    return behind.href;
  };
  // It is away for longer than an agent may be silent.
  const own = await Installation.start({ CONTRACTOR_LEASE: '2' }, throughRelay);
  try {
    await own.site('site1');
    const script =
      'begin()\n  test.act_once( name="one", delay_ms=1500 )\n  delay( seconds=1 )\n  test.act( name="two" )\nend\n';
    const uris = [await own.foundation('site1', 'one', script), await own.foundation('site1', 'two', script)];
    const ids: number[] = [];
    for (const uri of uris) ids.push(await own.client.call<number>(`${uri}(doCreate)`));
    await relay?.cut();
    await sleep(4000);
    await relay?.mend();
    for (const uri of uris) await until(() => own.isKnownBuilt(uri));
    expect(await own.failures(ids)).toEqual([]);
  } finally {
    await own.server.stop();
    await relay?.stop();
    await own.database.drop();
  }
});

describe('the foreman of agents that poll', () => {
  let polled: Installation;
  beforeAll(async () => {
    polled = await Installation.start({ CONTRACTOR_SUBCONTRACTOR: 'none', CONTRACTOR_SLOW_STEP: '2' });
  });
  afterAll(() => polled.stop());

  it('tells who has taken a task, since when, and that it takes unusually long', async () => {
    const { client } = polled;
    await polled.site('slow');
    const script = 'begin()\n  iputils.ping( target="127.0.0.1" )\n  iputils.ping( target="127.0.0.1" )\nend\n';
    const uri = await polled.foundation('slow', 'slow', script);
    const id = await client.call<number>(`${uri}(doCreate)`);
    const shown = async () => client.get(`${JOB}:${id}:`);
    await until(async () => String((await shown())['status']).includes("'name': 'ping', 'dispatched': False"));
    const [first] = await polled.poll('slow');
    if (!first) throw new Error('there is no task');
    expect((await shown())['status']).toMatch(
      /'name': 'ping', 'dispatched': True, 'agent': 'root at [^']+', 'since': '20[^']+'/,
    );
    expect(await polled.stats('slow')).toEqual({ running: 1, error: 0, slow: 0 });
    await polled.report(first);
    const [second] = await polled.poll('slow');
    if (!second) throw new Error('there is no task');
    await until(async () => String((await shown())['message']).includes('usually takes'));
    expect((await shown())['message']).toMatch(
      /^iputils.ping \(task \d+-2\) is with root at .* since 20.*, and usually takes 1 s: /,
    );
    expect(await polled.stats('slow')).toEqual({ running: 1, error: 0, slow: 1 });
    await polled.report(second);
    await until(() => polled.isBuilt(uri));
  });

  it('hands out no more than is asked for, the oldest jobs first, and each task once', async () => {
    await polled.site('many');
    const ids: number[] = [];
    for (let n = 0; n < 7; n += 1) {
      const uri = await polled.foundation('many', `host${n}`, 'iputils.ping( target="127.0.0.1" )\n');
      ids.push(await polled.client.call<number>(`${uri}(doCreate)`));
    }
    await until(async () => (await polled.stats('many')).running === 7);
    const given: number[] = [];
    const rounds: number[] = [];
    while (given.length < 7) {
      const [one, other] = await Promise.all([polled.poll('many', 2), polled.poll('many', 2)]);
      rounds.push(one.length, other.length);
      given.push(...[...one, ...other].map(({ job_id: id }) => id));
    }
    expect(rounds.every((n) => n <= 2)).toBe(true);
    expect(given.toSorted((one, other) => one - other)).toEqual(ids);
    expect(await polled.poll('many')).toEqual([]);
  });
});
