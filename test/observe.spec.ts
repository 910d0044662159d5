import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { CinpClient } from '#cinp';
import type { RunningProgram, TestContractor, TestDatabase } from '#testing';
import { ADMIN_PASSWORD, startContractor, startNatsServer, startProgram, testDatabase } from '#testing';

jest.setTimeout(600_000);

type Values = Readonly<Record<string, unknown>>;

const SITE = '/api/v1/Site/Site:site1:';
const FOUNDATION = '/api/v1/Building/Foundation:host1:';

/** Waits for a condition, for some minutes at the most. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 120_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`never came true: ${String(condition)}`);
    await sleep(50);
  }
}

/** These tests wait for leases to run out. An agent shows itself every 2 s, on a busy machine later. */
const LEASE_S = 6;
/** Between the beginning of a task and its effect: long enough to kill its agent before, also on a busy machine. */
const DELAY_MS = 10_000;

describe('a task whose agent is killed', () => {
  let directory: string;
  let database: TestDatabase;
  let nats: Awaited<ReturnType<typeof startNatsServer>>;
  let server: TestContractor;
  let client: CinpClient;
  let token: string;
  let agent: RunningProgram;

  const ledger = () => path.join(directory, 'effects');
  const startAgent = () =>
    startProgram(
      'apps/subcontractor/src/main',
      { NATS_URL: nats.url, SUBCONTRACTOR_SITE: 'site1', SUBCONTRACTOR_TEST_LEDGER: ledger() },
      'serving',
    );
  const effects = async () => (await readFile(ledger(), 'utf8').catch(() => '')).split('\n').filter(Boolean);
  const job = async (): Promise<Values | undefined> => {
    const { uris } = await client.list('/api/v1/Foreman/FoundationJob');
    return uris[0] === undefined ? undefined : client.get(uris[0]).catch(() => undefined);
  };
  const built = async () => (await client.get(FOUNDATION))['state'] === 'built';
  const begun = () => until(() => agent.lines.some((line) => line.includes('task begun')));

  beforeEach(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'contractor-observe-'));
    [database, nats] = await Promise.all([testDatabase(), startNatsServer()]);
    server = await startContractor({
      DATABASE_URL: database.url,
      NATS_URL: nats.url,
      CONTRACTOR_LEASE: String(LEASE_S),
    });
    client = new CinpClient(server.url);
    token = await client.login('root', ADMIN_PASSWORD);
    const config_values = { my_password: 'only once' };
    await client.create('/api/v1/Site/Site', { name: 'site1', description: 'x', config_values });
    agent = await startAgent();
  });
  afterEach(async () => {
    await Promise.all([agent.stop(), server.stop()]);
    await nats.stop();
    await database.drop();
    await rm(directory, { recursive: true });
  });

  /** Has a foundation built by a script with this line. */
  async function build(line: string): Promise<void> {
    await client.create('/api/v1/BluePrint/Script', { name: 'act', description: 'x', script: `${line}\n` });
    await client.create('/api/v1/BluePrint/FoundationBluePrint', {
      name: 'test',
      description: 'x',
      foundation_type_list: ['Test'],
    });
    await client.create('/api/v1/BluePrint/BluePrintScript', {
      blueprint: '/api/v1/BluePrint/BluePrint:test:',
      script: '/api/v1/BluePrint/Script:act:',
      name: 'create',
    });
    await client.create('/api/v1/Test/TestFoundation', {
      site: SITE,
      locator: 'host1',
      blueprint: '/api/v1/BluePrint/FoundationBluePrint:test:',
    });
    await client.call(`${FOUNDATION}(doCreate)`);
    await begun();
  }

  const killAgent = async () => {
    await agent.kill();
    agent = await startAgent();
  };

  it('after its effect: it is seen that it was done, and it is not done again', async () => {
    await build('test.act( name="disk", outcome="hang-after" )');
    await until(async () => (await effects()).length === 1);
    await killAgent();
    await until(built);
    expect((await effects()).map((line) => JSON.parse(line) as Values)).toMatchObject([{ name: 'disk' }]);
  });

  it('before its effect: it is seen that it was not done, and it is done once', async () => {
    await build(`test.act( name="disk", delay_ms=${DELAY_MS} )`);
    await killAgent();
    await until(built);
    expect(await effects()).toHaveLength(1);
  });

  it('where nobody can tell: the operator is asked, and decides', async () => {
    await build(`test.act( name="disk", delay_ms=${DELAY_MS}, observed="unknown" )`);
    await killAgent();
    await until(async () => (await job())?.['state'] === 'error');
    const { message, state } = (await job()) ?? {};
    expect([state, message]).toEqual([
      'error',
      expect.stringMatching(
        /^Nobody knows what became of test\.act \(task \d+-1\): "disk" does not tell, as it was told/,
      ),
    ]);
    expect(await effects()).toEqual([]);
    const { uris } = await client.list('/api/v1/Foreman/FoundationJob');
    await client.call(`${uris[0]}(reset)`);
    await until(built);
    expect(await effects()).toHaveLength(1);
  });

  /** Tasks of which nobody knows what became of them. */
  const rest = async (path: string, body?: unknown) => {
    const response = await fetch(`${server.url}/api/rest/Foreman/LostTask${path}`, {
      headers: { Authorization: `Bearer root:${token}`, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Values };
  };
  const lost = async () => ((await rest('?site=site1&filter=site')).body['items'] ?? []) as readonly Values[];

  it('that nobody may do twice: the operator is asked, and says that it was done', async () => {
    await build('test.act_once( name="disk", outcome="hang-after", password=config.my_password )');
    await until(async () => (await effects()).length === 1);
    await killAgent();
    await until(async () => (await lost()).length === 1);
    expect((await job())?.['message']).toMatch(/^Nobody knows what became of test\.act_once \(task \d+-1\): look/);
    const [task] = await lost();
    expect(task).toMatchObject({
      site: 'site1',
      target_class: 'Foundation',
      target_id: 'host1',
      task: `${String(task?.['id'])}-1`,
      module: 'test',
      function: 'act_once',
      parameters: { name: 'disk', outcome: 'hang-after', password: '********' },
      agent: expect.any(String),
      message: (await job())?.['message'],
    });
    const path = `/${String(task?.['id'])}`;
    expect(await rest(`${path}/done`, { result: { effects: 'one' } })).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'result', code: 'INVALID_RESULT' }] },
    });
    expect((await rest(`${path}/done`, { result: { effects: 1 } })).status).toBe(204);
    await until(built);
    expect(await lost()).toEqual([]);
    expect(await effects()).toHaveLength(1);
    expect((await rest(`${path}/again`, {})).status).toBe(404);
  });

  it('that nobody may do twice: the operator says that it failed, or is to be done again', async () => {
    await build(`test.act_once( name="disk", delay_ms=${DELAY_MS} )`);
    await killAgent();
    await until(async () => (await lost()).length === 1);
    const path = `/${String((await lost())[0]?.['id'])}`;
    expect((await rest(`${path}/failed`, { message: 'no disk' })).status).toBe(204);
    expect(await job()).toMatchObject({ state: 'error', message: 'no disk' });
    expect(await lost()).toEqual([]);
    expect((await rest(`${path}/again`, {})).status).toBe(404);
    await client.call(`/api/v1/Foreman/FoundationJob:${path.slice(1)}:(reset)`);
    await begun();
    await killAgent();
    await until(async () => (await lost()).length === 1);
    expect((await rest(`${path}/again`, {})).status).toBe(204);
    await until(built);
    expect(await effects()).toHaveLength(1);
  });

  it('that is reported after all, because its agent only stood still: nobody has to be asked', async () => {
    await build('test.act_once( name="disk", delay_ms=3000 )');
    process.kill(agent.pid, 'SIGSTOP');
    await until(async () => (await lost()).length === 1);
    process.kill(agent.pid, 'SIGCONT');
    await until(built);
    expect(await lost()).toEqual([]);
    expect(await effects()).toHaveLength(1);
  });

  it('fails, and is done once more as often as the configuration of its site says', async () => {
    const task_retry = { 'test.act_again': { times: 2, first: 0.1 } };
    await client.update(SITE, { config_values: { task_retry } });
    await build('test.act_again( name="disk", outcome="fail-after" )');
    await until(async () => (await job())?.['state'] === 'error');
    expect(await effects()).toHaveLength(3);
    expect((await job())?.['message']).toContain('"disk" fails after it was done, as it was told to');
    const { rows } = await database.pool.query(`SELECT 1 FROM log.events WHERE type = 'JobRetryScheduled'`);
    expect(rows).toHaveLength(2);
  });

  it('takes longer than its block may: the job is paused meanwhile', async () => {
    await build(`begin( max_time=0:01 )\n  test.act( name="disk", delay_ms=${DELAY_MS} )\nend`);
    await until(async () => (await job())?.['state'] === 'paused');
    expect(await job()).toMatchObject({ message: 'Max Time Elapsed' });
    expect(await effects()).toEqual([]);
    await until(async () => (await effects()).length === 1);
    await client.call(`${(await client.list('/api/v1/Foreman/FoundationJob')).uris[0]}(resume)`);
    await until(built);
  });
});
