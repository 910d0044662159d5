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
  const deadline = Date.now() + 200_000;
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
    await client.login('root', ADMIN_PASSWORD);
    await client.create('/api/v1/Site/Site', { name: 'site1', description: 'x' });
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

  it('that nobody may do twice: the operator is asked', async () => {
    await build('test.act_once( name="disk", outcome="hang-after" )');
    await until(async () => (await effects()).length === 1);
    await killAgent();
    await until(async () => (await job())?.['state'] === 'error');
    expect((await job())?.['message']).toMatch(/^Nobody knows what became of test\.act_once \(task \d+-1\): look/);
    expect(await effects()).toHaveLength(1);
  });
});
