import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CinpClient } from '#cinp';
import type { RunningProgram, TestContractor, TestDatabase } from '#testing';
import { ADMIN_PASSWORD, startContractor, startProgram, testDatabase, until } from '#testing';

jest.setTimeout(600_000);

const SCRIPT = `
first = test.act( name="first", delay_ms=50 )
test.act_again( name="second" )
`;

describe('our subcontractor, where it polls the server', () => {
  let directory: string;
  let database: TestDatabase;
  let server: TestContractor;
  let agent: RunningProgram | undefined;
  let operator: CinpClient;
  const ledger = () => path.join(directory, 'effects');
  const effects = async () =>
    (await readFile(ledger(), 'utf8').catch(() => ''))
      .split('\n')
      .filter(Boolean)
      .map((line) => (JSON.parse(line) as { readonly name: string }).name);
  const settings = () => ({
    SUBCONTRACTOR_SERVER: server.url,
    SUBCONTRACTOR_USER: 'root',
    SUBCONTRACTOR_PASSWORD: ADMIN_PASSWORD,
    SUBCONTRACTOR_SITE: 'site1',
    SUBCONTRACTOR_NAME: 'poller',
    SUBCONTRACTOR_POLL_INTERVAL: '1',
    SUBCONTRACTOR_STATE: path.join(directory, 'state'),
    SUBCONTRACTOR_TEST_LEDGER: ledger(),
  });
  const begin = async (ready = 'serving') => {
    agent = await startProgram('apps/subcontractor/src/main', settings(), ready);
    return agent;
  };
  const build = async (locator: string, script: string): Promise<void> => {
    await operator.create('/api/v1/BluePrint/Script', { name: locator, description: 'x', script });
    const blueprint = { name: locator, description: 'x', foundation_type_list: ['Test'] };
    await operator.create('/api/v1/BluePrint/FoundationBluePrint', blueprint);
    await operator.create('/api/v1/BluePrint/BluePrintScript', {
      blueprint: `/api/v1/BluePrint/BluePrint:${locator}:`,
      script: `/api/v1/BluePrint/Script:${locator}:`,
      name: 'create',
    });
    await operator.create('/api/v1/Test/TestFoundation', {
      site: '/api/v1/Site/Site:site1:',
      locator,
      blueprint: `/api/v1/BluePrint/FoundationBluePrint:${locator}:`,
    });
    await operator.call(`/api/v1/Building/Foundation:${locator}:(doCreate)`);
  };
  const isBuilt = async (locator: string) =>
    (await operator.get(`/api/v1/Building/Foundation:${locator}:`))['state'] === 'built';

  beforeAll(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'contractor-polling-'));
    database = await testDatabase();
    server = await startContractor({ DATABASE_URL: database.url, CONTRACTOR_SUBCONTRACTOR: 'none' });
    operator = new CinpClient(server.url);
    await operator.login('root', ADMIN_PASSWORD);
  });
  afterAll(async () => {
    await agent?.kill();
    await server.stop();
    await database.drop();
    await rm(directory, { recursive: true });
  });

  it('waits for a site that is not there, and does the tasks of a job once it is', async () => {
    const { lines } = await begin('trying again');
    expect(lines.at(-1)).toContain('there is no site \\"site1\\"');
    await operator.create('/api/v1/Site/Site', { name: 'site1', description: 'x' });
    await build('host1', SCRIPT);
    await until(() => isBuilt('host1'));
    expect(await effects()).toEqual(['first', 'second']);
  });

  it('keeps a result that the server cannot be given, also where it is killed, and gives it after a restart', async () => {
    await build('host2', 'test.act_once( name="third", delay_ms=1500 )\ntest.act_again( name="fourth" )\n');
    await until(() => agent?.lines.some((line) => line.includes('task begun') && line.includes('third')) ?? false);
    await server.kill();
    await until(() => agent?.lines.some((line) => line.includes('a report is not held yet')) ?? false);
    const results = path.join(directory, 'state/results');
    await until(async () => (await readdir(results)).some((name) => name.endsWith('.json')));
    await agent?.kill();
    await server.start();
    const { lines } = await begin();
    await until(() => isBuilt('host2'));
    expect(lines.some((line) => line.includes('sending results that were kept'))).toBe(true);
    expect(await effects()).toEqual(['first', 'second', 'third', 'fourth']);
    expect((await readdir(results)).filter((name) => name.endsWith('.json'))).toEqual([]);
    expect(await agent?.stop()).toBe(0);
  });
});
