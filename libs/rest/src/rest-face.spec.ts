import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestDatabase } from '#testing';
import { testDatabase } from '#testing';
import type { ExampleServer, Reply, Sent } from './example-server.ts';
import { exampleServer } from './example-server.ts';

let database: TestDatabase;
let server: ExampleServer;
const ask = (method: string, path: string, sent?: Sent): Promise<Reply> =>
  server.ask(method, `/api/rest/${path}`, sent);
const get = (path: string, headers: Record<string, string> = {}) => ask('GET', path, { headers });
const post = (path: string, body?: unknown, headers: Record<string, string> = {}) =>
  ask('POST', path, { headers, body });
const patch = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  ask('PATCH', path, { headers, body });

const MERGE = { 'Content-Type': 'application/merge-patch+json' };
const ID = expect.stringMatching(/^[0-9a-f]{32}$/) as unknown as string;
const MOMENT = expect.stringMatching(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/) as unknown as string;

beforeAll(async () => {
  database = await testDatabase();
  server = await exampleServer(database.pool);
  for (const name of ['a', 'b', 'c']) await post('Site/Site', { name, description: `site ${name}` });
});
afterAll(async () => {
  await server.stop();
  await database.drop();
});

/** A site of its own for a test. */
let sites = 0;
async function fresh(values: object = {}): Promise<{ path: string; etag: string; position: bigint }> {
  const name = `fresh${(sites += 1)}`;
  const { headers } = await post('Site/Site', { name, description: 'new', level: 'hard', ...values });
  return {
    path: `Site/Site/${name}`,
    etag: String(headers.etag),
    position: BigInt(String(headers['contractor-position'])),
  };
}

describe('an object', () => {
  it('is created, typed, with where it and what it refers to are found', async () => {
    const values = {
      name: 'whole',
      description: 'ü',
      parent: 'a',
      level: 'hard',
      config_values: { b: [1, { c: null }], 1: 'x' },
      tags: ['x', 'y'],
      size: -7,
      ratio: 0.5,
      urgent: true,
      opens: '2026-03-01T13:00:00+01:00',
    };
    const { status, headers, body } = await post('Site/Site', values);
    expect(status).toBe(201);
    expect(headers).toMatchObject({
      location: '/api/rest/Site/Site/whole',
      'content-type': 'application/json',
      'contractor-request': ID,
      'contractor-position': expect.stringMatching(/^\d+$/),
      etag: expect.stringMatching(/^"\d+-[\w-]+"$/),
    });
    expect(headers).not.toHaveProperty('contractor-pending');
    expect(body).toEqual({
      ...values,
      opens: '2026-03-01T12:00:00.000000+00:00',
      weight: 254,
      classes: ['VM', 'Metal'],
      updated: MOMENT,
      created: MOMENT,
      _links: {
        self: { href: '/api/rest/Site/Site/whole' },
        collection: { href: '/api/rest/Site/Site' },
        parent: { href: '/api/rest/Site/Site/a' },
      },
    });
    const read = await get('Site/Site/whole');
    expect([read.status, read.body, read.headers.etag]).toEqual([200, body, headers.etag]);
  });

  it('takes the defaults for what is left out', async () => {
    expect((await post('Site/Site', { name: 'bare', description: 'x' })).body).toMatchObject({
      parent: null,
      level: 'soft',
      config_values: {},
      tags: [],
      size: null,
      ratio: null,
      urgent: false,
      opens: null,
    });
  });

  it('is found by an id that has to be written in percent signs', async () => {
    await post('Site/Site', { name: "o'neil", description: 'x' });
    expect((await get('Site/Site/o%27neil')).body).toMatchObject({ name: "o'neil" });
  });

  it('has references that are numbers, lists of them, and links for each', async () => {
    await post('Net/Network', { name: 'n1', site: 'a' });
    const { body } = await post('Net/Network', { name: 'n2', site: 'a', neighbours: [1] });
    expect(body).toMatchObject({
      id: 2,
      site: 'a',
      neighbours: [1],
      _links: {
        self: { href: '/api/rest/Net/Network/2' },
        site: { href: '/api/rest/Site/Site/a' },
        neighbours: [{ href: '/api/rest/Net/Network/1' }],
      },
    });
  });

  it('is deleted, unless something uses it', async () => {
    const { path } = await fresh();
    await post('Site/Site', { name: 'inner', description: 'x', parent: path.split('/')[2] });
    expect(await ask('DELETE', path)).toMatchObject({
      status: 409,
      body: { errors: [{ field: '', code: 'NOT_DELETABLE', text: 'Not Deletable: used by Site inner' }] },
    });
    expect((await ask('DELETE', 'Site/Site/inner')).status).toBe(204);
    const gone = await ask('DELETE', path);
    expect([gone.status, gone.text, gone.headers['contractor-position']]).toEqual([
      204,
      '',
      expect.stringMatching(/^\d+$/),
    ]);
    expect((await get(path)).status).toBe(404);
  });

  it('is asked for its headers alone', async () => {
    const { path, etag } = await fresh();
    const { status, headers, text } = await ask('HEAD', path);
    expect([status, headers.etag, text]).toEqual([200, etag, '']);
    expect(Number(headers['content-length'])).toBeGreaterThan(100);
  });
});

describe('a change', () => {
  it('sets the fields that are given, as JSON', async () => {
    const { path } = await fresh({ config_values: { a: 1, b: 2 }, size: 3 });
    const { status, body } = await patch(path, { description: 'other', config_values: { a: 2 }, size: null });
    expect(status).toBe(200);
    expect(body).toMatchObject({ description: 'other', config_values: { a: 2 }, size: null, level: 'hard' });
  });

  it('merges maps, as a merge patch', async () => {
    const { path } = await fresh({ config_values: { a: { x: 1, y: 2 }, b: 2, c: 3 }, tags: ['x'] });
    const changed = await patch(path, { config_values: { a: { y: null, z: 3 }, c: null }, tags: ['y'] }, MERGE);
    expect(changed.body).toMatchObject({ config_values: { a: { x: 1, z: 3 }, b: 2 }, tags: ['y'] });
    expect((await patch(path, { config_values: null }, MERGE)).body).toMatchObject({ config_values: {} });
  });

  it('loses no key when many merge at the same time', async () => {
    const { path } = await fresh({ config_values: { first: 0 } });
    const keys = Array.from({ length: 8 }, (_, n) => `k${n}`);
    const replies = await Promise.all(keys.map((key) => patch(path, { config_values: { [key]: 1 } }, MERGE)));
    expect(replies.map(({ status }) => status)).toEqual(keys.map(() => 200));
    const { config_values: config } = (await get(path)).body as { config_values: object };
    expect(Object.keys(config).toSorted()).toEqual(['first', ...keys]);
  });

  it('may hold what was read and is not written by clients, if it is as it was', async () => {
    const { path } = await fresh();
    const { body } = await get(path);
    const again = await patch(path, { ...(body as object), description: 'edited' });
    expect([again.status, again.body]).toEqual([200, expect.objectContaining({ description: 'edited' })]);
    expect(await patch(path, body)).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'updated', code: 'NOT_WRITEABLE' }] },
    });
    expect((await patch(path, { name: 'other' })).status).toBe(422);
  });

  it('that changes nothing is answered with what is there', async () => {
    const { path, etag } = await fresh();
    const { status, headers } = await patch(path, { description: 'new' });
    expect([status, headers.etag]).toEqual([200, etag]);
  });
});

describe('a list', () => {
  const namesIn = ({ body }: Reply) => (body as { items: { name: string }[] }).items.map(({ name }) => name);

  it('holds whole objects, a page at a time, with links to the pages around it', async () => {
    const one = await get('Site/Site?count=1&position=1');
    expect(one.status).toBe(200);
    expect(one.headers['contractor-position']).toMatch(/^\d+$/);
    const { total } = one.body as { total: number };
    expect(total).toBeGreaterThan(2);
    expect(one.body).toMatchObject({
      items: [{ name: 'b', description: 'site b', _links: { self: { href: '/api/rest/Site/Site/b' } } }],
      position: 1,
      _links: {
        self: { href: '/api/rest/Site/Site?count=1&position=1' },
        prev: { href: '/api/rest/Site/Site?count=1&position=0' },
        next: { href: '/api/rest/Site/Site?count=1&position=2' },
      },
    });
    const last = (await get(`Site/Site?count=5&position=${total - 2}`)).body as { items: unknown[]; _links: object };
    expect([last.items.length, Object.keys(last._links)]).toEqual([2, ['self', 'prev']]);
  });

  it('holds what a filter finds', async () => {
    for (const name of ['c2', 'c1']) await post('Site/Site', { name, description: 'x', parent: 'c' });
    const found = await get('Site/Site?filter=parent&parent=c');
    expect([namesIn(found), (found.body as { total: number }).total]).toEqual([['c1', 'c2'], 2]);
    expect(namesIn(await get('Site/Site?filter=parent&parent='))).toEqual([]);
  });

  it.each([
    ['filter=nope', 'filter', 'UNKNOWN'],
    ['filter=toString', 'filter', 'UNKNOWN'],
    ['parent=a', 'parent', 'UNKNOWN'],
    ['filter=parent', 'parent', 'REQUIRED'],
    ['filter=level&level=none', 'level', 'CHOICE'],
    ['filter=level&level=soft&size=x', 'size', 'TYPE'],
    ['filter=level&level=soft&network=x', 'network', 'TYPE'],
    ['filter=level&level=soft&level=hard', 'level', 'TWICE'],
    ['count=1001', 'count', 'INVALID'],
    ['count=-1', 'count', 'INVALID'],
    ['position=x', 'position', 'INVALID'],
    ['at=yesterday', 'at', 'INVALID'],
    ['at=9999-01-01', 'at', 'AHEAD'],
    ['at=99999999', 'at', 'AHEAD'],
  ])('is refused for ?%s', async (query, field, code) => {
    expect(await get(`Site/Site?${query}`)).toMatchObject({
      status: 400,
      body: { type: '/api/rest/problems/malformed', errors: [{ field, code }] },
    });
  });
});

describe('tags', () => {
  it('spare a reader what is known', async () => {
    const { path, etag } = await fresh();
    const known = await get(path, { 'If-None-Match': etag });
    expect([known.status, known.text, known.headers.etag]).toEqual([304, '', etag]);
    expect((await get(path, { 'If-None-Match': '"other"' })).status).toBe(200);
    const { headers } = await patch(path, { description: 'other' });
    expect(headers.etag).not.toBe(etag);
    expect((await get(path, { 'If-None-Match': etag })).status).toBe(200);
  });

  it('let a change through for what it was thought of only', async () => {
    const { path, etag } = await fresh();
    expect((await patch(path, { size: 1 }, { 'If-Match': `"0-x", ${etag}` })).status).toBe(200);
    const late = await patch(path, { size: 2 }, { 'If-Match': etag });
    expect(late).toMatchObject({ status: 412, body: { type: '/api/rest/problems/precondition-failed' } });
    expect((await get(path)).body).toMatchObject({ size: 1 });
    expect((await patch(path, { size: 3 }, { 'If-Match': '*' })).status).toBe(200);
    expect((await patch(path, { size: 4 }, { 'If-Match': '"foreign"' })).status).toBe(412);
  });

  it('let one of many through that come at the same time', async () => {
    for (const type of [{}, MERGE]) {
      const { path, etag } = await fresh();
      const replies = await Promise.all(
        [1, 2, 3, 4, 5, 6].map((n) => patch(path, { size: n, config_values: { n } }, { 'If-Match': etag, ...type })),
      );
      const won = replies.filter(({ status }) => status === 200);
      expect(won).toHaveLength(1);
      expect(replies.filter(({ status }) => status === 412)).toHaveLength(5);
      expect((await get(path)).body).toEqual(won[0]?.body);
    }
  });

  it('guard a deletion', async () => {
    const { path, etag } = await fresh();
    await patch(path, { size: 1 });
    expect((await ask('DELETE', path, { headers: { 'If-Match': etag } })).status).toBe(412);
    const { headers } = await get(path);
    expect((await ask('DELETE', path, { headers: { 'If-Match': String(headers.etag) } })).status).toBe(204);
  });

  it('guard no action', async () => {
    const { path, etag } = await fresh();
    expect(await post(`${path}/describe`, { description: 'x' }, { 'If-Match': etag })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'If-Match', code: 'UNKNOWN' }] },
    });
  });
});

describe('the past', () => {
  it('is asked for by position and by time', async () => {
    const before = new Date().toISOString();
    await sleep(5);
    const { path, position, etag } = await fresh({ size: 1 });
    const { created } = (await get(path)).body as { created: string };
    await patch(path, { size: 2 });
    const then = await get(`${path}?at=${position}`);
    expect([then.status, then.headers.etag, then.headers['contractor-position']]).toEqual([
      200,
      etag,
      String(position),
    ]);
    expect(then.body).toMatchObject({ size: 1 });
    for (const time of [encodeURIComponent(created), created]) {
      const timely = await get(`${path}?at=${time}`);
      expect([timely.body, timely.headers['contractor-position']]).toEqual([then.body, String(position)]);
    }
    expect((await get(`${path}?at=${position - 1n}`)).status).toBe(404);
    expect((await get(`${path}?at=${before}`)).status).toBe(404);
    const list = await get(`Site/Site?filter=level&level=hard&at=${position}&count=1000`);
    const [, , name] = path.split('/');
    expect((list.body as { items: { name: string; size: number }[] }).items).toContainEqual(
      expect.objectContaining({ name, size: 1 }),
    );
  });

  it('of what is deleted is still there', async () => {
    const { path, position } = await fresh();
    await ask('DELETE', path);
    expect((await get(path)).status).toBe(404);
    expect((await get(`${path}?at=${position}`)).status).toBe(200);
  });

  it('is not kept of everything', async () => {
    await post('Net/Network', { name: 'n50', site: 'a' });
    for (const path of ['Net/Network/50?at=1', 'Net/Network?at=1']) {
      expect(await get(path)).toMatchObject({ status: 400, body: { errors: [{ field: 'at', code: 'NO_HISTORY' }] } });
    }
  });

  it('cannot be changed', async () => {
    const { path } = await fresh();
    expect((await patch(`${path}?at=1`, { size: 2 })).status).toBe(400);
  });
});

describe('an action', () => {
  it('of an object answers a value', async () => {
    const { path } = await fresh({ config_values: { a: 1 } });
    const { status, body } = await post(`${path}/getConfig`);
    expect([status, body]).toEqual([200, { value: { a: 1 } }]);
    expect((await post(`${path}/networks`)).body).toEqual({ value: [], _links: { value: [] } });
  });

  it('that answers nothing answers nothing', async () => {
    const { path } = await fresh();
    const { status, text } = await post(`${path}/describe`, { description: 'loud', loud: true });
    expect([status, text]).toEqual([204, '']);
    expect((await get(path)).body).toMatchObject({ description: 'LOUD' });
  });

  it('of a model needs no object', async () => {
    expect(await post('Site/Site/count')).toMatchObject({ status: 200, body: { value: expect.any(Number) } });
  });

  it.each<[unknown, string, string]>([
    [{}, 'description', 'REQUIRED'],
    [{ description: 'far too long a text' }, 'description', 'TOO_LONG'],
    [{ description: 'x', loud: 'yes' }, 'loud', 'TYPE'],
    [{ description: 'x', other: 1 }, 'other', 'UNKNOWN'],
  ])('does not take %j', async (body, field, code) => {
    expect(await post('Site/Site/a/describe', body)).toMatchObject({
      status: 422,
      body: { errors: [{ field, code }] },
    });
  });

  it('is refused for reasons programs can tell apart', async () => {
    expect(await post('Site/Site/a/describe', { description: 'job' })).toMatchObject({
      status: 409,
      body: {
        type: '/api/rest/problems/refused',
        errors: [{ field: '', code: 'JOB_EXISTS', text: 'there is a job at work' }],
      },
    });
    expect(await post('Site/Site/a/describe', { description: 'taken' })).toMatchObject({
      status: 409,
      body: { type: '/api/rest/problems/conflict' },
    });
  });
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

describe('while the read models are late', () => {
  beforeEach(() => {
    server.late = false;
  });

  it('a change is made, and says what to wait for', async () => {
    const { path } = await fresh();
    server.late = true;
    const { status, headers } = await patch(path, { size: 9 });
    expect([status, headers['contractor-pending'], headers.etag]).toEqual([
      200,
      expect.stringMatching(/^\d+$/),
      undefined,
    ]);
    expect(BigInt(String(headers['contractor-position']))).toBeLessThanOrEqual(
      BigInt(String(headers['contractor-pending'])),
    );
    const made = await post('Site/Site', { name: `late${Date.now()}`, description: 'x', size: 1 });
    expect([made.status, made.body]).toEqual([201, expect.objectContaining({ size: 1, created: null })]);
  });

  it('conditions are not met, and not failed', async () => {
    const { path, etag } = await fresh();
    server.late = true;
    const reply = await patch(path, { size: 9 }, { 'If-Match': etag });
    expect([reply.status, reply.headers['retry-after']]).toEqual([503, '1']);
    server.late = false;
    expect((await get(path)).body).toMatchObject({ size: null });
  });
});

describe('the log', () => {
  const metaOf = async (request: string): Promise<Record<string, unknown>[]> => {
    const { rows } = await database.pool.query<{ meta: string }>('SELECT meta FROM log.events ORDER BY position');
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

  it('knows a wish by its key, for each person apart', async () => {
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
