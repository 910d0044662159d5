import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CinpClient } from '#cinp';
import type { RunningProgram, TestContractor, TestDatabase } from '#testing';
import { ADMIN_PASSWORD, startContractor, startNatsServer, startProgram, testDatabase } from '#testing';

jest.setTimeout(600_000);

type Values = Readonly<Record<string, unknown>>;

const SITE = '/api/v1/Site/Site:site1:';

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

describe('a task', () => {
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
      {
        NATS_URL: nats.url,
        SUBCONTRACTOR_SITE: 'site1',
        SUBCONTRACTOR_MODULES: 'test:10',
        SUBCONTRACTOR_TEST_LEDGER: ledger(),
      },
      'serving',
    );
  /** Those of a name; each test has its own, which its foundation has, too. */
  const effects = async (name: string) =>
    (await readFile(ledger(), 'utf8').catch(() => ''))
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Values)
      .filter((effect) => effect['name'] === name);
  const foundation = (name: string) => `/api/v1/Building/Foundation:${name}:`;
  const job = async (name: string): Promise<Values | undefined> => {
    const uri = await client.call<string | null>(`${foundation(name)}(getJob)`);
    return uri === null ? undefined : client.get(uri).catch(() => undefined);
  };
  const ofJob = async (name: string, action: string) =>
    client.call(`${String(await client.call(`${foundation(name)}(getJob)`))}(${action})`);
  const built = async (name: string) => (await client.get(foundation(name)))['state'] === 'built';
  /** Waits until the agent of now is at a task of a job. */
  const begun = (id: number) =>
    until(() => agent.lines.some((line) => line.includes('task begun') && line.includes(`"task":"${id}-`)));

  beforeAll(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'contractor-observe-'));
    [database, nats] = await Promise.all([testDatabase(), startNatsServer()]);
    server = await startContractor({
      DATABASE_URL: database.url,
      NATS_URL: nats.url,
      CONTRACTOR_LEASE: String(LEASE_S),
    });
    client = new CinpClient(server.url);
    token = await client.login('root', ADMIN_PASSWORD);
    const config_values = { my_password: 'only once', task_retry: { 'test.act_again': { times: 2, first: 0.1 } } };
    await client.create('/api/v1/Site/Site', { name: 'site1', description: 'x', config_values });
    agent = await startAgent();
  });
  afterAll(async () => {
    await Promise.all([agent.stop(), server.stop()]);
    await nats.stop();
    await database.drop();
    await rm(directory, { recursive: true });
  });

  /** Has a foundation built by a script with this line. @returns id of the job, whose task the agent is at */
  async function build(name: string, line: string): Promise<number> {
    await client.create('/api/v1/BluePrint/Script', { name, description: 'x', script: `${line}\n` });
    await client.create('/api/v1/BluePrint/FoundationBluePrint', {
      name,
      description: 'x',
      foundation_type_list: ['Test'],
    });
    await client.create('/api/v1/BluePrint/BluePrintScript', {
      blueprint: `/api/v1/BluePrint/BluePrint:${name}:`,
      script: `/api/v1/BluePrint/Script:${name}:`,
      name: 'create',
    });
    await client.create('/api/v1/Test/TestFoundation', {
      site: SITE,
      locator: name,
      blueprint: `/api/v1/BluePrint/FoundationBluePrint:${name}:`,
    });
    const id = await client.call<number>(`${foundation(name)}(doCreate)`);
    await begun(id);
    return id;
  }

  const killAgent = async () => {
    await agent.kill();
    agent = await startAgent();
  };

  /** Tasks of which nobody knows what became of them. */
  const rest = async (path: string, body?: unknown) => {
    const response = await fetch(`${server.url}/api/rest/Foreman/LostTask${path}`, {
      headers: { Authorization: `Bearer root:${token}`, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Values };
  };
  const lost = async (name: string) => {
    const { items } = (await rest('?site=site1&filter=site')).body;
    return ((items ?? []) as readonly Values[]).filter((task) => task['target_id'] === name);
  };

  describe('whose agent is killed', () => {
    let failing: number;
    beforeAll(async () => {
      // One agent is at all of them.
      await build('seen', 'test.act( name="seen", outcome="hang-after" )');
      await build('told', 'test.act_once( name="told", outcome="hang-after", password=config.my_password )');
      await until(async () => (await effects('seen')).length === 1 && (await effects('told')).length === 1);
      await build('later', `test.act( name="later", delay_ms=${DELAY_MS} )`);
      await build('unknown', `test.act( name="unknown", delay_ms=${DELAY_MS}, observed="unknown" )`);
      failing = await build('failing', `test.act_once( name="failing", delay_ms=${DELAY_MS} )`);
      await killAgent();
    });

    it('after its effect: it is seen that it was done, and it is not done again', async () => {
      await until(() => built('seen'));
      expect(await effects('seen')).toMatchObject([{ name: 'seen' }]);
    });

    it('before its effect: it is seen that it was not done, and it is done once', async () => {
      await until(() => built('later'));
      expect(await effects('later')).toHaveLength(1);
    });

    it('where nobody can tell: the operator is asked, and decides', async () => {
      await until(async () => (await job('unknown'))?.['state'] === 'error');
      expect((await job('unknown'))?.['message']).toMatch(
        /^Nobody knows what became of test\.act \(task \d+-1\): "unknown" does not tell, as it was told/,
      );
      expect(await effects('unknown')).toEqual([]);
      await ofJob('unknown', 'reset');
      await until(() => built('unknown'));
      expect(await effects('unknown')).toHaveLength(1);
    });

    it('that nobody may do twice: the operator is asked, and says that it was done', async () => {
      await until(async () => (await lost('told')).length === 1);
      const { message } = (await job('told')) ?? {};
      expect(message).toMatch(/^Nobody knows what became of test\.act_once \(task \d+-1\): look/);
      const [task] = await lost('told');
      expect(task).toMatchObject({
        site: 'site1',
        target_class: 'Foundation',
        target_id: 'told',
        task: `${String(task?.['id'])}-1`,
        module: 'test',
        function: 'act_once',
        parameters: { name: 'told', outcome: 'hang-after', password: '********' },
        agent: expect.any(String),
        message,
      });
      const path = `/${String(task?.['id'])}`;
      expect(await rest(`${path}/done`, { result: { effects: 'one' } })).toMatchObject({
        status: 422,
        body: { errors: [{ field: 'result', code: 'INVALID_RESULT' }] },
      });
      expect((await rest(`${path}/done`, { result: { effects: 1 } })).status).toBe(204);
      await until(() => built('told'));
      expect(await lost('told')).toEqual([]);
      expect(await effects('told')).toHaveLength(1);
      expect((await rest(`${path}/again`, {})).status).toBe(404);
    });

    it('that nobody may do twice: the operator says that it failed, or is to be done again', async () => {
      await until(async () => (await lost('failing')).length === 1);
      const path = `/${failing}`;
      expect((await rest(`${path}/failed`, { message: 'no disk' })).status).toBe(204);
      expect(await job('failing')).toMatchObject({ state: 'error', message: 'no disk' });
      expect(await lost('failing')).toEqual([]);
      expect((await rest(`${path}/again`, {})).status).toBe(404);
      await ofJob('failing', 'reset');
      await begun(failing);
      await killAgent();
      await until(async () => (await lost('failing')).length === 1);
      expect((await rest(`${path}/again`, {})).status).toBe(204);
      await until(() => built('failing'));
      expect(await effects('failing')).toHaveLength(1);
    });
  });

  it('that is reported after all, because its agent only stood still: nobody has to be asked', async () => {
    await build('still', 'test.act_once( name="still", delay_ms=3000 )');
    process.kill(agent.pid, 'SIGSTOP');
    await until(async () => (await lost('still')).length === 1);
    process.kill(agent.pid, 'SIGCONT');
    await until(() => built('still'));
    expect(await lost('still')).toEqual([]);
    expect(await effects('still')).toHaveLength(1);
  });

  it('fails, and is done once more as often as the configuration of its site says', async () => {
    const id = await build('again', 'test.act_again( name="again", outcome="fail-after" )');
    await until(async () => (await job('again'))?.['state'] === 'error');
    expect(await effects('again')).toHaveLength(3);
    expect((await job('again'))?.['message']).toContain('"again" fails after it was done, as it was told to');
    const { rows } = await database.pool.query(
      `SELECT 1 FROM log.events WHERE type = 'JobRetryScheduled' AND stream = 'job-${id}'`,
    );
    expect(rows).toHaveLength(2);
  });

  it('takes longer than its block may: the job is paused meanwhile', async () => {
    await build('long', `begin( max_time=0:01 )\n  test.act( name="long", delay_ms=${DELAY_MS} )\nend`);
    await until(async () => (await job('long'))?.['state'] === 'paused');
    expect(await job('long')).toMatchObject({ message: 'Max Time Elapsed' });
    expect(await effects('long')).toEqual([]);
    await until(async () => (await effects('long')).length === 1);
    await ofJob('long', 'resume');
    await until(() => built('long'));
  });
});
