import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, it, jest } from '@jest/globals';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { CinpClient } from '#cinp';
import { ADMIN_PASSWORD, startContractor, startNatsServer, startProgram, testDatabase, until } from '#testing';

jest.setTimeout(600_000);

const TASKS = /^CONTRACTOR_.*_TASKS_site1$/;

it('a task of a cancelled job that no agent has begun is not carried out over NATS, whatever may be done with it', async () => {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'contractor-cancel-'));
  const ledger = path.join(directory, 'effects');
  const [database, nats] = await Promise.all([testDatabase(), startNatsServer()]);
  const server = await startContractor({ DATABASE_URL: database.url, NATS_URL: nats.url });
  const client = new CinpClient(server.url);
  await client.login('root', ADMIN_PASSWORD);
  await client.create('/api/v1/Site/Site', { name: 'site1', description: 'x' });
  const agent = await startProgram(
    'apps/subcontractor/src/main',
    {
      NATS_URL: nats.url,
      SUBCONTRACTOR_SITE: 'site1',
      SUBCONTRACTOR_TEST_LEDGER: ledger,
      SUBCONTRACTOR_MODULES: 'test:1',
    },
    'serving',
  );
  const observer = await connect({ servers: nats.url });
  const { streams } = await jetstreamManager(observer);
  const waiting = async (): Promise<number> => {
    for await (const { config, state } of streams.list()) if (TASKS.test(config.name)) return state.messages;
    return 0;
  };
  const done = async () =>
    (await readFile(ledger, 'utf8').catch(() => ''))
      .split('\n')
      .filter(Boolean)
      .map((line) => (JSON.parse(line) as { readonly name: string }).name);

  /** Has a foundation built by a script of this one line, with its name. */
  const build = async (locator: string, line: string): Promise<void> => {
    await client.create('/api/v1/BluePrint/Script', { name: locator, description: 'x', script: `${line}\n` });
    const blueprint = { name: locator, description: 'x', foundation_type_list: ['Test'] };
    await client.create('/api/v1/BluePrint/FoundationBluePrint', blueprint);
    await client.create('/api/v1/BluePrint/BluePrintScript', {
      blueprint: `/api/v1/BluePrint/BluePrint:${locator}:`,
      script: `/api/v1/BluePrint/Script:${locator}:`,
      name: 'create',
    });
    await client.create('/api/v1/Test/TestFoundation', {
      site: '/api/v1/Site/Site:site1:',
      locator,
      blueprint: `/api/v1/BluePrint/FoundationBluePrint:${locator}:`,
    });
    await client.call(`/api/v1/Building/Foundation:${locator}:(doCreate)`);
  };
  const cancel = async (locator: string): Promise<void> => {
    const job = await client.call<string>(`/api/v1/Building/Foundation:${locator}:(getJob)`);
    await client.call(`${job}(cancel)`);
  };

  await build('host1', 'test.act_again( name="host1", delay_ms=6000 )');
  await until(() => agent.lines.some((line) => line.includes('task begun')));
  await build('host2', 'test.act_once( name="host2" )');
  await build('host3', 'test.act_again( name="host3" )');
  await build('host4', 'test.act_again( name="host4" )');
  await until(async () => (await waiting()) === 4);
  await cancel('host2');
  await cancel('host3');
  await until(async () => (await waiting()) <= 2);
  await until(async () => (await done()).includes('host4'));
  expect(await done()).toEqual(['host1', 'host4']);

  await observer.close();
  await Promise.all([agent.stop(), server.stop()]);
  await nats.stop();
  await database.drop();
  await rm(directory, { recursive: true });
});
