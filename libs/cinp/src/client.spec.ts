import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { InvalidRequest, InvalidSession, NotAuthorized, NotFound, ServerError } from './client-errors.ts';
import { CinpClient } from './client.ts';
import type { ExampleServer } from '../test/example-server.ts';
import { exampleServer } from '../test/example-server.ts';

jest.setTimeout(240_000);

const SITE = '/api/v1/Site/Site';
const NETWORK = '/api/v1/Utilities/Network';

let server: ExampleServer;
let client: CinpClient;

beforeAll(async () => {
  server = await exampleServer();
  client = new CinpClient(`${server.url}/`);
});
afterAll(() => server.stop());

it('begins and ends a session', async () => {
  expect(await client.call('/api/v1/Auth/User(whoami)')).toBe('AnonymousUser');
  expect(await client.login('root', 'secret')).toBe('token-of-root');
  expect(await client.call('/api/v1/Auth/User(whoami)')).toBe('root');
  await client.logout();
  expect(await client.call('/api/v1/Auth/User(whoami)')).toBe('AnonymousUser');
  client.setAuth('root', 'token-of-root');
});

it('describes', async () => {
  expect(await client.describe(SITE)).toMatchObject({ type: 'Model', data: { name: 'Site', path: SITE } });
});

it('creates, reads, changes and deletes', async () => {
  const { uri, object } = await client.create(SITE, { name: 'a', description: 'first' });
  expect(uri).toBe(`${SITE}:a:`);
  expect(object).toMatchObject({ name: 'a' });
  expect(await client.update(uri, { description: 'second' })).toMatchObject({ description: 'second' });
  expect(await client.get<{ description: string }>(uri)).toMatchObject({ description: 'second' });
  expect(await client.call(`${uri}(rename)`, { description: 'third' })).toBeNull();
  expect(await client.call(`${uri}(getConfig)`)).toEqual({});
  await client.delete(uri);
  await expect(client.get(uri)).rejects.toThrow(NotFound);
});

describe('many objects', () => {
  const ids = Array.from({ length: 230 }, (_, n) => n + 1);
  const uris = ids.map((id) => `${NETWORK}:${id}:`);

  beforeAll(async () => {
    await client.create(SITE, { name: 'many', description: 'x' });
    await Promise.all(ids.map((mtu) => client.create(NETWORK, { name: `n${mtu}`, site: `${SITE}:many:`, mtu })));
  });

  it('are listed page by page', async () => {
    expect(await client.list(NETWORK)).toEqual({ uris: uris.slice(0, 10), position: 0, total: 230 });
    expect(await client.list(NETWORK, { position: 225, count: 50 })).toEqual({
      uris: uris.slice(225),
      position: 225,
      total: 230,
    });
  });

  it('are listed over all pages', async () => {
    const listed: string[] = [];
    for await (const uri of client.listAll(NETWORK, { pageSize: 40 })) listed.push(uri);
    expect(listed).toEqual(uris);
  });

  it('are read together', async () => {
    const objects = await client.getMulti<{ id: number }>(uris);
    expect([...objects].map(([uri, { id }]) => [uri, id])).toEqual(uris.map((uri, n) => [uri, n + 1]));
    expect(await client.getMulti([])).toEqual(new Map());
    await expect(client.getMulti([`${SITE}:many:`, ...uris])).rejects.toThrow('of several models');
  });

  it('are found by a filter', async () => {
    const found: string[] = [];
    const listing = { filter: 'parent', parameters: { parent: `${SITE}:many:` } };
    for await (const uri of client.listAll(SITE, listing)) found.push(uri);
    expect(found).toEqual([]);
  });
});

describe('errors', () => {
  const asked = (ask: Promise<unknown>): Promise<unknown> =>
    ask.then(
      () => undefined,
      (error: unknown) => error,
    );

  it('carry what the server said', async () => {
    expect(await asked(client.call('/api/v1/Auth/User(login)', { username: 'x', password: 'y' }))).toMatchObject({
      name: 'InvalidRequest',
      message: 'Invalid Login',
      status: 400,
      body: { message: 'Invalid Login' },
      request: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(await asked(client.create(SITE, { name: '-' }))).toMatchObject({
      message: '400 {"description":["This field cannot be null."],"name":["Invalid"]}',
    });
  });

  it.each<[string, string, string, new (...args: never) => Error]>([
    ['a refusal', 'many', 'job', InvalidRequest],
    ['an object that is not there', 'nope', 'x', NotFound],
    ['a bug', 'many', 'bug', ServerError],
  ])('%s', async (_, id, description, type) => {
    await expect(client.call(`${SITE}:${id}:(rename)`, { description })).rejects.toThrow(type);
  });

  it('name the code of a refusal', async () => {
    expect(await asked(client.call(`${SITE}:many:(rename)`, { description: 'job' }))).toMatchObject({
      code: 'JOB_EXISTS',
    });
  });

  it('tell a bad session from a missing permission', async () => {
    const stranger = new CinpClient(server.url, { version: '2.0' });
    await expect(stranger.get(`${SITE}:many:`)).rejects.toThrow(NotAuthorized);
    stranger.setAuth('root', 'wrong');
    await expect(stranger.get(`${SITE}:many:`)).rejects.toThrow(InvalidSession);
  });
});
