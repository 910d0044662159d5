import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { CinpClient } from '#cinp';
import type { TestContractor, TestDatabase } from '#testing';
import { ADMIN_PASSWORD, startContractor, testDatabase } from '#testing';

jest.setTimeout(240_000);

interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

interface Sent {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** No session. */
  readonly anonymous?: boolean;
}

/** Where the pages come from that may use the API. */
const PAGE = 'https://ui.example';

let database: TestDatabase;
let server: TestContractor;
let token: string;

async function ask(method: string, path: string, { body, headers = {}, anonymous = false }: Sent = {}): Promise<Reply> {
  const response = await fetch(new URL(path, `${server.url}/api/rest/`), {
    method,
    headers: {
      ...(anonymous ? undefined : { Authorization: `Bearer root:${token}` }),
      'Content-Type': 'application/json',
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: (text === '' ? {} : JSON.parse(text)) as Reply['body'],
  };
}

const login = async (): Promise<void> => {
  const { body } = await ask('POST', 'Auth/User/login', {
    anonymous: true,
    body: { username: 'root', password: ADMIN_PASSWORD },
  });
  token = String(body['value']);
};

beforeAll(async () => {
  database = await testDatabase();
  server = await startContractor({ DATABASE_URL: database.url, CONTRACTOR_CORS_ORIGINS: PAGE });
  await login();
});
afterAll(async () => {
  await server.stop();
  await database.drop();
});

describe('the walk of somebody who manages sites', () => {
  it('begins with a session', async () => {
    expect(token).toMatch(/^[a-z0-9]{32}$/);
    expect((await ask('POST', 'Auth/User/whoami')).body).toEqual({ value: 'root' });
    const wrong = await ask('POST', 'Auth/User/login', { anonymous: true, body: { username: 'root', password: 'x' } });
    expect([wrong.status, wrong.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="contractor"']);
  });

  it('makes a site, finds it, changes it and deletes it', async () => {
    const values = { name: 'site1', description: 'the first', config_values: { dns_servers: ['10.0.0.1'], mtu: 9000 } };
    const made = await ask('POST', 'Site/Site', { body: values, headers: { 'Contractor-Reason': 'a new building' } });
    expect([made.status, made.headers.get('location')]).toEqual([201, '/api/rest/Site/Site/site1']);
    expect(made.body).toMatchObject({ ...values, zone: null, parent: null });

    const inner = await ask('POST', 'Site/Site', { body: { name: 'cellar', description: 'below', parent: 'site1' } });
    expect(inner.body).toMatchObject({ parent: 'site1', _links: { parent: { href: '/api/rest/Site/Site/site1' } } });
    const all = await ask('GET', 'Site/Site');
    expect([all.body['total'], (all.body['items'] as { name: string }[]).map(({ name }) => name)]).toEqual([
      2,
      ['cellar', 'site1'],
    ]);

    const changed = await ask('PATCH', 'Site/Site/site1', {
      body: { config_values: { mtu: null, domain: 'example.org' } },
      headers: { 'Content-Type': 'application/merge-patch+json' },
    });
    expect(changed.body['config_values']).toEqual({ dns_servers: ['10.0.0.1'], domain: 'example.org' });
    expect((await ask('GET', 'Site/Site/site1')).body).toEqual(changed.body);

    const used = await ask('DELETE', 'Site/Site/site1');
    expect([used.status, used.body['errors']]).toEqual([
      409,
      [{ field: '', code: 'NOT_DELETABLE', text: 'Not Deletable: used by Site cellar' }],
    ]);
    for (const name of ['cellar', 'site1']) expect((await ask('DELETE', `Site/Site/${name}`)).status).toBe(204);
    expect((await ask('GET', 'Site/Site/site1')).status).toBe(404);
  });

  it('is told what is wrong', async () => {
    const bad = await ask('POST', 'Site/Site', { body: { name: '-x', config_values: { domain_search: 'x' } } });
    expect([bad.status, bad.headers.get('content-type')]).toEqual([422, 'application/problem+json']);
    expect(bad.body).toMatchObject({
      type: '/api/rest/problems/invalid',
      instance: '/api/rest/Site/Site',
      request: bad.headers.get('contractor-request'),
      errors: [
        { field: 'description', code: 'NULL' },
        { field: 'name', code: 'PATTERN' },
        { field: 'config_values', code: 'LIST' },
      ],
    });
    expect((await ask('GET', 'Site/Site', { anonymous: true })).status).toBe(401);
    expect((await ask('PUT', 'Site/Site/x')).headers.get('allow')).toBe('GET, HEAD, PATCH, DELETE, OPTIONS');
  });
});

it('of many who change what they have read, one wins', async () => {
  const made = await ask('POST', 'Site/Site', { body: { name: 'race', description: 'none' } });
  const tag = String(made.headers.get('etag'));
  const patches = Array.from({ length: 6 }, (_, n) =>
    ask('PATCH', 'Site/Site/race', { body: { description: `of ${n}` }, headers: { 'If-Match': tag } }),
  );
  const replies = await Promise.all(patches);
  expect(replies.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 412, 412, 412, 412, 412]);
  const winner = replies.find(({ status }) => status === 200);
  const now = await ask('GET', 'Site/Site/race');
  expect([now.body, now.headers.get('etag')]).toEqual([winner?.body, winner?.headers.get('etag')]);
  const known = await ask('GET', 'Site/Site/race', { headers: { 'If-None-Match': String(now.headers.get('etag')) } });
  expect(known.status).toBe(304);
});

it('the past can be asked about, by position and by time', async () => {
  const made = await ask('POST', 'Site/Site', { body: { name: 'aged', description: 'as it was' } });
  const position = made.headers.get('contractor-position');
  const changed = await ask('PATCH', 'Site/Site/aged', { body: { description: 'as it is' } });
  for (const at of [position, encodeURIComponent(String(made.body['created']))]) {
    const then = await ask('GET', `Site/Site/aged?at=${at}`);
    expect([then.body, then.headers.get('contractor-position')]).toEqual([made.body, position]);
  }
  const now = await ask('GET', `Site/Site/aged?at=${changed.headers.get('contractor-position')}`);
  expect(now.body).toEqual(changed.body);
  expect((await ask('GET', `Foreman/FoundationJob?at=${position}`)).body).toMatchObject({ items: [], total: 0 });
  const unkept = await ask('GET', `Auth/Session?at=${position}`);
  expect([unkept.status, unkept.body['errors']]).toEqual([
    400,
    [{ field: 'at', code: 'NO_HISTORY', text: expect.any(String) }],
  ]);
});

it('a request with a key comes true once', async () => {
  await ask('POST', 'Site/Site', { body: { name: 'once', description: 'none' } });
  const send = () =>
    ask('PATCH', 'Site/Site/once', { body: { description: 'some' }, headers: { 'Idempotency-Key': 'a key' } });
  const [first, ...others] = [await send(), ...(await Promise.all([send(), send()]))];
  for (const other of others) {
    expect([other.status, other.body, other.headers.get('contractor-request')]).toEqual([
      200,
      first.body,
      first.headers.get('contractor-request'),
    ]);
  }
  const { rows } = await database.pool.query('SELECT type FROM log.events WHERE meta LIKE $1 ORDER BY position', [
    `%"request":"${first.headers.get('contractor-request')}"%`,
  ]);
  expect(rows).toEqual([{ type: 'SiteDescribed' }, { type: 'RequestCarriedOut' }]);
});

it('a request with a key comes true once, even if the server is lost before it has kept its answer', async () => {
  const lose = () => database.pool.query('DELETE FROM ledger.answers');
  const twice = async (method: string, path: string, key: string, body: object) => {
    const send = () => ask(method, path, { body, headers: { 'Idempotency-Key': key } });
    const first = await send();
    expect(first.status).toBeLessThan(300);
    await lose();
    const second = await send();
    expect([second.status, second.body]).toEqual([first.status, first.body]);
    await lose();
    const other = await ask(method, path, { body: { ...body, other: 1 }, headers: { 'Idempotency-Key': key } });
    expect(other.status).toBeGreaterThanOrEqual(400);
    return first;
  };
  const zone = await twice('POST', 'Directory/Zone', 'a zone', { name: 'lost' });
  const entry = { zone: zone.body['id'], type: 'TXT', name: 'note', target: 'text' };
  await twice('POST', 'Directory/Entry', 'an entry', entry);
  expect((await ask('GET', 'Directory/Entry')).body['total']).toBe(1);
  await twice('PATCH', `Directory/Zone/${String(zone.body['id'])}`, 'a change', { ttl: 60 });
});

it('a request with a key is answered as before when it comes again, and its key is good for nothing else', async () => {
  const key = { 'Idempotency-Key': 'make it' };
  const make = (name: string) => ask('POST', 'Site/Site', { body: { name, description: 'x' }, headers: key });
  const [first, again, other] = [await make('made'), await make('made'), await make('made-otherwise')];
  expect([first.status, again.status]).toEqual([201, 201]);
  expect(again.body).toEqual(first.body);
  expect([first, again].map(({ headers }) => headers.get('idempotency-replayed'))).toEqual([null, 'true']);
  expect([other.status, other.body['detail']]).toEqual([422, 'The Idempotency-Key was used for another request.']);

  const gone = () => ask('DELETE', 'Site/Site/made', { headers: { 'Idempotency-Key': 'delete it' } });
  expect([(await gone()).status, (await gone()).status]).toEqual([204, 204]);
});

it('what is text by contract on CInP is typed here', async () => {
  const cinp = new CinpClient(server.url, { version: '0.9' });
  await cinp.login('root', ADMIN_PASSWORD);
  await ask('POST', 'Site/Site', { body: { name: 'typed', description: 'x' } });
  await ask('POST', 'BluePrint/FoundationBluePrint', {
    body: { name: 'by-hand', description: 'x', foundation_type_list: ['Manual'] },
  });
  const foundation = { locator: 'host1', site: 'typed', blueprint: 'by-hand', id_map: { mac: '00:11' } };
  const made = await ask('POST', 'Manual/ManualFoundation', { body: foundation });
  expect(made.body).toMatchObject({ ...foundation, class_list: expect.arrayContaining(['Metal', 'VM']) });
  expect(await cinp.get('/api/v1/Manual/ManualFoundation:host1:')).toMatchObject({
    id_map: "{'mac': '00:11'}",
    class_list: expect.stringMatching(/^\['Metal', 'VM'/),
  });
  await cinp.update('/api/v1/Manual/ManualFoundation:host1:', { id_map: '{"mac": "22:33"}' });
  expect((await ask('GET', 'Building/Foundation/host1')).body['id_map']).toEqual({ mac: '22:33' });
});

it('a site tells what is in it', async () => {
  const { body } = await ask('POST', 'Site/Site/typed/getDependencyMap', { body: {} });
  const host = { description: 'host1', type: 'Foundation', state: 'planned', dependency_list: [], has_job: false };
  expect(body).toEqual({ value: { 'f-host1': { ...host, external: false } } });
});

describe('the document', () => {
  interface Item extends Readonly<Record<string, unknown>> {
    readonly parameters?: readonly { readonly schema: { readonly type: string } }[];
  }
  interface Operation {
    readonly security: readonly unknown[];
  }
  const METHODS = ['get', 'post', 'patch', 'delete', 'put'];
  let paths: Readonly<Record<string, Item>>;

  it('is sound, and for everybody', async () => {
    const { status, body } = await ask('GET', 'openapi.json', { anonymous: true });
    expect(status).toBe(200);
    expect(await new Validator().validate(structuredClone(body))).toEqual({ valid: true });
    paths = body['paths'] as typeof paths;
  });

  it('lists what answers, and nothing else', async () => {
    const wrong: unknown[] = [];
    let asked = 0;
    for (const [path, item] of Object.entries(paths)) {
      const id = item.parameters?.[0]?.schema.type === 'integer' ? '999999' : 'x';
      const names = { id, name: 'conflict', namespace: 'Site', model: 'Site', action: 'getConfig' };
      const target = path.slice(1).replace(/\{(\w+)\}/g, (_, name: keyof typeof names) => names[name]);
      // What is called like an action may be an object too.
      const object = paths[path.replace(/[^/]+$/, '{id}')];
      for (const method of METHODS) {
        const operation = (item[method] ?? object?.[method]) as Operation | undefined;
        const { status } = await ask(method.toUpperCase(), target, { anonymous: true });
        asked += 1;
        // Unless anybody may, the session is asked for before anything else is looked at.
        const guarded = operation && operation.security.length > 0;
        const right = guarded ? status === 401 : operation ? ![404, 405, 500].includes(status) : status === 405;
        // In the place of an id may stand the name of an action of the model, which x is none of.
        const isAction = method === 'post' && path === '/diff/{namespace}/{model}/{id}';
        if (!right && !isAction) wrong.push([method, target, status]);
      }
    }
    expect(asked).toBeGreaterThan(100);
    expect(wrong).toEqual([]);
  });

  it('has a path for every model and action CInP describes', async () => {
    const cinp = async (uri: string) => {
      const response = await fetch(new URL(uri, server.url), {
        method: 'DESCRIBE',
        headers: { 'CInP-Version': '0.9' },
      });
      return (await response.json()) as Readonly<Record<string, unknown>>;
    };
    const { namespaces } = await cinp('/api/v1/');
    const known = new Set(Object.keys(paths));
    for (const namespace of namespaces as string[]) {
      for (const model of (await cinp(namespace))['models'] as string[]) {
        const { actions, 'not-allowed-verbs': disallowed } = (await cinp(model)) as Readonly<Record<string, string[]>>;
        const path = model.replace('/api/v1', '');
        expect([path, known.has(path)]).toEqual([
          path,
          !['LIST', 'CREATE'].every((verb) => disallowed?.includes(verb)),
        ]);
        for (const action of actions ?? []) {
          const name = /\((\w+)\)$/.exec(action)?.[1] ?? '';
          expect([action, known.has(`${path}/${name}`) || known.has(`${path}/{id}/${name}`)]).toEqual([action, true]);
        }
      }
    }
  });
});

describe('a page of another origin', () => {
  it.each([
    ['REST', '/api/rest/Site/Site/any', 'PATCH', 'Idempotency-Key', 'ETag'],
    ['CInP', '/api/v1/Site/Site', 'UPDATE', 'Cinp-Version', 'Total'],
  ])('may use %s where it is named', async (_, path, verb, accepted, exposed) => {
    const { headers } = await ask('OPTIONS', `${server.url}${path}`, {
      headers: { Origin: PAGE },
    });
    expect(headers.get('Access-Control-Allow-Origin')).toBe(PAGE);
    expect(headers.get('Access-Control-Allow-Methods')).toContain(verb);
    expect(headers.get('Access-Control-Allow-Headers')).toContain(accepted);
    expect(headers.get('Access-Control-Expose-Headers')).toContain(exposed);
    const other = await ask('GET', `${server.url}${path}`, { headers: { Origin: 'https://other.example' } });
    expect(other.headers.get('Access-Control-Allow-Origin')).toBeNull();
    expect(other.headers.get('Vary')).toBe('Origin');
  });
});
