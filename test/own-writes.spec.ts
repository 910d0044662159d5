import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { TestContractor, TestDatabase } from '#testing';
import { ADMIN_PASSWORD, startContractor, testDatabase } from '#testing';

jest.setTimeout(240_000);

describe('two servers over one database', () => {
  let database: TestDatabase;
  let servers: readonly TestContractor[];
  let session: Readonly<Record<string, string>>;

  const ask = (
    server: number,
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body?: object,
  ) =>
    fetch(new URL(path, servers[server]?.url), {
      method,
      headers: { ...session, ...headers, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const cinp = (server: number, verb: string, uri: string, headers: Readonly<Record<string, string>>, body?: object) =>
    ask(server, verb, `/api/v1/${uri}`, { ...headers, 'CInP-Version': '1.0' }, body);
  const positionOf = (response: Response) => ({
    'Contractor-Position': response.headers.get('contractor-position') ?? '',
  });

  beforeAll(async () => {
    database = await testDatabase();
    servers = [await startContractor({ DATABASE_URL: database.url })];
    servers = [...servers, await startContractor({ DATABASE_URL: database.url })];
    session = {};
    const login = await ask(0, 'POST', '/api/rest/Auth/User/login', {}, { username: 'root', password: ADMIN_PASSWORD });
    const { value } = (await login.json()) as { value: string };
    session = { 'Auth-Id': 'root', 'Auth-Token': value };
    expect((await ask(1, 'GET', '/api/rest/Site/Site', positionOf(login))).status).toBe(200);
  });
  afterAll(async () => {
    for (const server of servers) await server.stop();
    await database.drop();
  });

  it.each([
    [0, 1],
    [1, 0],
  ])(
    'show through server %p what was written through server %p, where they are told its position',
    async (to, from) => {
      for (let n = 0; n < 20; n += 1) {
        const name = `s${to}${from}${n}`;
        const made = await ask(from, 'POST', '/api/rest/Site/Site', {}, { name, description: 'first' });
        expect(made.status).toBe(201);
        expect((await ask(to, 'GET', `/api/rest/Site/Site/${name}`, positionOf(made))).status).toBe(200);
        const changed = await cinp(from, 'UPDATE', `Site/Site:${name}:`, {}, { description: 'second' });
        expect(changed.status).toBe(200);
        const shown = await cinp(to, 'GET', `Site/Site:${name}:`, positionOf(changed));
        expect(await shown.json()).toMatchObject({ description: 'second' });
        const gone = await cinp(from, 'DELETE', `Site/Site:${name}:`, {});
        expect((await cinp(to, 'GET', `Site/Site:${name}:`, positionOf(gone))).status).toBe(404);
      }
    },
  );

  it('do not wait for what the log has not come to', async () => {
    const begun = performance.now();
    const ahead = { 'Contractor-Position': '999999999999' };
    expect((await ask(0, 'GET', '/api/rest/Site/Site', ahead)).status).toBe(200);
    expect((await cinp(1, 'LIST', 'Site/Site', ahead, {})).status).toBe(200);
    // To wait takes five seconds each.
    expect(performance.now() - begun).toBeLessThan(9000);
  });

  it('refuse a position that is none', async () => {
    const wrong = { 'Contractor-Position': 'soon' };
    expect((await ask(0, 'GET', '/api/rest/Site/Site', wrong)).status).toBe(400);
    expect((await cinp(0, 'LIST', 'Site/Site', wrong, {})).status).toBe(400);
  });
});
