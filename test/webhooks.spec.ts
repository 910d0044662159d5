import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CinpClient } from '#cinp';
import type { TestContractor, TestDatabase } from '#testing';
import {
  ADMIN_PASSWORD,
  freePort,
  manualFoundation,
  startContractor,
  testDatabase,
  until as untilTrue,
} from '#testing';

jest.setTimeout(600_000);

const LIMIT_MS = 120_000;
const until = (condition: () => Promise<boolean>) => untilTrue(condition, LIMIT_MS);
const SITE = '/api/v1/Site/Site';
const SUBSCRIPTION = '/api/rest/PostOffice/Subscription';

/** What the receiver has written down of a delivery. */
interface Got {
  readonly path: string;
  readonly method: string;
  readonly id?: string;
  readonly kind?: string;
  readonly object: string;
  readonly position?: string;
  readonly genuine: boolean | null;
  readonly answer: number;
  readonly event?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly extra?: string;
}

interface Orders {
  keys?: Record<string, string>;
  status?: Record<string, number>;
  fail?: Record<string, number>;
  delayMs?: Record<string, number>;
}

describe('webhooks, with a receiver in a process of its own and two servers on one database', () => {
  let database: TestDatabase;
  let directory: string;
  let servers: TestContractor[];
  let client: CinpClient;
  let token: string;
  let receiver: ChildProcess | undefined;
  let port: number;
  let rawPort: number;
  const orders: Orders = { keys: {}, status: {}, fail: {}, delayMs: {} };

  const file = (name: string): string => path.join(directory, name);
  const order = async (more: Orders): Promise<void> =>
    writeFile(file('orders'), JSON.stringify(Object.assign(orders, more)));
  const startReceiver = async (): Promise<void> => {
    receiver = spawn(
      process.execPath,
      ['test/webhook-receiver.mjs', String(port), file('orders'), file('got'), String(rawPort)],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    await once(receiver.stdout!, 'data');
  };
  const killReceiver = async (): Promise<void> => {
    const ended = once(receiver!, 'exit');
    receiver?.kill('SIGKILL');
    await ended;
  };
  const got = async (at: string): Promise<Got[]> =>
    (await readFile(file('got'), 'utf8').catch(() => ''))
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Got)
      .filter((one) => one.path === at);
  const acknowledged = async (at: string): Promise<Got[]> => (await got(at)).filter(({ answer }) => answer === 200);
  const url = (at: string): string => `http://127.0.0.1:${port}${at}`;

  const rest = async <T = Record<string, unknown>>(verb: string, at: string, body?: object): Promise<T> => {
    const response = await fetch(`${servers[0]!.url}${at}`, {
      method: verb,
      headers: { Authorization: `Bearer root:${token}`, 'Content-Type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${verb} ${at}: ${response.status} ${text}`);
    const value = (text === '' ? {} : JSON.parse(text)) as { readonly value?: T };
    return value.value ?? (value as T);
  };
  /** Makes a subscription whose deliveries go to a path of the receiver. */
  const subscribe = async (name: string, values: object): Promise<void> => {
    const made = await rest<{ signing_key: string }>('POST', SUBSCRIPTION, { name, url: url(`/${name}`), ...values });
    expect(made.signing_key).toMatch(/^whsec_/);
    await order({ keys: { ...orders.keys, [`/${name}`]: made.signing_key } });
  };
  const status = (name: string) => rest<Record<string, number>>('POST', `${SUBSCRIPTION}/${name}/status`, {});
  const login = async (): Promise<void> => {
    client = new CinpClient(servers[0]!.url);
    token = await client.login('root', ADMIN_PASSWORD);
  };
  const describeSite = (name: string, description: string) => client.update(`${SITE}:${name}:`, { description });
  /** That each object's deliveries came in the order of the log, each once, and were genuine. */
  const expectInOrder = (all: readonly Got[]): void => {
    expect(all.filter(({ genuine }) => genuine !== true)).toEqual([]);
    const objects = new Map<string, bigint[]>();
    for (const { object, position } of all) {
      objects.set(object, [...(objects.get(object) ?? []), BigInt(position ?? 0)]);
    }
    for (const [object, positions] of objects) {
      const sorted = [...new Set(positions)].toSorted((one, other) => (one < other ? -1 : 1));
      expect({ object, positions }).toEqual({ object, positions: sorted });
    }
  };

  beforeAll(async () => {
    database = await testDatabase();
    directory = await mkdtemp(path.join(os.tmpdir(), 'contractor-webhooks-'));
    port = await freePort();
    rawPort = await freePort();
    await order({});
    await startReceiver();
    const settings = {
      DATABASE_URL: database.url,
      CONTRACTOR_DATA: directory,
      SUBCONTRACTOR_TEST_LEDGER: file('effects'),
      CONTRACTOR_WEBHOOK_ALLOW: '127.0.0.1/32',
      CONTRACTOR_WEBHOOK_MAX_PAUSE: '1',
      CONTRACTOR_WEBHOOK_GIVE_UP: '4',
      CONTRACTOR_WEBHOOK_MAX_WAITING: '20',
    };
    servers = [await startContractor(settings), await startContractor(settings)];
    await login();
    for (const name of ['top', 'other']) await client.create(SITE, { name, description: 'x' });
    await client.create(SITE, { name: 'low', description: 'x', parent: `${SITE}:top:` });
  });
  afterAll(async () => {
    receiver?.kill('SIGKILL');
    for (const server of servers) await server.stop();
    await database.drop();
    await rm(directory, { recursive: true, force: true });
  });

  it('tell boxes, as clients of old know them, when a job ends: one shot once, others each time', async () => {
    const uri = await manualFoundation(client, 'top', 'host1', 'begin()\n  test.act( name="one" )\nend\n');
    const box = { foundation: uri, one_shot: true, extra_data: { k: 'v', size: 2 } };
    await client.create('/api/v1/PostOffice/FoundationBox', { ...box, url: url('/box-one'), type: 'post' });
    const expires = new Date(Date.now() + 3_600_000).toISOString();
    const call = { ...box, url: `http://127.0.0.1:${rawPort}/box-call`, type: 'call', one_shot: false, expires };
    await client.create('/api/v1/PostOffice/FoundationBox', call);
    await client.call(`${uri}(doCreate)`);
    await until(async () => (await got('/box-one')).length + (await got('/box-call')).length === 2);
    const [post] = await got('/box-one');
    expect(post?.event).toEqual({
      k: 'v',
      size: 2,
      foundation: 'host1',
      script: 'create',
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+\+00:00$/),
    });
    const told = (headers: Got['headers']) => [
      headers?.['user-agent'],
      headers?.['content-type'],
      headers?.['cinp-version'],
    ];
    expect([post?.method, ...told(post?.headers)]).toEqual([
      'POST',
      'Contractor WebHook',
      'application/json;charset=utf-8',
      undefined,
    ]);
    const [called] = await got('/box-call');
    expect([called?.method, told(called?.headers)[2]]).toEqual(['CALL', '1.0']);
    const left = async (model: string) => (await client.list(`/api/v1/PostOffice/${model}`)).uris;
    await until(async () => (await left('FoundationPost')).length === 0 && (await left('FoundationBox')).length === 1);

    await rest('POST', '/api/rest/Building/Foundation/host1/force', { state: 'planned' });
    await until(async () => (await got('/box-call')).length === 2);
    expect((await got('/box-call')).map(({ event }) => event?.['script'])).toEqual(['create', 'destroy']);
    expect((await got('/box-one')).length).toBe(1);
  });

  it('tell boxes of all there was, also of what came while as much waited for them as may', async () => {
    const uri = await manualFoundation(client, 'top', 'host2', 'begin()\nend\n');
    const expires = new Date(Date.now() + 3_600_000).toISOString();
    const box = { foundation: uri, one_shot: false, expires, type: 'post', url: url('/box-slow') };
    await order({ delayMs: { '/box-slow': 500 } });
    await client.create('/api/v1/PostOffice/FoundationBox', box);
    const states = Array.from({ length: 60 }, (_, n) => (n % 2 === 0 ? 'built' : 'planned'));
    const force = async (some: readonly string[]): Promise<void> => {
      for (const state of some) await rest('POST', '/api/rest/Building/Foundation/host2/force', { state });
    };
    await force(states.slice(0, 30));
    const waiting = `SELECT count(*)::int AS n FROM ledger.deliveries WHERE state = 'waiting'`;
    await until(async () => (await database.pool.query<{ n: number }>(waiting)).rows[0]!.n >= 20);
    await force(states.slice(30));
    await order({ delayMs: {} });
    await until(async () => (await got('/box-slow')).length === states.length);
    const told = (await got('/box-slow')).map(({ event }) => event?.['script']);
    expect(told).toEqual(states.map((state) => (state === 'built' ? 'create' : 'destroy')));
  });

  it('tell subscribers of what they have asked for, signed, at a site and below it', async () => {
    await subscribe('sites', { kinds: ['site.*'], site: 'top', headers: { 'X-Extra': 'hello' } });
    await subscribe('all', { kinds: ['*'] });
    for (const name of ['other', 'low', 'top']) await describeSite(name, 'first');
    await until(async () => (await got('/sites')).length === 2 && (await got('/all')).length === 3);
    expect((await got('/sites')).map(({ kind, object, extra, genuine }) => ({ kind, object, extra, genuine }))).toEqual(
      expect.arrayContaining(
        ['low', 'top'].map((name) => ({
          kind: 'site.described',
          object: `Site/Site ${name}`,
          extra: 'hello',
          genuine: true,
        })),
      ),
    );
    expect(await rest('POST', `${SUBSCRIPTION}/sites/ping`, {})).toMatchObject({ delivered: true, status: 200 });
    expect((await got('/sites')).at(-1)).toMatchObject({ kind: 'ping', genuine: true });
    // No key, and no value of a header, is shown again.
    const shown = await rest('GET', `${SUBSCRIPTION}/sites`);
    expect([shown['signing_key'], shown['headers']]).toEqual([null, { 'X-Extra': '********' }]);
    expect((await rest<{ name: string }>('GET', `${SUBSCRIPTION}/all`)).name).toBe('all');
    await rest('DELETE', `${SUBSCRIPTION}/all`);
  });

  it('hold back what concerns one object that fails, and nothing else; what is given up can be sent again', async () => {
    await order({ fail: { 'Site/Site low': 500 } });
    for (const text of ['second', 'third']) for (const name of ['low', 'top']) await describeSite(name, text);
    const of = async (name: string) =>
      (await acknowledged('/sites')).filter(({ object }) => object === `Site/Site ${name}`);
    await until(async () => (await of('top')).length === 3);
    expect((await of('low')).length).toBe(1);
    const list = (state: string) =>
      rest<{ total: number; deliveries: { id: number; error: string; object: string }[] }>(
        'POST',
        '/api/rest/PostOffice/Delivery/list',
        { subscription: 'sites', state },
      );
    await until(async () => (await list('dead')).total === 2);
    const { deliveries } = await list('dead');
    expect(deliveries[0]).toMatchObject({ object: 'Site/Site low', error: 'the receiver answers 500' });
    await order({ fail: {} });
    const ids = deliveries.map(({ id }) => String(id));
    expect(await rest('POST', '/api/rest/PostOffice/Delivery/retry', { ids })).toBe(2);
    await until(async () => (await of('low')).length === 3);
    expectInOrder((await acknowledged('/sites')).filter(({ kind }) => kind !== 'ping'));
  });

  it('wait while the receiver is down, and come in order when it is back; the other server goes on for a killed one', async () => {
    await killReceiver();
    const names = ['low', 'top'];
    for (let n = 0; n < 10; n += 1) for (const name of names) await describeSite(name, `down ${n}`);
    await until(async () => (await status('sites'))['waiting'] === 20);
    await servers[0]!.kill();
    servers.reverse();
    await login();
    for (const name of names) await describeSite(name, 'last');
    await startReceiver();
    const before = (await acknowledged('/sites')).length;
    await until(async () => (await acknowledged('/sites')).length >= before + 22);
    await until(async () => (await status('sites'))['waiting'] === 0);
    const all = (await acknowledged('/sites')).filter(({ kind }) => kind !== 'ping');
    expectInOrder(all);
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect((await status('sites'))['delivered']).toBe(all.length);
  });

  it('are not sent again by a rebuild of the read models, and a slow receiver holds up nobody else', async () => {
    const before = (await got('/sites')).length;
    await subscribe('slow', { kinds: ['site.described'] });
    await order({ delayMs: { '/slow': 3000 } });
    await rest('POST', '/api/rest/Records/ReadModel/rebuild', { models: [] });
    const state = () => rest<{ last: { outcome: string } | null }>('POST', '/api/rest/Records/ReadModel/state', {});
    await until(async () => (await state()).last?.outcome === 'done');
    for (let n = 0; n < 5; n += 1) for (const name of ['low', 'top']) await describeSite(name, `rebuilt ${n}`);
    await until(async () => (await got('/sites')).length === before + 10);
    expect((await got('/slow')).length).toBeLessThan(10);
    expectInOrder((await acknowledged('/sites')).filter(({ kind }) => kind !== 'ping'));
  });

  it('go to no address that is forbidden, and follow no redirects', async () => {
    const there = (name: string, to: string) => rest('POST', SUBSCRIPTION, { name, url: to, kinds: ['site.*'] });
    const ping = (name: string) =>
      rest<{ delivered: boolean; error: string }>('POST', `${SUBSCRIPTION}/${name}/ping`, {});
    await there('metadata', 'http://169.254.169.254/latest/');
    await there('mapped', 'http://[::ffff:127.0.0.2]:80/');
    await there('octal', 'http://0177.0.0.2:80/');
    const answers = [];
    for (const name of ['metadata', 'mapped', 'octal']) answers.push(await ping(name));
    const why = 'is a loopback, link-local, multicast, reserved or metadata address';
    expect(answers.map(({ delivered, error }) => [delivered, error])).toEqual([
      [false, `169.254.169.254 ${why}`],
      [false, `::ffff:7f00:2 ${why}`],
      [false, `127.0.0.2 ${why}`],
    ]);
    await order({ status: { '/moved': 302 } });
    await there('moved', url('/moved'));
    expect(await ping('moved')).toMatchObject({ delivered: false, error: 'the receiver answers 302' });
    expect(await got('/elsewhere')).toEqual([]);
  });
});
