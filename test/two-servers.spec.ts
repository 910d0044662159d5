import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type pg from 'pg';
import { CinpClient, InvalidRequest } from '#cinp';
import type { TestContractor, TestDatabase } from '#testing';
import {
  ADMIN_PASSWORD,
  manualFoundation,
  startContractor,
  startNatsServer,
  startProgram,
  testDatabase,
  until as untilTrue,
} from '#testing';

jest.setTimeout(600_000);

const SITE = '/api/v1/Site/Site';
const DISPATCH = '/api/v1/SubContractor/Dispatch';
/** Three effects, each of its own name, that take a moment each. */
const script = (name: string) => `begin()
  test.act( name="${name}-1", delay_ms=300 )
  test.act( name="${name}-2", delay_ms=300 )
  test.act( name="${name}-3", delay_ms=300 )
end
`;
const LIMIT_MS = 240_000;

/** Tries again while a server is away. */
async function persist<T>(task: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + LIMIT_MS;
  for (;;) {
    try {
      return await task();
    } catch (error) {
      if (error instanceof InvalidRequest || Date.now() > deadline) throw error;
      await sleep(50);
    }
  }
}

const until = (condition: () => Promise<boolean>) => untilTrue(condition, LIMIT_MS);

const leads = ({ lines }: TestContractor): boolean => lines.some((line) => line.includes('this server is the foreman'));

describe('two servers on one database', () => {
  let database: TestDatabase;
  let directory: string;
  let servers: TestContractor[];

  beforeEach(async () => {
    database = await testDatabase();
    directory = await mkdtemp(path.join(os.tmpdir(), 'contractor-two-'));
    servers = [];
  });
  afterEach(async () => {
    for (const server of servers) await server.stop();
    await database.drop();
    await rm(directory, { recursive: true, force: true });
  });

  const start = async (environment: Readonly<Record<string, string>> = {}): Promise<TestContractor> => {
    const server = await startContractor({
      DATABASE_URL: database.url,
      CONTRACTOR_DATA: directory,
      SUBCONTRACTOR_TEST_LEDGER: path.join(directory, 'effects'),
      CONTRACTOR_LEASE: '3',
      ...environment,
    });
    servers.push(server);
    return server;
  };
  const login = async ({ url }: TestContractor): Promise<CinpClient> => {
    const client = new CinpClient(url);
    await persist(() => client.login('root', ADMIN_PASSWORD));
    return client;
  };
  const effects = async (): Promise<string[]> =>
    (await readFile(path.join(directory, 'effects'), 'utf8').catch(() => ''))
      .split('\n')
      .filter(Boolean)
      .map((line) => (JSON.parse(line) as { readonly name: string }).name);
  const foundation = (client: CinpClient, name: string, text: string) => manualFoundation(client, 'site1', name, text);
  const isBuilt = async (client: CinpClient, uri: string): Promise<boolean> =>
    (await persist(() => client.get(uri)))['state'] === 'built';
  /** The log says of no task that it was completed twice. */
  const expectOnce = async (pool: pg.Pool): Promise<void> => {
    const { rows } = await pool.query<{ task: string; n: number }>(
      `SELECT data::json->>'task' AS task, count(*)::int AS n FROM log.events WHERE type = 'JobStepCompleted'
       GROUP BY 1 HAVING count(*) > 1`,
    );
    expect(rows).toEqual([]);
  };

  it('do each effect once, also when the one that leads is killed, and the other goes on within seconds', async () => {
    const first = await start();
    const second = await start();
    expect([leads(first), leads(second)]).toEqual([true, false]);
    const [here, there] = [await login(first), await login(second)];
    await here.create(SITE, { name: 'site1', description: 'x' });
    const names = Array.from({ length: 8 }, (_, n) => `host${n}`);
    const uris: string[] = [];
    for (const name of names) uris.push(await foundation(here, name, script(name)));
    for (const [n, uri] of uris.entries()) await (n % 2 === 0 ? here : there).call(`${uri}(doCreate)`);

    await until(async () => (await effects()).length >= 6);
    await first.kill();
    const killed = performance.now();
    await until(async () => leads(second));
    expect(performance.now() - killed).toBeLessThan(10_000);

    for (const uri of uris) await until(() => isBuilt(there, uri));
    const wanted = names.flatMap((name) => [1, 2, 3].map((n) => `${name}-${n}`));
    expect((await effects()).toSorted()).toEqual(wanted.toSorted());
    await expectOnce(database.pool);
    expect((await there.list('/api/v1/Foreman/FoundationJob')).uris).toEqual([]);

    // The first one stands by when it is back, and takes its turn when the other one stops.
    await first.start();
    expect(leads(first)).toBe(false);
    const last = await foundation(there, 'last', script('last'));
    await there.call(`${last}(doCreate)`);
    await until(async () => (await effects()).includes('last-1'));
    await second.stop();
    const back = await login(first);
    await until(() => isBuilt(back, last));
    expect((await effects()).filter((name) => name.startsWith('last')).toSorted()).toEqual([
      'last-1',
      'last-2',
      'last-3',
    ]);
  });

  it('share subcontractors over NATS: each effect happens once, whichever of the servers is killed', async () => {
    const nats = await startNatsServer();
    const settings = { NATS_URL: nats.url, CONTRACTOR_LEASE: '5' };
    const first = await start(settings);
    const second = await start(settings);
    const agent = await startProgram(
      'apps/subcontractor/src/main',
      {
        NATS_URL: nats.url,
        SUBCONTRACTOR_SITE: 'site1',
        SUBCONTRACTOR_TEST_LEDGER: path.join(directory, 'effects'),
      },
      'connected to NATS',
    );
    try {
      const [here, there] = [await login(first), await login(second)];
      await here.create(SITE, { name: 'site1', description: 'x' });
      const names = Array.from({ length: 4 }, (_, n) => `host${n}`);
      const uris: string[] = [];
      for (const name of names) uris.push(await foundation(here, name, script(name)));
      for (const [n, uri] of uris.entries()) await (n % 2 === 0 ? here : there).call(`${uri}(doCreate)`);
      await until(async () => (await effects()).length >= 2);
      await first.kill();
      await until(async () => leads(second));
      await until(async () => (await effects()).length >= 6);
      // Back again, it is the one that goes on.
      await first.start();
      await second.kill();
      const back = await login(first);
      for (const uri of uris) await until(() => isBuilt(back, uri));
      const wanted = names.flatMap((name) => [1, 2, 3].map((n) => `${name}-${n}`));
      expect((await effects()).toSorted()).toEqual(wanted.toSorted());
      await expectOnce(database.pool);
    } finally {
      await agent.stop();
      for (const server of servers) await server.stop();
      await nats.stop();
    }
  });

  it('serve agents that poll, each of them, know of each other when they were heard of, and need one key for their secrets', async () => {
    const settings = { CONTRACTOR_SUBCONTRACTOR: 'none', CONTRACTOR_POLL_LEASE: '2' };
    const first = await start(settings);
    // A second one with another key is told so in one line.
    const another = { CONTRACTOR_SECRET_KEY: Buffer.alloc(32, 'other').toString('base64') };
    await expect(start(another)).rejects.toThrow(
      /ended with 2:\nCONTRACTOR_SECRET_KEY="…": is not the key of the secrets in this database/,
    );
    const second = await start(settings);
    const [here, there] = [await login(first), await login(second)];
    await here.create(SITE, { name: 'site1', description: 'x' });
    const uri = await foundation(here, 'host', 'iputils.ping( target="127.0.0.1" )\n');
    await here.call(`${uri}(doCreate)`);
    interface Polled {
      readonly job_id: number;
      readonly cookie: string;
    }
    const poll = (client: CinpClient) =>
      persist(() =>
        client.call<Polled[]>(`${DISPATCH}(getJobs)`, { site: `${SITE}:site1:`, module_list: ['iputils'] }),
      );
    let taken: Polled[] = [];
    while (taken.length === 0) taken = await poll(there);

    // Three leases long it polls the server that does not lead; its task stays its own.
    const enough = performance.now() + 6000;
    while (performance.now() < enough) {
      expect(await poll(there)).toEqual([]);
      await sleep(200);
    }
    const [{ job_id, cookie } = { job_id: 0, cookie: '' }] = taken;
    await first.kill();
    expect(await poll(there)).toEqual([]);
    const report = { job_id, cookie, data: { result: 100 } };
    expect(await persist(() => there.call(`${DISPATCH}(jobResults)`, report))).toBe('Accepted');
    expect(await isBuilt(there, uri)).toBe(true);
    await expectOnce(database.pool);
  });
});
