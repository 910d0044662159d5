import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, it, jest } from '@jest/globals';
import { ADMIN_PASSWORD, startContractor, startNatsServer, startProgram, testDatabase, until } from '#testing';
import { CinpClient } from '#cinp';

jest.setTimeout(600_000);

const JOBS = 5;

it('results of a subcontractor that was killed while NATS was away are sent after its restart, and no task is done twice', async () => {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'contractor-kept-'));
  const ledger = path.join(directory, 'effects');
  const state = path.join(directory, 'state');
  const results = path.join(state, 'results');
  const [database, nats] = await Promise.all([testDatabase(), startNatsServer()]);
  // A lease that does not end meanwhile: what goes on does so because of what was kept.
  const server = await startContractor({ DATABASE_URL: database.url, NATS_URL: nats.url, CONTRACTOR_LEASE: '3600' });
  const operator = new CinpClient(server.url);
  await operator.login('root', ADMIN_PASSWORD);
  await operator.create('/api/v1/Site/Site', { name: 'site1', description: 'x' });
  const begin = () =>
    startProgram(
      'apps/subcontractor/src/main',
      {
        NATS_URL: nats.url,
        SUBCONTRACTOR_SITE: 'site1',
        SUBCONTRACTOR_STATE: state,
        SUBCONTRACTOR_TEST_LEDGER: ledger,
        SUBCONTRACTOR_MODULES: 'test:10',
      },
      'serving',
    );
  const effects = async () =>
    (await readFile(ledger, 'utf8').catch(() => ''))
      .split('\n')
      .filter(Boolean)
      .map((line) => (JSON.parse(line) as { readonly name: string }).name);
  const kept = async () => (await readdir(results).catch(() => [])).filter((name) => name.endsWith('.json'));

  let agent = await begin();
  const name = await readFile(path.join(state, 'name'), 'utf8');
  const line = 'test.act_once( name="disk", delay_ms=2000 )';
  await operator.create('/api/v1/BluePrint/Script', { name: 'make', description: 'x', script: `${line}\n` });
  const blueprint = { name: 'b', description: 'x', foundation_type_list: ['Test'] };
  await operator.create('/api/v1/BluePrint/FoundationBluePrint', blueprint);
  await operator.create('/api/v1/BluePrint/BluePrintScript', {
    blueprint: '/api/v1/BluePrint/BluePrint:b:',
    script: '/api/v1/BluePrint/Script:make:',
    name: 'create',
  });
  for (let n = 0; n < JOBS; n += 1) {
    await operator.create('/api/v1/Test/TestFoundation', {
      site: '/api/v1/Site/Site:site1:',
      locator: `host${n}`,
      blueprint: '/api/v1/BluePrint/FoundationBluePrint:b:',
    });
    await operator.call(`/api/v1/Building/Foundation:host${n}:(doCreate)`);
  }
  await until(() => agent.lines.filter((one) => one.includes('task begun')).length === JOBS);
  await nats.kill();
  await until(async () => (await kept()).length === JOBS);
  await agent.kill();
  // What was half written when the power went.
  await writeFile(path.join(results, 'x.json.part'), '{"half');
  await nats.restart();
  agent = await begin();
  expect(agent.lines.join('\n')).toContain('it was not written to its end');
  await until(async () => {
    const states = await Promise.all(
      Array.from({ length: JOBS }, (_, n) => operator.get(`/api/v1/Building/Foundation:host${n}:`)),
    );
    return states.every((one) => one['state'] === 'built');
  });
  await until(async () => (await kept()).length === 0);
  expect(await effects()).toEqual(Array.from({ length: JOBS }, () => 'disk'));
  expect(await readFile(path.join(state, 'name'), 'utf8')).toBe(name);

  expect(await agent.stop()).toBe(0);
  await server.stop();
  await nats.stop();
  await database.drop();
  await rm(directory, { recursive: true });
});
