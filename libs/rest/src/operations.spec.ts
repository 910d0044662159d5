import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { TestDatabase } from '#testing';
import { testDatabase } from '#testing';
import type { ExampleClient } from '../test/example-client.ts';
import { exampleClient, MERGE } from '../test/example-client.ts';
import type { ExampleServer, Reply } from '../test/example-server.ts';
import { exampleServer } from '../test/example-server.ts';

jest.setTimeout(240_000);

const ID = expect.stringMatching(/^[0-9a-f]{32}$/) as unknown as string;
const MOMENT = expect.stringMatching(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/) as unknown as string;

let database: TestDatabase;
let server: ExampleServer;
let client: ExampleClient;
const ask: ExampleClient['ask'] = (...args) => client.ask(...args);
const get: ExampleClient['get'] = (...args) => client.get(...args);
const post: ExampleClient['post'] = (...args) => client.post(...args);
const patch: ExampleClient['patch'] = (...args) => client.patch(...args);
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
