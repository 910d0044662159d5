import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { TestDatabase } from '#testing';
import { testDatabase } from '#testing';
import type { ExampleClient } from '../test/example-client.ts';
import { exampleClient, MERGE } from '../test/example-client.ts';
import type { ExampleServer } from '../test/example-server.ts';
import { exampleServer } from '../test/example-server.ts';

jest.setTimeout(240_000);

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
});
afterAll(async () => {
  await server.stop();
  await database.drop();
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
    await post('Site/Site', { name: 'a', description: 'x' });
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
    const values = { size: 1, config_values: { a: 1, db_password: 'shown to nobody' } };
    const made = await post('Site/Site', { name: `late${Date.now()}`, description: 'x', ...values });
    expect([made.status, made.body]).toMatchObject([201, { size: 1, created: null, config_values: { a: 1 } }]);
    expect(JSON.stringify(made.body)).not.toContain('shown to nobody');
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
