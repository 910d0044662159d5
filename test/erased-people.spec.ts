/** Somebody who has done many things is erased: from then on nothing tells who it was, and nothing that they did is lost. */
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { TestContractor } from '#testing';
import { ADMIN_PASSWORD, SECRET_KEY, startContractor, until } from '#testing';
import { limitedJobs } from './limited-jobs.ts';
import type { CommandEnded } from './run-command.ts';
import { runCommand } from './run-command.ts';
import { startJourney } from './start-journey.ts';

jest.setTimeout(600_000);

const CANARY = 'quillfeather.c';
const PASSWORD = 'canaries sing at dawn';
/** Where they log in from. */
const ADDRESS = '203.0.113.77';
const ID = /person\.[0-9a-z]{22}/;
const ERASED = /erased user [0-9a-z]{8}/;

type Values = Readonly<Record<string, unknown>>;

/** Notes what is sent to it. */
async function receiver(): Promise<{ readonly url: string; readonly got: string[]; readonly server: Server }> {
  const got: string[] = [];
  const server = createServer((request, response) => {
    textOf(request).then(
      (body) => {
        got.push(body);
        response.end('{}');
      },
      () => response.destroy(),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, got, server };
}

const directory = await mkdtemp(path.join(os.tmpdir(), 'contractor-erased-'));
const collector = await receiver();
const hooks = await receiver();
const SETTINGS = {
  CONTRACTOR_DATA: path.join(directory, 'one'),
  CONTRACTOR_LOG_LEVEL: 'debug',
  CONTRACTOR_SUBCONTRACTOR: 'none',
  CONTRACTOR_TRUSTED_PROXIES: '127.0.0.1',
  CONTRACTOR_WEBHOOK_ALLOW: '127.0.0.0/8',
  CONTRACTOR_CHECKPOINT_SECONDS: '1',
  OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  OTEL_BSP_SCHEDULE_DELAY: '50',
};
const journey = await startJourney(SETTINGS);
const { database, server, client, rest } = journey;
const { jobsOn, site } = limitedJobs(journey);
let second: TestContractor;
let token = '';
const lines: string[] = [];
const backup = path.join(directory, 'backup');

afterAll(async () => {
  await second.stop();
  for (const one of [collector, hooks]) one.server.close();
  await rm(directory, { recursive: true });
});

/** Asks as them. */
async function ask(method: string, at: string, body?: unknown, headers: Values = {}, on = server) {
  const response = await fetch(`${on.url}/api/rest/${at}`, {
    method,
    headers: {
      Authorization: `Bearer ${CANARY}:${token}`,
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(headers as Record<string, string>),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const request = response.headers.get('contractor-request') ?? '';
  return { status: response.status, text, request, body: (text === '' ? {} : JSON.parse(text)) as Values };
}

async function login(password: string): Promise<number> {
  const sent = { username: CANARY, password };
  const { status, body } = await ask('POST', 'Auth/User/login', sent, { 'X-Forwarded-For': ADDRESS });
  const { value } = body;
  token = typeof value === 'string' ? value : '';
  return status;
}

/** Runs the command on the data of the servers. */
const contractor = (...args: readonly string[]): Promise<CommandEnded> =>
  runCommand(args, {
    environment: {
      XDG_CONFIG_HOME: directory,
      CONTRACTOR_DATA: path.join(directory, 'two'),
      CONTRACTOR_SECRET_KEY: SECRET_KEY,
      DATABASE_URL: database.url,
    },
  });

/** Where a text of theirs is found. */
const found = (where: string, text: string): string[] =>
  [CANARY, ADDRESS].flatMap((one) => (text.includes(one) ? [`${one} in ${where}`] : []));

/** Every row of every table. */
async function inDatabase(): Promise<string[]> {
  const { rows: tables } = await database.pool.query<{ name: string }>(
    `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
     WHERE table_schema NOT IN ('pg_catalog', 'information_schema')`,
  );
  const where: string[] = [];
  for (const { name } of tables) {
    const { rows } = await database.pool.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`);
    where.push(...found(name, rows.map(({ row }) => row).join('\n')));
  }
  return where;
}

const CALLS: readonly (readonly [path: string, body: Values])[] = [
  ['Records/Request/list', { count: 200 }],
  ['Records/Preview/listAll', {}],
  ['Records/Secret/reads', {}],
  ['Records/ReadModel/state', {}],
  ['Records/Search/find', { text: CANARY.slice(0, 6) }],
];

/** What servers answer: every list, objects with their history, public events, previews, requests, metrics, health. */
async function answers(on: TestContractor, whole: boolean): Promise<ReadonlyMap<string, string>> {
  const told = new Map<string, string>();
  const headers = { Authorization: `Bearer root:${journey.token}`, 'Content-Type': 'application/json' };
  const read = async (at: string, init: RequestInit = {}): Promise<string> => {
    const text = await (await fetch(`${on.url}${at}`, { ...init, headers })).text();
    told.set(`${init.method ?? 'GET'} ${at}`, text);
    return text;
  };
  const { paths } = JSON.parse(await read('/api/rest/openapi.json')) as { paths: Readonly<Record<string, Values>> };
  for (const [name, methods] of Object.entries(paths)) {
    if (name.includes('{') || !methods['get'] || name.endsWith('/feed') || name.endsWith('/events')) continue;
    const at = name.startsWith('/api/rest') ? name : `/api/rest${name}`;
    const { items = [] } = JSON.parse(await read(`${at}?count=100`)) as { items?: readonly Values[] };
    if (!whole && !at.endsWith('/Site/Site')) continue;
    for (const { _links } of items.slice(0, 3)) {
      const { self } = (_links ?? {}) as { readonly self?: { readonly href: string } };
      if (!self) continue;
      await read(self.href);
      await read(`${self.href}/history`);
    }
  }
  for (const [at, body] of CALLS) await read(`/api/rest/${at}`, { method: 'POST', body: JSON.stringify(body) });
  const { requests } = (JSON.parse(told.get('POST /api/rest/Records/Request/list') ?? '') as { value: Values })
    .value as { requests: readonly { request: string }[] };
  for (const { request } of whole ? requests : []) {
    await read('/api/rest/Records/Request/show', { method: 'POST', body: JSON.stringify({ id: request }) });
    told.set(`request ${request}`, told.get('POST /api/rest/Records/Request/show') ?? '');
  }
  await read('/api/rest/events?after=0&count=1000');
  for (const at of ['/metrics', '/health']) await read(at);
  return told;
}

const idsIn = (told: ReadonlyMap<string, string>): string[] =>
  [...told].flatMap(([at, text]) => (ID.test(text) ? [`${ID.exec(text)?.[0]} in ${at}`] : []));

/** Does as them what names them somewhere. */
async function doManyThings(): Promise<void> {
  expect((await rest('POST', 'Auth/Account', { name: CANARY, superuser: true })).status).toBe(201);
  expect((await rest('POST', `Auth/Account/${CANARY}/setPassword`, { password: PASSWORD })).status).toBe(204);
  expect(await login('not it')).toBe(401);
  expect(await login(PASSWORD)).toBe(200);
  const subscription = { name: 'all', url: `${hooks.url}/all`, kinds: ['*'] };
  expect((await ask('POST', 'PostOffice/Subscription', subscription)).status).toBe(201);
  const created = { name: 'aviary', description: 'x', config_values: { db_password: 'hush' } };
  const once = { 'Idempotency-Key': 'one', 'Contractor-Reason': 'for the birds' };
  for (const on of [server, second]) {
    expect((await ask('POST', 'Site/Site', created, once, on)).status).toBe(201);
  }
  const change = await ask('PATCH', 'Site/Site/aviary', { description: 'wrong' }, {}, second);
  expect((await ask('POST', 'Records/Request/undo', { id: change.request })).status).toBe(200);
  // Held, and released by them alone; another one cancelled by them.
  await site('hall');
  const [, job = 0] = await jobsOn('hall', 'h', 2);
  const jobs = { description: 'Wait', site: 'aviary', scripts: ['destroy'], holder: CANARY, seconds: 60 };
  expect((await ask('POST', 'Foreman/HoldRule', jobs)).body['holder']).toBe(CANARY);
  expect((await ask('POST', `Foreman/FoundationJob/${job}/cancel`, {})).status).toBe(204);
  // Previewed by them and approved by root, and the other way round.
  const preview = async (by: typeof ask, approver: typeof ask, description: string): Promise<void> => {
    const { body } = await by('PATCH', 'Site/Site/aviary?preview=approval', { description });
    expect((await approver('POST', 'Records/Preview/approve', { id: body['id'], reason: 'fine' })).status).toBe(200);
    expect((await by('POST', 'Records/Preview/commit', { id: body['id'] })).status).toBe(200);
  };
  const asRoot: typeof ask = (method, at, body) => rest(method, at, body) as never;
  await preview(ask, asRoot, 'one');
  await preview(asRoot, ask, 'two');
  expect((await ask('PATCH', 'Site/Site/aviary?preview', { description: 'kept' })).status).toBe(200);
  // As an agent that polls; what it asks for is known by name.
  await ask('POST', 'SubContractor/Dispatch/getJobs', { site: 'hall', module_list: ['test'] });
  expect((await ask('POST', 'Records/ReadModel/rebuild', {})).status).toBeLessThan(300);
  expect((await ask('GET', `Auth/Account/${CANARY}`)).body).toMatchObject({ name: CANARY });
  const passwords = { password: `${PASSWORD}!`, current_password: PASSWORD };
  expect((await ask('POST', 'Auth/User/changePassword', passwords)).status).toBe(204);
  expect(await login(PASSWORD)).toBe(401);
  expect(await login(`${PASSWORD}!`)).toBe(200);
}

describe('somebody', () => {
  beforeAll(async () => {
    second = await startContractor({
      DATABASE_URL: database.url,
      ...SETTINGS,
      CONTRACTOR_DATA: path.join(directory, 'two'),
    });
    await doManyThings();
  });

  it('is told by name in everything that they did, on every server, and by nothing else', async () => {
    expect(await client.call('/api/v1/Auth/User(whoami)')).toBe('root');
    expect((await ask('POST', 'Auth/User/whoami')).body).toEqual({ value: CANARY });
    const sessions = await ask('GET', `Auth/Session?filter=user&user=${CANARY}`, undefined, {}, second);
    expect(sessions.body['items']).toMatchObject([{ user: CANARY, source: ADDRESS }]);
    const { body } = await rest('POST', 'Records/Request/list', { actor: CANARY });
    const { requests } = body['value'] as { readonly requests: readonly Values[] };
    expect(requests.length).toBeGreaterThan(8);
    expect(new Set(requests.map(({ actor }) => actor))).toEqual(new Set([CANARY]));
    const log = await rest('GET', 'Foreman/JobLog');
    expect(JSON.stringify(log.body)).toContain(`"canceled_by":"${CANARY}"`);
    for (const on of [server, second]) {
      const told = await answers(on, false);
      expect(idsIn(told)).toEqual([]);
      const names = [...told].filter(([, text]) => text.includes(CANARY)).map(([at]) => at);
      expect(names).toEqual(
        expect.arrayContaining(['GET /api/rest/Site/Site/aviary/history', 'GET /api/rest/Auth/Account?count=100']),
      );
    }
    await until(async () => hooks.got.some((one) => one.includes(`"actor":"${CANARY}"`)));
    expect(hooks.got.filter((one) => ID.test(one))).toEqual([]);
    const read = await contractor('log', 'read', '--limit', '5000');
    expect(read.out).toContain(` ${CANARY} `);
    expect(ID.test(read.out)).toBe(false);
  });

  it('is named in no table, no line of the output and no trace, even before', async () => {
    expect(await inDatabase()).toEqual([]);
    await until(async () => collector.got.some((one) => one.includes('url.path')));
    lines.push(...server.lines, ...second.lines);
    expect(lines.length).toBeGreaterThan(10);
    expect([...lines, ...collector.got].filter((line) => found('', line).length > 0)).toEqual([]);
  });

  it('is erased, and nothing tells any more who it was', async () => {
    expect((await contractor('backup', backup)).code).toBe(0);
    hooks.got.length = 0;
    const { status, body } = await rest('POST', 'Auth/Account/erase', { name: CANARY }, second);
    expect([status, body]).toEqual([200, { value: expect.stringMatching(ERASED) }]);
    const erased = String(body['value']);
    for (const on of [server, second]) {
      await until(async () => (await ask('POST', 'Auth/User/whoami', undefined, {}, on)).status === 401);
      await until(async () => !(await (await fetchAsRoot(on, 'Site/Site/aviary/history')).text()).includes(CANARY));
      const told = await answers(on, on === second);
      expect([...told].flatMap(([at, text]) => found(at, text))).toEqual([]);
      expect(idsIn(told)).toEqual([]);
      expect(told.get('GET /api/rest/Site/Site/aviary/history')).toContain(`"actor":"${erased}"`);
    }
    const { body: asked } = await rest('POST', 'Records/Request/list', { actor: erased });
    expect((asked['value'] as { readonly requests: readonly unknown[] }).requests.length).toBeGreaterThan(8);
    expect(await inDatabase()).toEqual([]);
    lines.push(...server.lines, ...second.lines);
    expect([...lines, ...collector.got, ...hooks.got].filter((line) => found('', line).length > 0)).toEqual([]);
    const read = await contractor('log', 'read', '--limit', '5000');
    expect(found('log read', read.out)).toEqual([]);
    expect(read.out).toContain(erased);
    expect(await contractor('log', 'verify')).toMatchObject({
      code: 0,
      out: expect.stringContaining('the log is whole'),
    });
  });

  it('is erased again where a backup is restored that was made before', async () => {
    await second.stop();
    await server.stop();
    const erased = path.join(directory, 'one', 'erased-people');
    expect((await readFile(erased, 'utf8')).trim().split('\n')).toEqual([expect.stringMatching(ID)]);
    const restored = await contractor('restore', backup, '--replace', '--erased', erased);
    expect(restored).toMatchObject({ code: 0, out: expect.stringContaining('1 in it were erased since it was made') });
    await second.start();
    await until(async () => (await fetch(`${second.url}/health`)).ok);
    expect(await inDatabase()).toEqual([]);
    expect(second.lines.some((line) => line.includes('was erased again'))).toBe(true);
    const told = await (await fetchAsRoot(second, 'Site/Site/aviary/history')).text();
    expect(found('history', told)).toEqual([]);
    expect(told).toMatch(ERASED);
    expect(await contractor('log', 'verify')).toMatchObject({
      code: 0,
      out: expect.stringContaining('the log is whole'),
    });
    await server.start();
  });
});

/** Asks as root, by a session that a restore may have ended. */
async function fetchAsRoot(on: TestContractor, at: string): Promise<Response> {
  const body = JSON.stringify({ username: 'root', password: ADMIN_PASSWORD });
  const login = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body };
  const { value } = (await (await fetch(`${on.url}/api/rest/Auth/User/login`, login)).json()) as { value: string };
  return fetch(`${on.url}/api/rest/${at}`, { headers: { Authorization: `Bearer root:${value}` } });
}
