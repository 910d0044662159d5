import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { CinpClient } from '#cinp';
import type { NatsServer, RunningProgram, TestContractor, TestDatabase } from '#testing';
import { ADMIN_PASSWORD, startContractor, startNatsServer, startProgram, testDatabase } from '#testing';
import { runCommand } from './run-command.ts';

jest.setTimeout(600_000);

/** How long a step may take on a busy machine, in milliseconds. */
const LIMIT_MS = 120_000;

type Values = Readonly<Record<string, unknown>>;

interface Health {
  readonly status: string;
  readonly checks: { readonly subcontractors: Values & { readonly status: string; readonly reason?: string } };
}

async function until<T>(task: () => Promise<T | undefined | false>): Promise<T> {
  const deadline = Date.now() + LIMIT_MS;
  for (;;) {
    const value = await task();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > deadline) throw new Error(`it did not come to that in time: ${String(task)}`);
    await sleep(50);
  }
}

const siteUri = (name: string): string => `/api/v1/Site/Site:${name}:`;

/** A server, and an operator of it. */
class Installation {
  readonly database: TestDatabase;
  readonly server: TestContractor;
  readonly client: CinpClient;
  token = '';

  constructor(database: TestDatabase, server: TestContractor) {
    this.database = database;
    this.server = server;
    this.client = new CinpClient(server.url);
  }

  static async start(settings: Readonly<Record<string, string>>): Promise<Installation> {
    const database = await testDatabase();
    const made = new Installation(database, await startContractor({ DATABASE_URL: database.url, ...settings }));
    await made.client.login('root', ADMIN_PASSWORD);
    made.token = (await made.rest('Auth/User/login', { username: 'root', password: ADMIN_PASSWORD }, false)) as string;
    return made;
  }

  async stop(): Promise<void> {
    await this.server.stop();
    await this.database.drop();
  }

  /** Calls an action over REST. */
  async rest(path: string, parameters: Values, authorized = true): Promise<unknown> {
    const response = await fetch(`${this.server.url}/api/rest/${path}`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        ...(authorized ? { Authorization: `Bearer root:${this.token}` } : {}),
      },
      body: JSON.stringify(parameters),
    });
    const body = (await response.json()) as Values;
    if (!response.ok) throw new Error(JSON.stringify(body));
    return body['value'];
  }

  health = async (): Promise<Health> => (await (await fetch(`${this.server.url}/health`)).json()) as Health;
  metrics = async (): Promise<string> => (await fetch(`${this.server.url}/metrics`)).text();

  site = (name: string) => this.client.create('/api/v1/Site/Site', { name, description: 'x' });

  /** Has foundations built whose script is this line. */
  async build(site: string, locators: readonly string[], line: string): Promise<void> {
    const name = `at-${site}`;
    await this.client.create('/api/v1/BluePrint/Script', { name, description: 'x', script: `${line}\n` });
    await this.client.create('/api/v1/BluePrint/FoundationBluePrint', {
      name,
      description: 'x',
      foundation_type_list: ['Manual'],
    });
    await this.client.create('/api/v1/BluePrint/BluePrintScript', {
      blueprint: `/api/v1/BluePrint/BluePrint:${name}:`,
      script: `/api/v1/BluePrint/Script:${name}:`,
      name: 'create',
    });
    for (const locator of locators) {
      await this.client.create('/api/v1/Manual/ManualFoundation', {
        site: siteUri(site),
        locator,
        blueprint: `/api/v1/BluePrint/FoundationBluePrint:${name}:`,
      });
      await this.client.call(`/api/v1/Building/Foundation:${locator}:(doCreate)`);
    }
  }

  built = async (locator: string): Promise<boolean> =>
    (await this.client.get(`/api/v1/Building/Foundation:${locator}:`))['state'] === 'built';
}

const PING = 'received = iputils.ping( target="127.0.0.1", count=1 )';

describe('subcontractors over NATS', () => {
  let nats: NatsServer;
  let lab: Installation;
  beforeAll(async () => {
    nats = await startNatsServer();
    lab = await Installation.start({ NATS_URL: nats.url, CONTRACTOR_INSTALLATION: 'lab' });
  });
  afterAll(async () => {
    await lab.stop();
    await nats.stop();
  });
  const ends: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).toReversed()) await end();
  });

  const agent = async (settings: Readonly<Record<string, string>>, said = 'serving'): Promise<RunningProgram> => {
    const made = await startProgram('apps/subcontractor/src/main', { NATS_URL: nats.url, ...settings }, said);
    ends.push(() => made.stop());
    return made;
  };
  const subcontractorsOf = async (it: Installation) => (await it.health()).checks.subcontractors;

  it('of two installations on one NATS do each the jobs of their own, and drop none', async () => {
    const other = await Installation.start({ NATS_URL: nats.url, CONTRACTOR_LEASE: '600' });
    ends.push(() => other.stop());
    await Promise.all([lab.site('site1'), other.site('site1')]);
    const { installation: id } = await subcontractorsOf(other);
    const { deadLetters } = await subcontractorsOf(lab);
    await Promise.all([
      agent({ SUBCONTRACTOR_SITE: 'site1', CONTRACTOR_INSTALLATION: 'lab' }),
      agent({ SUBCONTRACTOR_SITE: 'site1', CONTRACTOR_INSTALLATION: String(id) }),
    ]);
    const locators = Array.from({ length: 6 }, (_, n) => `host${n}`);
    await Promise.all([lab, other].map((it) => it.build('site1', locators, PING)));
    for (const it of [lab, other]) {
      for (const locator of locators) await until(() => it.built(locator));
    }
    expect(await subcontractorsOf(other)).toMatchObject({ deadLetters: 0, agents: 1 });
    expect(await subcontractorsOf(lab)).toMatchObject({ deadLetters });
    // Those of other tests are forgotten by and by.
    await until(async () => (await subcontractorsOf(lab))['agents'] === 1);
  });

  it('of an installation whose id has other data on this NATS: the server does not start, and says both', async () => {
    const { rows } = await lab.database.pool.query<{ data: string }>('SELECT data FROM ledger.installation');
    const started = Installation.start({ NATS_URL: nats.url, CONTRACTOR_INSTALLATION: 'lab' });
    await expect(started).rejects.toThrow(
      new RegExp(
        `CONTRACTOR_INSTALLATION="lab": the installation "lab" on this NATS has other data \\(${rows[0]?.data}\\)`,
      ),
    );
  });

  it('whose reports nobody can take: they are counted and kept for an operator', async () => {
    const report = (job: number) =>
      JSON.stringify({ task: `${job}-1`, cookie: `c${job}`, job, agent: 'a', outcome: { result: { state: 'open' } } });
    const deep = `{"task":"8-1","cookie":"c8","job":8,"agent":"a","outcome":{"result":{"a":${'['.repeat(9000)}${']'.repeat(9000)}}}}`;
    const stranger = await connect({ servers: nats.url });
    for (const text of ['junk', report(77), deep]) stranger.publish('contractor.lab.results.site1.iputils', text);
    const { streams } = await jetstreamManager(stranger);
    const list = () =>
      lab.rest('Records/DeadLetter/list', { reaction: 'reports' }) as Promise<{ total: number; letters: Values[] }>;
    await until(async () => (await list()).total === 4);
    await until(async () => (await streams.info('CONTRACTOR_lab_RESULTS')).state.messages === 0);
    await stranger.close();
    const { letters } = await list();
    expect(letters.map(({ error }) => String(error)).toSorted()).toEqual([
      expect.stringContaining('Job Not Found'),
      expect.stringContaining('Job Not Found'),
      'it is nested deeper than 100 levels (contractor.lab.results.site1.iputils)',
      'it is no report (contractor.lab.results.site1.iputils)',
    ]);
    expect(await lab.metrics()).toMatch(/^contractor_undeliverable_reports_total 4$/m);
    expect((await lab.health()).checks.subcontractors).toMatchObject({ status: 'degraded', deadLetters: 4 });

    const gone = letters.find(({ body }) => body === report(77));
    await lab.rest('Records/DeadLetter/retry', { id: gone?.['id'] });
    const tried = await until(async () =>
      (await list()).letters.find(({ id, tries }) => id === gone?.['id'] && tries === 2),
    );
    expect(tried['error']).toContain('Job Not Found');
    for (const { id } of letters) await lab.rest('Records/DeadLetter/discard', { id });
    expect(await list()).toMatchObject({ total: 0 });
    expect((await lab.health()).checks.subcontractors['deadLetters']).toBe(0);
  });

  it('for sites that do not exist are told, make no streams, and are seen in /health', async () => {
    const stranger = await connect({ servers: nats.url });
    const { streams } = await jetstreamManager(stranger);
    const names = async (): Promise<readonly string[]> => {
      const found: string[] = [];
      for await (const name of streams.names()) found.push(name);
      return found;
    };
    const before = await names();
    const lost = await agent({ SUBCONTRACTOR_SITE: 'nowhere', SUBCONTRACTOR_NAME: 'lost' }, 'has no site');
    expect(lost.lines.join('\n')).toContain('the installation \\"lab\\" has no site \\"nowhere\\"');
    const health = await until(async () => {
      const { checks } = await lab.health();
      return checks.subcontractors.reason?.includes('nowhere') && checks.subcontractors;
    });
    expect(health).toMatchObject({ status: 'degraded', unknownSites: [{ site: 'nowhere' }] });
    expect(health.reason).toContain('asks for the site "nowhere", which does not exist');
    expect(before).toContain('CONTRACTOR_lab_RESULTS');
    expect(await names()).toEqual(before);
    await stranger.close();

    const poll = lab.client.call('/api/v1/SubContractor/Dispatch(getJobs)', {
      site: siteUri('nowhere2'),
      module_list: ['iputils'],
    });
    await expect(poll).rejects.toMatchObject({ body: expect.objectContaining({}) });
    await poll.catch((error: unknown) => {
      expect(JSON.stringify((error as { body: unknown }).body)).toContain('there is no site \\"nowhere2\\"');
    });
    expect((await lab.health()).checks.subcontractors.reason).toContain('"nowhere2"');

    await lab.site('nowhere');
    await until(async () => lost.lines.some((line) => line.includes('"serving"')));
  });

  it('say what is missing on their machine, in /health and in the job that needs it', async () => {
    await lab.site('bare');
    await agent({ SUBCONTRACTOR_SITE: 'bare', SUBCONTRACTOR_NAME: 'bare', PATH: '/nowhere' });
    const install = 'the program "ping" is not on the agent bare: install the package iputils-ping';
    const { reason } = await until(async () => {
      const subcontractors = await subcontractorsOf(lab);
      return subcontractors.reason?.includes('ping') && subcontractors;
    });
    expect(reason).toContain(`module iputils: ${install}`);
    await lab.build('bare', ['bare1'], 'received = iputils.ping( target="127.0.0.1" )');
    await until(async () => {
      const job = await lab.client.call<string>('/api/v1/Building/Foundation:bare1:(getJob)');
      return String((await lab.client.get(job))['message']).includes(install);
    });
  });

  it('over a NATS that takes anybody: /health says so', async () => {
    expect((await subcontractorsOf(lab)).reason).toMatch(/^NATS takes anybody/);
  });
});

/** A NATS server before it was given a configuration: nobody is let in. */
const NOBODY = 'accounts: { NONE: { users: [ { user: none, password: "no one knows it, and nobody needs it" } ] } }';

describe('subcontractors over a NATS with the configuration of the product', () => {
  let nats: NatsServer;
  let directory: string;
  let lab: Installation;
  const ends: (() => Promise<unknown>)[] = [];
  beforeEach(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'contractor-nats-config-'));
    nats = await startNatsServer({ config: NOBODY });
    lab = await Installation.start({
      NATS_URL: nats.url,
      CONTRACTOR_INSTALLATION: 'lab',
      CONTRACTOR_NATS_CONFIG: written(),
    });
    ends.push(() => lab.stop());
    await cli(['login', 'root'], `${ADMIN_PASSWORD}\n`);
  });
  afterEach(async () => {
    for (const end of ends.splice(0).toReversed()) await end();
    await nats.stop();
    await rm(directory, { recursive: true });
  });

  /** What the server writes itself. */
  const written = () => path.join(directory, 'by-the-server.conf');
  /** Runs the command line. @returns what it has written */
  const cli = async (args: readonly string[], input = ''): Promise<string> => {
    const environment = { XDG_CONFIG_HOME: directory, CONTRACTOR_URL: lab.server.url };
    const { code, out } = await runCommand(args, { environment, input });
    expect([args.join(' '), code]).toEqual([args.join(' '), 0]);
    return out;
  };
  const addService = async (name: string, ...args: readonly string[]): Promise<string> =>
    (JSON.parse(await cli(['service', 'add', name, ...args, '--json'])) as { token: string }).token;
  const reload = async (): Promise<string> => {
    const file = path.join(directory, 'contractor.conf');
    await cli(['nats', 'config', '--file', file]);
    const text = await readFile(file, 'utf8');
    await until(async () => (await readFile(written(), 'utf8')) === text);
    await nats.reload(text);
    return text;
  };
  const agent = async (token: string, site: string, said: string): Promise<RunningProgram> => {
    const settings = { NATS_URL: nats.url, SUBCONTRACTOR_TOKEN: token, SUBCONTRACTOR_SITE: site };
    const made = await startProgram('apps/subcontractor/src/main', settings, said);
    ends.push(() => made.stop());
    return made;
  };
  const state = async () => (await lab.health()).checks.subcontractors;

  it('does the jobs of its site, with the token of its service, and nothing of another site', async () => {
    await Promise.all([lab.site('site1'), lab.site('site2')]);
    expect(await state()).toMatchObject({ status: 'degraded', reason: expect.stringMatching(/Authorization/i) });
    const one = await addService('agent1', '--site', 'site1', '--module', '*');
    const two = await addService('agent2', '--site', 'site2', '--module', 'iputils', '--module', 'manual');
    const text = await reload();
    // Accounts that are new to NATS 2.9 reach each other only after another reload.
    await nats.reload(text);
    expect(text).not.toContain(one);
    await until(async () => (await state()).status === 'ok');

    await agent(one, 'site1', 'serving');
    await lab.build('site1', ['host1'], PING);
    await until(() => lab.built('host1'));

    const elsewhere = await agent(two, 'site1', 'NATS complains');
    expect(elsewhere.lines.join()).toMatch(/Permissions Violation for Publish to .*discover.site1/);
    await expect(connect({ servers: nats.url, reconnect: false })).rejects.toThrow(/Authorization/i);
    expect(await state()).toMatchObject({ status: 'ok', agents: 1 });

    await cli(['service', 'delete', 'agent1']);
    await reload();
    await until(async () => (await state())['agents'] === 0);
    expect(await state()).toMatchObject({ status: 'ok' });
  });

  it('can stand beside the accounts of others', async () => {
    const account = await cli(['nats', 'config', '--account']);
    await nats.reload(`accounts: {\n${account}\n  OTHER: { users: [ { user: o, password: "o" } ] }\n}`);
    await until(async () => (await state()).status === 'ok' || (await state()).reason === undefined);
    const other = await connect({ servers: nats.url, user: 'o', pass: 'o' });
    const heard = other.subscribe('>', { max: 1 });
    await other.flush();
    await lab.site('site1');
    await sleep(0);
    expect(heard.getReceived()).toBe(0);
    await other.close();
  });
});
