/** A secret that a job uses is found nowhere but where it is kept: encrypted, in the ledger of secrets, and in its task. */
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { formsOf } from '#kernel';
import type { NatsServer, RunningProgram } from '#testing';
import { startNatsServer, startProgram, until } from '#testing';
import { startJourney } from './start-journey.ts';
import type { PollingAgent } from './polling-agent.ts';
import { startPollingAgent } from './polling-agent.ts';

jest.setTimeout(600_000);

/** With whatever is written otherwise somewhere. */
const CANARY = `kA"nary & bïrd's \\/+?=%20`;
const MASK = '********';

type Values = Readonly<Record<string, unknown>>;

const directory = await mkdtemp(path.join(os.tmpdir(), 'contractor-canary-'));
const nats: NatsServer = await startNatsServer();
const { server, client, database, token, rest } = await startJourney({
  NATS_URL: nats.url,
  CONTRACTOR_LOG_LEVEL: 'debug',
  CONTRACTOR_LEASE: '6',
});
const ledger = path.join(directory, 'effects');
const logs: (readonly string[])[] = [];
let agent: RunningProgram;
let poller: PollingAgent | undefined;

const startAgent = async (site: string): Promise<RunningProgram> => {
  const started = await startProgram(
    'apps/subcontractor/src/main',
    {
      NATS_URL: nats.url,
      SUBCONTRACTOR_SITE: site,
      SUBCONTRACTOR_TEST_LEDGER: ledger,
      SUBCONTRACTOR_DATA: path.join(directory, 'data'),
      CONTRACTOR_LOG_LEVEL: 'debug',
    },
    'serving',
  );
  logs.push(started.lines);
  return started;
};

/** Where a text has the secret in it, in whichever form. */
const forms = formsOf(CANARY);
const found = (where: string, text: string): readonly string[] =>
  forms.some((form) => text.includes(form)) ? [where] : [];

const feed: string[] = [];
const listening = new AbortController();

/** Listens to what is told of jobs. */
async function listen(): Promise<void> {
  const response = await fetch(`${server.url}/api/rest/feed?site=wired`, {
    headers: { Authorization: `Bearer root:${token}`, Accept: 'text/event-stream' },
    signal: listening.signal,
  });
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
    if (done) return;
    feed.push(decoder.decode(value as Uint8Array));
  }
}

const jobOf = async (host: string): Promise<Values | undefined> => {
  const uri = await client.call<string | null>(`/api/v1/Building/Foundation:${host}:(getJob)`);
  return uri === null ? undefined : { uri, ...(await client.get(uri)) };
};
const becomes = (host: string, state: string) => until(async () => (await jobOf(host))?.['state'] === state);

/** Has a foundation built whose script is this. */
async function build(site: string, host: string, script: string): Promise<void> {
  await client.create('/api/v1/BluePrint/Script', { name: host, description: 'x', script: `${script}\n` });
  await client.create('/api/v1/BluePrint/FoundationBluePrint', {
    name: host,
    description: 'x',
    foundation_type_list: ['Test'],
    config_values: { blueprint_password: CANARY },
  });
  await client.create('/api/v1/BluePrint/BluePrintScript', {
    blueprint: `/api/v1/BluePrint/BluePrint:${host}:`,
    script: `/api/v1/BluePrint/Script:${host}:`,
    name: 'create',
  });
  await client.create('/api/v1/Test/TestFoundation', {
    site: `/api/v1/Site/Site:${site}:`,
    locator: host,
    blueprint: `/api/v1/BluePrint/FoundationBluePrint:${host}:`,
  });
  await client.call(`/api/v1/Building/Foundation:${host}:(doCreate)`);
}

const act = (name: string, more: string, password = 'config.my_password') =>
  `test.act_again( name="${name}", password=${password}, ${more} )`;

beforeAll(async () => {
  const config_values = {
    my_password: CANARY,
    dsn_password: `pg://root:${CANARY}@db`,
    task_retry: { 'test.act_again': { times: 1, first: 0.1 } },
  };
  for (const name of ['wired', 'polled']) {
    await client.create('/api/v1/Site/Site', { name, description: 'x', config_values });
  }
  void listen().catch(() => undefined);
  agent = await startAgent('wired');
  await rest('POST', 'Auth/Account', { name: 'poller', permissions: ['SubContractor.can_dispatch', 'Site.view_site'] });
  await rest('POST', 'Auth/Account/poller/setPassword', { password: 'of the poller itself' });
  const account = { user: 'poller', password: 'of the poller itself' };
  poller = startPollingAgent({ url: server.url, site: 'polled', ledger, ...account });
  logs.push(poller.lines);
});
afterAll(async () => {
  listening.abort();
  await agent.kill();
  await poller?.stop();
  await nats.stop();
  await rm(directory, { recursive: true });
});

/** Lets a job see the secret in all the ways there are, and leaves it where it stands. */
const ways = (outcome: string): string =>
  [
    'begin()',
    `  ${act('plain', 'delay_ms=1')}`,
    `  ${act('joined', 'delay_ms=1', "( 'user:' . config.blueprint_password )")}`,
    '  kept = config.my_password',
    '  message( msg=( "with " . kept ) )',
    `  ${act('telling', `outcome="${outcome}"`, 'config.dsn_password')}`,
    'end',
  ].join('\n');

describe('a secret that jobs use', () => {
  it('reaches the agents, as it is', async () => {
    for (const [site, host] of [
      ['wired', 'wired1'],
      ['polled', 'polled1'],
    ] as const) {
      await build(site, host, ways('fail-telling'));
      await becomes(host, 'error');
    }
    const hash = (text: string) => createHash('sha256').update(text).digest('hex');
    const effects = (await readFile(ledger, 'utf8')).split('\n').filter((line) => line !== '');
    const passwords = effects.map((line) => (JSON.parse(line) as { password: string }).password);
    expect(new Set(passwords)).toEqual(new Set([hash(CANARY), hash(`user:${CANARY}`)]));
  });

  it('is masked in failures that quote it, in results that are none, and in what is retried', async () => {
    for (const host of ['wired1', 'polled1']) {
      const { message } = (await jobOf(host)) ?? {};
      expect([host, message]).toEqual([host, expect.stringContaining(MASK)]);
    }
    const { rows } = await database.pool.query(`SELECT data FROM log.events WHERE type = 'JobRetryScheduled'`);
    expect(rows).toHaveLength(2);
    await build('wired', 'wired2', ways('wrong-telling'));
    await build('polled', 'polled2', ways('wrong-telling'));
    for (const host of ['wired2', 'polled2']) {
      await becomes(host, 'error');
      expect((await jobOf(host))?.['message']).toContain('effects must be an integer');
    }
  });

  it('is with a task that hangs, is lost, and is handed to another agent', async () => {
    await build('wired', 'wired3', act('hanging', 'outcome="hang-after"'));
    await until(async () => (await readFile(ledger, 'utf8')).includes('hanging'));
    await agent.kill();
    agent = await startAgent('wired');
    await until(async () => (await readFile(ledger, 'utf8')).split('hanging').length > 2);
    // A task that is in NATS as long as its agent stands still.
    process.kill(agent.pid, 'SIGSTOP');
    await build('wired', 'wired4', act('waiting', 'delay_ms=1'));
    await until(() => nats.holds('"name":"waiting"'));
  });

  it('is in no table of the database', async () => {
    const { rows: tables } = await database.pool.query<{ name: string }>(
      `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
       WHERE table_schema NOT IN ('pg_catalog', 'information_schema')`,
    );
    expect(tables.length).toBeGreaterThan(30);
    const where: string[] = [];
    for (const { name } of tables) {
      const { rows } = await database.pool.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`);
      // What is a text in a row is quoted there once more.
      const text = rows.map(({ row }) => `${row}\n${row.replaceAll('""', '"').replaceAll('\\\\', '\\')}`).join('\n');
      where.push(...found(name, text));
    }
    expect(where).toEqual([]);
  });

  it('is in no answer over CInP and REST, no feed, no metric and no health', async () => {
    const where: string[] = [];
    let looked = 0;
    const look = (path: string, text: string): void => {
      looked += 1;
      where.push(...found(path, text));
    };
    const read = async (path: string, init: RequestInit = {}): Promise<unknown> => {
      const headers = { Authorization: `Bearer root:${token}`, 'Content-Type': 'application/json' };
      const response = await fetch(`${server.url}${path}`, { ...init, headers });
      const text = await response.text();
      look(`${init.method ?? 'GET'} ${path}`, text);
      return text === '' || !response.headers.get('content-type')?.includes('json') ? undefined : JSON.parse(text);
    };
    const openapi = (await read('/api/rest/openapi.json')) as { paths: Readonly<Record<string, Values>> };
    const collections = Object.keys(openapi.paths).filter(
      (name) => !name.includes('{') && openapi.paths[name]?.['get'],
    );
    for (const collection of collections) {
      const at = collection.startsWith('/api/rest') ? collection : `/api/rest${collection}`;
      if (at.endsWith('/feed')) continue;
      const page = (await read(`${at}?count=100`)) as { items?: readonly Values[] } | undefined;
      for (const item of page?.items ?? []) {
        const { self } = (item['_links'] ?? {}) as { readonly self?: string | { readonly href: string } };
        const href = typeof self === 'object' ? self.href : self;
        if (href === undefined) continue;
        await read(href);
        const model = collection.split('/').slice(-2).join('/');
        for (const action of ['explain', 'getConfig', 'jobRunnerVariables', 'jobRunnerState', 'history']) {
          if (Object.keys(openapi.paths).some((name) => name.includes(model) && name.endsWith(`/${action}`))) {
            await read(`${href}/${action}`, { method: 'POST', body: '{}' });
          }
        }
      }
    }
    for (const path of ['/health', '/metrics']) await read(path);
    const models = new Set<string>();
    for (const namespace of ['Site', 'BluePrint', 'Building', 'Foreman', 'Test', 'Utilities', 'Directory']) {
      const described = await client.describe(`/api/v1/${namespace}/`);
      for (const model of (described.data as { models?: readonly string[] }).models ?? []) models.add(model);
    }
    for (const model of models) {
      const { uris } = await client.list(model, { count: 100 }).catch(() => ({ uris: [] as readonly string[] }));
      for (const uri of uris) look(uri, JSON.stringify(await client.get(uri).catch(String)));
    }
    for (const host of ['wired1', 'polled1']) {
      const job = String((await jobOf(host))?.['uri']);
      for (const action of ['jobRunnerVariables', 'jobRunnerState']) {
        const answer = JSON.stringify(await client.call(`${job}(${action})`));
        look(`${job}(${action})`, answer);
        if (action === 'jobRunnerVariables') expect(answer).toContain(MASK);
      }
      for (const action of ['getConfig']) {
        look(action, JSON.stringify(await client.call(`/api/v1/Building/Foundation:${host}:(${action})`, {})));
      }
    }
    look('feed', feed.join(''));
    expect(feed.join('')).toContain(MASK);
    expect(looked).toBeGreaterThan(100);
    expect(where).toEqual([]);
  });

  it('is in no log, of the server or of an agent, also where they tell everything', () => {
    const lines = [...server.lines, ...logs.flat()];
    expect(lines.some((line) => line.includes('"level":20') || line.includes('"level":"debug"'))).toBe(true);
    expect(lines.filter((line) => found('', `${line}\n${line.replaceAll('\\"', '"')}`).length > 0)).toEqual([]);
  });

  it('is in no file of NATS, and none of an agent', async () => {
    for (const form of forms) expect([form, await nats.holds(form)]).toEqual([form, false]);
    const where: string[] = [];
    for (const file of await readdir(directory, { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue;
      const name = path.join(file.parentPath, file.name);
      where.push(...found(name, await readFile(name, 'utf8')));
    }
    expect(where).toEqual([]);
  });
});
