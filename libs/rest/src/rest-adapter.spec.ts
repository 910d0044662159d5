import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { TestDatabase } from '#testing';
import { testDatabase } from '#testing';
import type { ExampleClient } from '../test/example-client.ts';
import { exampleClient, MERGE } from '../test/example-client.ts';
import type { ExampleServer, Sent } from '../test/example-server.ts';
import { exampleServer } from '../test/example-server.ts';

jest.setTimeout(240_000);

let database: TestDatabase;
let server: ExampleServer;
let client: ExampleClient;
const ask: ExampleClient['ask'] = (...args) => client.ask(...args);
const get: ExampleClient['get'] = (...args) => client.get(...args);
const post: ExampleClient['post'] = (...args) => client.post(...args);
const fresh: ExampleClient['fresh'] = (...args) => client.fresh(...args);

beforeAll(async () => {
  database = await testDatabase();
  server = await exampleServer(database);
  client = exampleClient(server);
  for (const name of ['a', 'b', 'c']) await post('Site/Site', { name, description: `site ${name}` });
});
afterAll(async () => {
  await server.stop();
  await database.drop();
});

describe('a session', () => {
  it.each<[string, Record<string, string>, unknown]>([
    ['none', {}, 'nobody'],
    ['a bearer', { Authorization: 'Bearer root:token-of-root' }, 'root'],
    ['a bearer in other letters', { Authorization: 'bearer  root:token-of-root' }, 'root'],
    ['a pair of headers', { 'Auth-Id': 'reader', 'Auth-Token': 'token-of-reader' }, 'reader'],
  ])('%s', async (_, headers, name) => {
    const { status, body } = await ask('POST', 'Auth/User/whoami', { as: 'nobody', headers });
    expect([status, body]).toEqual([200, { value: name }]);
  });

  it.each<[string, Record<string, string>]>([
    ['of nobody', { Authorization: 'Bearer root:wrong' }],
    ['in another form', { Authorization: 'Basic cm9vdDpzZWNyZXQ=' }],
    ['without a name', { Authorization: 'Bearer token-of-root' }],
    ['of nobody, in a pair', { 'Auth-Id': 'root', 'Auth-Token': 'wrong' }],
  ])('%s is refused', async (_, headers) => {
    const { status, headers: said } = await ask('POST', 'Auth/User/whoami', { as: 'nobody', headers });
    expect([status, said['www-authenticate']]).toEqual([401, 'Bearer realm="contractor"']);
  });

  it('begins with an action', async () => {
    const login = (password: string) =>
      ask('POST', 'Auth/User/login', { as: 'nobody', body: { username: 'root', password } });
    expect((await login('secret')).body).toEqual({ value: 'token-of-root' });
    for (const Authorization of ['Bearer root:stale', 'Basic cm9vdDpzZWNyZXQ=']) {
      const body = { username: 'root', password: 'secret' };
      const sent = { as: 'nobody', headers: { Authorization }, body } as const;
      expect((await ask('POST', 'Auth/User/login', sent)).body).toEqual({ value: 'token-of-root' });
    }
    expect(await login('wrong')).toMatchObject({
      status: 401,
      body: { type: '/api/rest/problems/unauthenticated', errors: [{ field: '', code: 'INVALID_LOGIN' }] },
    });
  });

  it.each<[Sent['as'], string, string, number]>([
    ['nobody', 'GET', 'Site/Site', 401],
    ['reader', 'GET', 'Site/Site', 200],
    ['reader', 'POST', 'Site/Site', 403],
    ['reader', 'PATCH', 'Site/Site/a', 403],
    ['reader', 'DELETE', 'Site/Site/a', 403],
    ['reader', 'POST', 'Site/Site/a/describe', 403],
    ['reader', 'POST', 'Site/Site/count', 200],
    ['nobody', 'POST', 'Site/Site/count', 401],
    ['writer', 'GET', 'Site/Site/a', 403],
    ['writer', 'PATCH', 'Site/Site/a', 400],
  ])('as %s, %s %s is answered %j', async (as, method, path, status) => {
    const reply = await ask(method, path, { as: as ?? 'nobody' });
    expect([reply.status, reply.status < 400 || (reply.body as { status: number }).status]).toEqual([
      status,
      status < 400 || status,
    ]);
  });
});

describe('problems', () => {
  it('are told in full', async () => {
    const { status, headers, body } = await get('Site/Site/nowhere?at=0');
    expect(status).toBe(404);
    expect(headers).toMatchObject({ 'content-type': 'application/problem+json', 'cache-control': 'private, no-cache' });
    expect(body).toEqual({
      type: '/api/rest/problems/not-found',
      title: 'There is no such thing',
      status: 404,
      detail: 'There is no Site/Site nowhere.',
      instance: '/api/rest/Site/Site/nowhere',
      request: headers['contractor-request'],
    });
  });

  it('have a page each', async () => {
    const { body } = await get('Site/Site/nowhere');
    const page = await server.ask('GET', (body as { type: string }).type, { as: 'nobody' });
    expect([page.status, page.body]).toEqual([
      200,
      {
        type: '/api/rest/problems/not-found',
        status: 404,
        title: 'There is no such thing',
        doc: expect.stringContaining(' '),
      },
    ]);
  });

  it.each([
    ['', 404],
    ['Site', 404],
    ['Site/Nothing', 404],
    ['Auth/User', 404],
    ['Auth/Hidden/whoami', 404],
    ['Site/Site/', 404],
    ['Site/Site/a/b', 404],
    ['Site/Site/a/count', 404],
    ['Site/Site/a/toString', 404],
    ['Site/Site/a/getConfig/x', 404],
    ['Net/Network/x', 404],
    ['Net/Network/007', 404],
    ['problems/nothing', 404],
    ['Site/Site/%ff', 400],
  ])('GET %s is answered %j', async (path, status) => {
    expect((await get(path)).status).toBe(status);
  });

  it.each([
    ['PUT', 'Site/Site', 'GET, HEAD, POST, OPTIONS'],
    ['POST', 'Site/Site/a', 'GET, HEAD, PATCH, DELETE, OPTIONS'],
    ['PATCH', 'Site/Site/count', 'GET, HEAD, PATCH, DELETE, POST, OPTIONS'],
    ['GET', 'Site/Site/a/getConfig', 'POST, OPTIONS'],
    ['PATCH', 'Net/Network/1', 'GET, HEAD, OPTIONS'],
    ['POST', 'Net/Plan', 'GET, HEAD, OPTIONS'],
    ['DELETE', 'openapi.json', 'GET, HEAD, OPTIONS'],
  ])('%s %s names what is answered there', async (method, path, allow) => {
    const asked = await ask('OPTIONS', path, { as: 'nobody' });
    expect([asked.status, asked.headers.allow]).toEqual([204, allow]);
    if (method === 'PATCH' && path === 'Site/Site/count') return;
    const { status, headers } = await ask(method, path, { as: 'nobody' });
    expect([status, headers.allow]).toEqual([405, allow]);
  });

  it.each<[string, unknown, Record<string, string>, number, string]>([
    ['broken JSON', '{"name": ', {}, 400, 'malformed'],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22]), {}, 400, 'malformed'],
    ['a NUL character', { name: 'x\0' }, {}, 400, 'malformed'],
    ['a number that would be kept as another', '{"config_values": {"a": 9007199254740993}}', {}, 400, 'malformed'],
    ['a number without end', '{"config_values": {"a": [-1e400]}}', {}, 400, 'malformed'],
    ['a list', [], {}, 400, 'malformed'],
    ['no body', undefined, {}, 400, 'malformed'],
    ['another type', '<a/>', { 'Content-Type': 'text/xml' }, 415, 'unsupported-type'],
    ['a merge patch', '{}', MERGE, 415, 'unsupported-type'],
    ['too much', { name: 'x'.repeat(10_000) }, {}, 413, 'too-large'],
    ['an empty key', { name: 'x' }, { 'Idempotency-Key': '' }, 400, 'malformed'],
    ['a key without end', { name: 'x' }, { 'Idempotency-Key': 'k'.repeat(256) }, 400, 'malformed'],
    ['a reason without end', { name: 'x' }, { 'Contractor-Reason': 'r'.repeat(1001) }, 400, 'malformed'],
  ])('%s is not taken', async (_, body, headers, status, name) => {
    const reply = await post('Site/Site', body, headers);
    expect([reply.status, (reply.body as { type: string }).type]).toEqual([status, `/api/rest/problems/${name}`]);
  });

  it('with values name the fields', async () => {
    expect(
      await post('Site/Site', { name: 'x', size: '1', tags: ['far too long a tag'], created: null, nothing: 1 }),
    ).toMatchObject({
      status: 422,
      body: {
        type: '/api/rest/problems/invalid',
        errors: [
          { field: 'nothing', code: 'UNKNOWN' },
          { field: 'size', code: 'TYPE', text: 'must be a whole number' },
          { field: 'tags', code: 'TOO_LONG' },
          { field: 'created', code: 'NOT_WRITEABLE' },
        ],
      },
    });
    expect(await post('Site/Site', { name: 'x', level: 'none', parent: 'nowhere' })).toMatchObject({
      status: 422,
      body: {
        errors: [
          { field: 'description', code: 'NULL' },
          { field: 'level', code: 'CHOICE' },
          { field: 'parent', code: 'INVALID_VALUE' },
        ],
      },
    });
    expect(await post('Site/Site', { name: 'a', description: 'x' })).toMatchObject({
      status: 409,
      body: { errors: [{ field: 'name', code: 'TAKEN' }] },
    });
  });

  it('nobody foresaw are kept from the caller, and told to the log', async () => {
    server.errors.length = 0;
    const { status, headers, body, text } = await post('Site/Site/a/describe', { description: 'bug' });
    const id = headers['contractor-request'];
    expect([status, body]).toEqual([
      500,
      expect.objectContaining({ detail: `Something went wrong. Reference: ${String(id)}.` }),
    ]);
    expect(text).not.toMatch(/reason|hunter2|\.ts/);
    expect(server.errors).toEqual([
      [
        'a request failed',
        expect.objectContaining({ message: 'the reason' }),
        { request: id, method: 'POST', path: '/api/rest/Site/Site/a/describe' },
      ],
    ]);
  });

  it('of a client that goes away are nobodys', async () => {
    server.errors.length = 0;
    const socket = connect(server.port, '127.0.0.1');
    socket.write(
      'POST /api/rest/Site/Site HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer root:token-of-root\r\nContent-Length: 9\r\n\r\n{',
    );
    await sleep(20);
    socket.destroy();
    await sleep(20);
    expect((await get('Site/Site/a')).status).toBe(200);
    expect(server.errors).toEqual([]);
  });
});

describe('the log', () => {
  const metaOf = async (request: string): Promise<Record<string, unknown>[]> => {
    const { rows } = await database.pool.query<{ meta: string }>(
      "SELECT meta FROM log.events WHERE type <> 'RequestCarriedOut' ORDER BY position",
    );
    return rows
      .map(({ meta }) => JSON.parse(meta) as Record<string, unknown>)
      .filter((meta) => meta['request'] === request);
  };

  it('names who wanted something, and why', async () => {
    const { path } = await fresh();
    const reason = Buffer.from('für Jürgen').toString('latin1');
    const { headers } = await ask('PATCH', path, {
      as: 'writer',
      body: { size: 5 },
      headers: { 'Contractor-Reason': reason },
    });
    expect(await metaOf(String(headers['contractor-request']))).toEqual([
      expect.objectContaining({ actor: 'writer', reason: 'für Jürgen' }),
    ]);
  });

  it.each<[string, unknown, string | undefined]>([
    ['Site/Site/Auth/describe', { description: 'other' }, 'true'],
    ['Site/Site/Auth/getConfig', {}, 'true'],
    ['Auth/User/whoami', {}, undefined],
    ['%41uth/User/whoami', {}, undefined],
    ['Auth/User/login', { username: 'root', password: 'secret' }, undefined],
  ])('an answer of %s is kept, but for those of Auth', async (path, body, replayed) => {
    await post('Site/Site', { name: 'Auth', description: 'x' });
    const send = () => post(path, body, { 'Idempotency-Key': `key of ${path}` });
    const [first, again] = [await send(), await send()];
    expect([again.status, again.body]).toEqual([first.status, first.body]);
    expect([first.status < 300, first.headers['idempotency-replayed']]).toEqual([true, undefined]);
    expect(again.headers['idempotency-replayed']).toBe(replayed);
  });

  it('a key that is used again for something else is a problem of its own', async () => {
    const { path } = await fresh();
    const send = (size: number) => ask('PATCH', path, { body: { size }, headers: { 'Idempotency-Key': 'one key' } });
    expect((await send(5)).status).toBe(200);
    const { status, body } = await send(6);
    expect([status, body]).toEqual([
      422,
      expect.objectContaining({
        type: '/api/rest/problems/idempotency-key-reused',
        detail: 'The Idempotency-Key was used for another request.',
      }),
    ]);
  });

  it('knows a request by its key, for each person apart', async () => {
    const { path } = await fresh();
    const send = (as: 'root' | 'writer', key: string) =>
      ask('PATCH', path, { as, body: { size: 6 }, headers: { 'Idempotency-Key': key } });
    const ids = [
      await send('root', 'k1'),
      await send('root', 'k1'),
      await send('root', 'k2'),
      await send('writer', 'k1'),
    ];
    const [first, again, other, foreign] = ids.map(({ headers }) => String(headers['contractor-request']));
    expect(again).toBe(first);
    expect(new Set([first, other, foreign]).size).toBe(3);
    expect(await metaOf(String(first))).toHaveLength(1);
  });
});
