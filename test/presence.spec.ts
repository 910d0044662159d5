import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { CinpClient } from '#cinp';
import type { NatsServer, RunningProgram, TestContractor, TestDatabase } from '#testing';
import {
  ADMIN_PASSWORD,
  manualFoundation,
  startContractor,
  startNatsServer,
  startProgram,
  testDatabase,
  until,
} from '#testing';

jest.setTimeout(600_000);

interface Shown {
  readonly id: string;
  readonly site: string | null;
  readonly agent: string;
  readonly transport: string;
  readonly present: boolean;
  readonly modules: readonly string[];
  readonly since: string;
  readonly last_seen: string | null;
}

describe('which subcontractors are there', () => {
  let database: TestDatabase;
  let nats: NatsServer;
  let servers: TestContractor[];
  let operator: CinpClient;
  let agent: RunningProgram;
  let session: string;

  const server = (n = 0) => servers[n] as TestContractor;
  const rest = async <T>(path: string, n = 0, options: RequestInit = {}): Promise<T> => {
    const response = await fetch(`${server(n).url}/api/rest/${path}`, {
      ...options,
      headers: { Authorization: `Bearer root:${session}`, 'Content-Type': 'application/json' },
    });
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };
  const list = async (query = '', n = 0) =>
    (await rest<{ readonly items: readonly Shown[] }>(`SubContractor/Subcontractor${query}`, n)).items;
  const begin = (modules: string) =>
    startProgram(
      'apps/subcontractor/src/main',
      {
        NATS_URL: nats.url,
        SUBCONTRACTOR_SITE: 'site1',
        SUBCONTRACTOR_NAME: 'agent1',
        SUBCONTRACTOR_MODULES: modules,
      },
      'serving',
    );
  const history = () =>
    rest<{ readonly value: readonly { readonly change: string }[] }>(
      'SubContractor/Subcontractor/site1.agent1/history',
      0,
      {
        method: 'POST',
        body: '{}',
      },
    );

  beforeAll(async () => {
    [database, nats] = await Promise.all([testDatabase(), startNatsServer()]);
    const settings = {
      DATABASE_URL: database.url,
      NATS_URL: nats.url,
      CONTRACTOR_INSTALLATION: 'main',
      CONTRACTOR_AGENT_GONE: '5',
      CONTRACTOR_POLL_LEASE: '3',
    };
    servers = [await startContractor(settings), await startContractor(settings)];
    operator = new CinpClient(server().url);
    session = await operator.login('root', ADMIN_PASSWORD);
    await operator.create('/api/v1/Site/Site', { name: 'site1', description: 'x' });
  });
  afterAll(async () => {
    await agent.kill();
    for (const one of servers) await one.stop();
    await nats.stop();
    await database.drop();
  });

  it('is recorded when one comes, changes and goes, and can be asked of any time and of every server', async () => {
    expect(await list()).toEqual([]);
    agent = await begin('iputils:3,manual:2');
    await until(async () => (await list()).length === 1);
    const [first] = await list();
    expect(first).toMatchObject({
      id: 'site1.agent1',
      site: 'site1',
      agent: 'agent1',
      transport: 'wire',
      present: true,
      modules: ['iputils', 'manual'],
      limits: { iputils: 3, manual: 2 },
      since: expect.stringMatching(/^20/),
    });
    await until(async () => (await list())[0]?.last_seen !== null);
    const then = new Date().toISOString();
    await agent.stop();
    agent = await begin('manual:2');
    await until(async () => (await list())[0]?.modules.length === 1);
    await agent.kill();
    await until(async () => (await list())[0]?.present === false);
    const [gone] = await list('', 1);
    expect(gone).toMatchObject({ present: false, modules: ['manual'], last_seen: expect.stringMatching(/^20/) });
    expect(Date.parse(gone?.last_seen ?? '')).toBeLessThan(Date.parse(gone?.since ?? ''));
    // Two servers have noted each once.
    expect((await history()).value.map(({ change }) => change)).toEqual(['appeared', 'modules-changed', 'gone']);
    expect(await list(`?at=${encodeURIComponent(then)}`, 1)).toMatchObject([
      { present: true, modules: ['iputils', 'manual'], last_seen: null },
    ]);
  });

  it('tells why a job waits: nobody serves its module, and since when', async () => {
    const script = 'iputils.ping( target="127.0.0.1", count=1 )\n';
    const host = await manualFoundation(operator, 'site1', 'host1', script);
    await operator.call(`${host}(doCreate)`);
    const message = async (n: number) =>
      (await rest<{ readonly items: readonly { readonly message: string }[] }>('Foreman/FoundationJob', n)).items[0]
        ?.message;
    const none = 'no subcontractor serves module "iputils" at site "site1", and none is known to have';
    await until(async () => (await message(0))?.includes(none) ?? false);
    await until(async () => (await message(1))?.includes(none) ?? false);
  });

  it('counts those that poll, by what they ask for, on whichever server', async () => {
    const poller = new CinpClient(server(1).url);
    await poller.login('root', ADMIN_PASSWORD);
    const poll = (modules: readonly string[]) =>
      poller.call('/api/v1/SubContractor/Dispatch(getJobs)', {
        site: '/api/v1/Site/Site:site1:',
        module_list: modules,
        max_jobs: 0,
      });
    await poll(['ssh']);
    const ofSsh = () => list('?filter=present&site=site1&module=ssh');
    await until(async () => (await ofSsh()).length === 1);
    expect(await ofSsh()).toMatchObject([{ agent: 'root@127.0.0.1', transport: 'poll', modules: ['ssh'] }]);
    await until(async () => (await ofSsh()).length === 0);
    expect(await list('?filter=module&module=ssh')).toMatchObject([{ present: false }]);
    expect(await list('?filter=site&site=site1')).toHaveLength(2);
  });

  it('is believed by servers that start: tasks go to agents that have said nothing yet', async () => {
    const stranger = await connect({ servers: nats.url });
    const { streams } = await jetstreamManager(stranger);
    const waiting = async () => (await streams.info('CONTRACTOR_main_TASKS_site1')).state.messages;
    const announcement = { agent: 'idle', modules: { iputils: 1 }, every: 60_000, lacking: [] };
    stranger.publish('contractor.main.agents.site1.idle', JSON.stringify(announcement));
    await until(async () => (await list('?filter=present&site=site1&module=iputils')).length === 1);
    await until(async () => (await waiting()) === 1);
    for (const one of servers) await one.kill();
    for (const one of servers) await one.start();
    await operator.create('/api/v1/Manual/ManualFoundation', {
      site: '/api/v1/Site/Site:site1:',
      locator: 'host2',
      blueprint: '/api/v1/BluePrint/FoundationBluePrint:host1:',
    });
    await operator.call('/api/v1/Building/Foundation:host2:(doCreate)');
    await until(async () => (await waiting()) === 2);
    await stranger.close();
  });
});
