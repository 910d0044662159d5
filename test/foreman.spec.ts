import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { CinpClient } from '#cinp';
import type { Relay, TestContractor, TestDatabase } from '#testing';
import { ADMIN_PASSWORD, manualFoundation, startContractor, startRelay, testDatabase, until } from '#testing';

jest.setTimeout(300_000);

const SITE = '/api/v1/Site/Site';
const FOUNDATION = '/api/v1/Building/Foundation';
const JOB = '/api/v1/Foreman/FoundationJob';
const DISPATCH = '/api/v1/SubContractor/Dispatch';

interface Polled {
  readonly job_id: number;
  readonly cookie: string;
}

describe('the foreman', () => {
  let database: TestDatabase;
  let server: TestContractor;
  let client: CinpClient;
  let relay: Relay | undefined;

  beforeEach(async () => {
    database = await testDatabase();
    relay = undefined;
  });
  afterEach(async () => {
    await server.stop();
    await relay?.stop();
    await database.drop();
  });

  const start = async (environment: Readonly<Record<string, string>> = {}): Promise<void> => {
    server = await startContractor({ DATABASE_URL: database.url, ...environment });
    client = new CinpClient(server.url);
    await client.login('root', ADMIN_PASSWORD);
    await client.create(SITE, { name: 'site1', description: 'x' });
  };
  const foundation = (name: string, script: string) => manualFoundation(client, 'site1', name, script);
  const isBuilt = async (uri: string): Promise<boolean> => (await client.get(uri))['state'] === 'built';
  const poll = (max = 10): Promise<Polled[]> =>
    client.call<Polled[]>(`${DISPATCH}(getJobs)`, {
      site: `${SITE}:site1:`,
      module_list: ['iputils'],
      max_jobs: max,
    });
  const report = ({ job_id, cookie }: Polled): Promise<unknown> =>
    client.call(`${DISPATCH}(jobResults)`, { job_id, cookie, data: { result: 100 } });
  /** How many commands were carried out so far, by name. */
  const commands = async (): Promise<Map<string, number>> => {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    const found = new Map<string, number>();
    for (const [, labels = '', n] of text.matchAll(/^contractor_command_seconds_count\{(.*)\} (\d+)$/gm)) {
      const name = /command="(\w+)"/.exec(labels)?.[1] ?? '';
      found.set(name, (found.get(name) ?? 0) + Number(n));
    }
    return found;
  };
  const health = async (): Promise<unknown> => {
    const told = (await (await fetch(`${server.url}/health`)).json()) as { readonly checks: Record<string, unknown> };
    return told.checks['foreman'];
  };
  const failures = async (): Promise<unknown[]> =>
    (await database.pool.query(`SELECT data FROM log.events WHERE type = 'JobFailed'`)).rows as unknown[];

  it('goes on with every job where its server was killed, and faults none while the server starts', async () => {
    await start();
    const first = await foundation('host0', 'begin()\n  delay( seconds=3600 )\nend\n');
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
  });

  it('does the four units of work that decide something in a job of three tasks, and no other', async () => {
    await start();
    const act = '  test.act( name="one" )\n';
    const uri = await foundation('host', `begin()\n${act}${act}${act}end\n`);
    const before = await commands();
    await client.call(`${uri}(doCreate)`);
    await until(() => isBuilt(uri));
    // Another one, so that whatever might still be looked at has been.
    const last = await foundation('last', 'begin()\nend\n');
    const created = await commands();
    await client.call(`${last}(doCreate)`);
    await until(() => isBuilt(last));
    const after = await commands();
    const done = (from: Map<string, number>, to: Map<string, number>) =>
      ['CreateJob', 'ReconcileJob', 'ReportTask'].map((name) => (to.get(name) ?? 0) - (from.get(name) ?? 0));
    expect(done(before, created)).toEqual([1, 0, 3]);
    expect(done(created, after)).toEqual([1, 1, 0]);
  });

  it('tries again what a database without space has refused, and says so in the job, which is never in error', async () => {
    await start();
    const uri = await foundation('host', 'begin()\n  delay( seconds=1 )\nend\n');
    const id = await client.call<number>(`${uri}(doCreate)`);
    await database.pool.query(`
      CREATE FUNCTION log.full() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;
      CREATE TRIGGER full_disk BEFORE INSERT ON log.events EXECUTE FUNCTION log.full()`);
    const message = async () => (await client.get(`${JOB}:${id}:`))['message'];
    await until(
      async () => (await message()) === 'Waiting for the database: could not extend file: No space left on device',
    );
    // It may have been refused before it started, or after.
    expect(['waiting', 'queued']).toContain((await client.get(`${JOB}:${id}:`))['state']);
    expect(await health()).toEqual({
      status: 'degraded',
      reason: 'jobs wait for the database: 1',
      state: 'leading',
    });
    await database.pool.query('DROP TRIGGER full_disk ON log.events');
    await until(() => isBuilt(uri));
    expect(await failures()).toEqual([]);
  });

  it('goes on by itself when the database was not to be reached, and no job is in error', async () => {
    const url = new URL(database.url);
    relay = await startRelay(Number(url.port));
    url.port = String(relay.port);
    // It is away for longer than an agent may be silent.
    await start({ DATABASE_URL: url.href, CONTRACTOR_LEASE: '2' });
    const script =
      'begin()\n  test.act_once( name="one", delay_ms=1500 )\n  delay( seconds=1 )\n  test.act( name="two" )\nend\n';
    const uris = [await foundation('one', script), await foundation('two', script)];
    for (const uri of uris) await client.call(`${uri}(doCreate)`);
    await relay.cut();
    await sleep(4000);
    await relay.mend();
    const built = async (uri: string) => isBuilt(uri).catch(() => false);
    for (const uri of uris) await until(() => built(uri));
    expect(await failures()).toEqual([]);
  });

  it('bears that its connections are killed again and again while jobs run', async () => {
    await start();
    const act = (n: number) => `  test.act_once( name="${n}", delay_ms=200 )\n  delay( seconds=1 )\n`;
    const script = `begin()\n${act(1)}${act(2)}${act(3)}end\n`;
    const uris = [await foundation('one', script), await foundation('two', script)];
    for (const uri of uris) await client.call(`${uri}(doCreate)`);
    const { pid } = server;
    const built = async (uri: string) => isBuilt(uri).catch(() => false);
    for (let n = 0; n < 20; n += 1) {
      await database.pool.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'contractor %'`);
      await sleep(200);
    }
    for (const uri of uris) await until(() => built(uri));
    expect(await failures()).toEqual([]);
    expect(server.pid).toBe(pid);
    expect(await isBuilt(uris[0] ?? '')).toBe(true);
  });

  it('tells who has taken a task, since when, and that it takes unusually long', async () => {
    await start({ CONTRACTOR_SUBCONTRACTOR: 'none', CONTRACTOR_SLOW_STEP: '2' });
    const script = 'begin()\n  iputils.ping( target="127.0.0.1" )\n  iputils.ping( target="127.0.0.1" )\nend\n';
    const uri = await foundation('host', script);
    const id = await client.call<number>(`${uri}(doCreate)`);
    const shown = async () => client.get(`${JOB}:${id}:`);
    await until(async () => String((await shown())['status']).includes("'name': 'ping', 'dispatched': False"));
    const [first] = await poll();
    if (!first) throw new Error('there is no task');
    expect((await shown())['status']).toMatch(
      /'name': 'ping', 'dispatched': True, 'agent': 'root at [^']+', 'since': '20[^']+'/,
    );
    const stats = () => client.call(`/api/v1/Foreman/BaseJob(jobStats)`, { site: `${SITE}:site1:` });
    expect(await stats()).toEqual({ running: 1, error: 0, slow: 0 });
    await report(first);
    const [second] = await poll();
    if (!second) throw new Error('there is no task');
    await until(async () => String((await shown())['message']).includes('usually takes'));
    expect((await shown())['message']).toMatch(
      /^iputils.ping \(task \d+-2\) is with root at .* since 20.*, and usually takes 1 s: /,
    );
    expect(await stats()).toEqual({ running: 1, error: 0, slow: 1 });
    await report(second);
    await until(() => isBuilt(uri));
  });

  it('says in the answer and in the job log that there was nothing to run', async () => {
    await start();
    const blueprint = { name: 'bare', description: 'x', foundation_type_list: ['Manual'] };
    await client.create('/api/v1/BluePrint/FoundationBluePrint', blueprint);
    const created = { site: `${SITE}:site1:`, blueprint: '/api/v1/BluePrint/FoundationBluePrint:bare:' };
    await client.create('/api/v1/Manual/ManualFoundation', { ...created, locator: 'one' });
    await client.create('/api/v1/Manual/ManualFoundation', { ...created, locator: 'two' });
    const some = await foundation('three', 'begin()\nend\n');

    const rest = async (method: string, path: string, token = '') => {
      const headers = { 'Content-Type': 'application/json', Authorization: `Bearer root:${token}` };
      const body = method === 'POST' ? '{}' : undefined;
      const answer = await fetch(`${server.url}/api/rest/${path}`, { method, headers, ...(body ? { body } : {}) });
      return (await answer.json()) as Readonly<Record<string, unknown>>;
    };
    const login = { username: 'root', password: ADMIN_PASSWORD };
    const token = await client.call<string>('/api/v1/Auth/User(login)', login);
    const note = 'There is nothing to run: blueprint "bare" has no create script';
    const answer = await rest('POST', 'Building/Foundation/one/doCreate', token);
    expect(answer).toEqual({ value: expect.any(Number), note });
    expect(await rest('GET', `Foreman/JobLog/${String(answer['value'])}`, token)).toMatchObject({ note });
    // Over CInP it is the id, as always, and so it is where there is something to run.
    expect(await client.call(`${FOUNDATION}:two:(doCreate)`)).toEqual(expect.any(Number));
    expect(await rest('POST', 'Building/Foundation/three/doCreate', token)).toEqual({ value: expect.any(Number) });
    for (const uri of [`${FOUNDATION}:one:`, `${FOUNDATION}:two:`, some]) await until(() => isBuilt(uri));
  });

  it('hands out no more than is asked for, the oldest jobs first, and each task once', async () => {
    await start({ CONTRACTOR_SUBCONTRACTOR: 'none' });
    const ids: number[] = [];
    for (let n = 0; n < 7; n += 1) {
      const uri = await foundation(`host${n}`, 'iputils.ping( target="127.0.0.1" )\n');
      ids.push(await client.call<number>(`${uri}(doCreate)`));
    }
    const stats = () =>
      client.call<{ running: number }>(`/api/v1/Foreman/BaseJob(jobStats)`, { site: `${SITE}:site1:` });
    await until(async () => (await stats()).running === 7);
    const given: number[] = [];
    const rounds: number[] = [];
    while (given.length < 7) {
      const [one, other] = await Promise.all([poll(2), poll(2)]);
      rounds.push(one.length, other.length);
      given.push(...[...one, ...other].map(({ job_id: id }) => id));
    }
    expect(rounds.every((n) => n <= 2)).toBe(true);
    expect(given.toSorted((one, other) => one - other)).toEqual(ids);
    expect(await poll()).toEqual([]);
  });
});
