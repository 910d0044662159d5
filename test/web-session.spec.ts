/** Sessions in the cookies of browsers, against a server as browsers reach it. */
import os from 'node:os';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { TestContractor, TestDatabase } from '#testing';
import { ADMIN_PASSWORD, startContractor, testDatabase, until } from '#testing';
import { ask, sentBack } from './web-client.ts';

jest.setTimeout(600_000);

const CSRF = { 'Contractor-Csrf': '1' };
const ROOT = { username: 'root', password: ADMIN_PASSWORD };

/** An address of this machine that is not on loopback; undefined where it has none. */
const outerAddress = (): string | undefined =>
  Object.values(os.networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4')?.address;

describe('browsers sign in', () => {
  let database: TestDatabase;
  let server: TestContractor;
  let other: TestContractor;
  const session = (at: TestContractor = server) => `${at.url}/api/rest/session`;
  const signIn = async (at: TestContractor = server, body: unknown = ROOT): Promise<string> => {
    const reply = await ask(session(at), 'POST', { body });
    expect(reply).toMatchObject({ status: 200 });
    return sentBack(reply.set);
  };

  beforeAll(async () => {
    database = await testDatabase();
    const settings = { DATABASE_URL: database.url, CONTRACTOR_SUBCONTRACTOR: 'none' };
    server = await startContractor({ ...settings, CONTRACTOR_HOST: '0.0.0.0', CONTRACTOR_LOGIN_TRIES: '5' });
    // Whoever comes through this machine comes through a proxy.
    other = await startContractor({
      ...settings,
      CONTRACTOR_TRUSTED_PROXIES: '127.0.0.1',
      CONTRACTOR_PLAIN_SIGN_IN: 'yes',
    });
  });
  afterAll(async () => {
    await server.stop();
    await other.stop();
    await database.drop();
  });

  it('with a password, and are told who they are, what they may do and until when', async () => {
    const before = await ask(session(), 'GET');
    expect(before).toMatchObject({
      status: 200,
      headers: { 'cache-control': 'no-store' },
      body: {
        user: null,
        superuser: false,
        permissions: [],
        expires: null,
        sign_in: { password: true, openid: [], refused: null, failed: null },
        warnings: [],
      },
    });
    expect(before.set).toBeUndefined();

    const { status, body, set } = await ask(session(), 'POST', { body: ROOT });
    expect([status, body['user'], body['superuser']]).toEqual([200, 'root', true]);
    expect(body['permissions']).toEqual(expect.arrayContaining(['Auth.view_account', 'Site.view_site']));
    const expires = Date.parse(String(body['expires'])) - Date.now();
    expect(expires / 86_400_000).toBeCloseTo(14, 1);
    const [value, ...attributes] = (set ?? '').split('; ');
    expect(value).toMatch(/^contractor_session=root:[a-z0-9]{32}$/);
    expect(attributes.map((one) => one.replace(/^(Max-Age=120)\d+$/, '$1…')).toSorted()).toEqual([
      'HttpOnly',
      'Max-Age=120…',
      'Path=/',
      'SameSite=Strict',
    ]);
    expect(JSON.stringify(body)).not.toContain(value?.split(':')[1]);

    const after = await ask(session(), 'GET', { cookie: sentBack(set) });
    expect(after.body).toEqual(body);
  });

  it('and are shown no more than others where the password is wrong, or too often', async () => {
    const guess = (password: unknown) => ask(session(), 'POST', { body: { username: 'mallory', password } });
    for (let n = 0; n < 5; n += 1) {
      expect(await guess('let me in')).toMatchObject({
        status: 401,
        body: { detail: 'Invalid Login' },
        set: undefined,
      });
    }
    expect(await guess('let me in')).toMatchObject({ status: 429 });
    expect(await guess(1)).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'password', code: 'REQUIRED', text: 'must be a text' }] },
    });
    const more = await ask(session(), 'POST', { body: { ...ROOT, remember: true } });
    expect(more).toMatchObject({ status: 422, body: { errors: [{ field: 'remember', code: 'UNKNOWN' }] } });
  });

  it('the cookie opens REST and its streams, and not CInP', async () => {
    const cookie = await signIn();
    expect(await ask(`${server.url}/api/rest/Auth/Account/root`, 'GET', { cookie })).toMatchObject({ status: 200 });
    const stream = { cookie, headers: { Accept: 'text/event-stream' } };
    expect(await ask(`${server.url}/api/rest/events`, 'HEAD', stream)).toMatchObject({ status: 200 });
    expect(await ask(`${server.url}/api/rest/feed`, 'HEAD', stream)).toMatchObject({ status: 200 });
    const whoami = { cookie, headers: { 'CInP-Version': '1.0' }, body: {} };
    expect((await ask(`${server.url}/api/v1/Auth/User(whoami)`, 'POST', { ...whoami })).status).not.toBe(200);
    const told = await fetch(`${server.url}/api/v1/Auth/User(whoami)`, {
      method: 'CALL',
      headers: { 'CInP-Version': '1.0', 'Content-Type': 'application/json', Cookie: cookie },
      body: '{}',
    });
    expect(await told.json()).toBe('AnonymousUser');
  });

  it('what changes something takes the header, and a page of this server', async () => {
    const cookie = await signIn();
    const groups = `${server.url}/api/rest/Auth/Group`;
    const make = (name: string, headers: Readonly<Record<string, string>>) =>
      ask(groups, 'POST', { cookie, headers, body: { name } });
    expect(await make('one', {})).toMatchObject({
      status: 403,
      body: { detail: 'With the session in a cookie this needs the header Contractor-Csrf: 1.' },
    });
    const elsewhere = { ...CSRF, Origin: 'http://evil.test' };
    expect(await make('one', elsewhere)).toMatchObject({ status: 403, body: { detail: /another one/ } });
    expect(await make('one', { ...CSRF, 'Sec-Fetch-Site': 'same-site' })).toMatchObject({ status: 403 });
    expect(await ask(`${groups}/one`, 'GET', { cookie })).toMatchObject({ status: 404 });
    expect(await make('one', { ...CSRF, Origin: server.url, 'Sec-Fetch-Site': 'same-origin' })).toMatchObject({
      status: 201,
    });
    expect(await ask(`${groups}/one`, 'GET', { cookie, headers: { Origin: 'http://evil.test' } })).toMatchObject({
      status: 403,
    });
    expect(await ask(session(), 'POST', { body: ROOT, headers: { Origin: 'http://evil.test' } })).toMatchObject({
      status: 403,
      set: undefined,
    });
  });

  it('headers that name a session go before the cookie, and need no other header', async () => {
    const cookie = await signIn();
    const token = decodeURIComponent(cookie).split(':')[1] ?? '';
    const groups = `${server.url}/api/rest/Auth/Group`;
    const named = { Authorization: `Bearer root:${token}` };
    const both = await ask(groups, 'POST', {
      cookie: 'contractor_session=root%3Anone',
      headers: named,
      body: { name: 'two' },
    });
    expect(both).toMatchObject({ status: 201 });
    const wrong = { 'Auth-Id': 'root', 'Auth-Token': 'none' };
    expect(await ask(groups, 'GET', { cookie, headers: wrong })).toMatchObject({ status: 401 });
  });

  it('signing out ends the session, on every server', async () => {
    const cookie = await signIn();
    const seen = async (at: TestContractor) => (await ask(session(at), 'GET', { cookie })).body['user'];
    expect([await seen(server), await seen(other)]).toEqual(['root', 'root']);
    expect(await ask(session(), 'DELETE', { cookie })).toMatchObject({ status: 403, set: undefined });
    const out = await ask(session(), 'DELETE', { cookie, headers: CSRF });
    expect([out.status, out.set]).toEqual([204, 'contractor_session=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict']);
    expect(await ask(`${server.url}/api/rest/Auth/Account/root`, 'GET', { cookie })).toMatchObject({ status: 401 });
    expect(await seen(server)).toBeNull();
    await until(async () => (await seen(other)) === null);
    // Who is signed out already is told that they are.
    const again = await ask(session(), 'DELETE', { cookie, headers: CSRF });
    expect(again).toMatchObject({ status: 204, set: expect.stringContaining('Max-Age=0') });
    expect((await ask(session(), 'GET', { cookie })).set).toContain('Max-Age=0');
  });

  it('the cookie is for TLS alone where a trusted proxy says that it came over TLS', async () => {
    const proxied = { 'X-Forwarded-For': '192.0.2.7', 'X-Forwarded-Proto': 'https' };
    const secure = await ask(session(other), 'POST', { body: ROOT, headers: proxied });
    expect([secure.status, secure.set]).toEqual([200, expect.stringContaining('; Secure')]);
    expect(secure.body['warnings']).toEqual([]);
    const token = { Authorization: `Bearer ${decodeURIComponent(sentBack(secure.set).split('=')[1] ?? '')}` };
    const { items } = (
      await ask(`${server.url}/api/rest/Auth/Session?filter=user&user=root`, 'GET', { headers: token })
    ).body as { items: { source: string }[] };
    expect(items.map(({ source }) => source)).toContain('192.0.2.7');
    const liar = await ask(session(server), 'POST', { body: ROOT, headers: proxied });
    expect(liar).toMatchObject({ status: 403, set: undefined });
  });

  it('over plain HTTP from elsewhere nobody signs in, unless a setting allows it, and then it is told', async () => {
    const elsewhere = { 'X-Forwarded-For': '192.0.2.7', 'X-Forwarded-Proto': 'http' };
    const refused = await ask(session(server), 'POST', { body: ROOT, headers: elsewhere });
    expect(refused).toMatchObject({ status: 403, body: { detail: /CONTRACTOR_PLAIN_SIGN_IN=yes/ }, set: undefined });
    const told = await ask(session(server), 'GET', { headers: elsewhere });
    expect(told.body).toMatchObject({ sign_in: { refused: refused.body['detail'] }, warnings: [] });
    const allowed = await ask(session(other), 'POST', { body: ROOT, headers: elsewhere });
    expect(allowed).toMatchObject({
      status: 200,
      body: { sign_in: { refused: null }, warnings: [expect.stringContaining('plain HTTP')] },
    });
    expect(allowed.set).not.toContain('Secure');
    const checks = async (at: TestContractor) =>
      (await ask(`${at.url}/health`, 'GET')).body['checks'] as Record<string, unknown>;
    expect(await checks(other)).toMatchObject({
      'sign-in': { status: 'degraded', reason: expect.stringContaining('plain HTTP') },
    });
    expect(await checks(server)).not.toHaveProperty('sign-in');
    const address = outerAddress();
    if (address === undefined) return;
    const outside = `${server.url.replace('127.0.0.1', address)}/api/rest/session`;
    expect(await ask(outside, 'POST', { body: ROOT })).toMatchObject({ status: 403 });
  });

  it('programs ask with tokens, within their scope, and events name them', async () => {
    const cookie = await signIn();
    const made = async (body: Readonly<Record<string, unknown>>) => {
      const reply = await ask(`${server.url}/api/rest/Auth/Token`, 'POST', { cookie, headers: CSRF, body });
      expect(reply).toMatchObject({ status: 201 });
      return { id: String(reply.body['id']), headers: { Authorization: `Bearer root:${String(reply.body['value'])}` } };
    };
    const sites = `${server.url}/api/rest/Site/Site`;
    const writer = await made({ name: 'writer', permissions: ['Site.add_site', 'Site.view_site'] });
    const site = { name: 'berlin', description: 'x' };
    expect(await ask(sites, 'POST', { headers: writer.headers, body: site })).toMatchObject({ status: 201 });
    const history = await ask(`${sites}/berlin/history`, 'GET', { headers: writer.headers });
    expect(history.body).toMatchObject({ items: [{ actor: 'root', token: 'writer' }] });
    const events = await ask(`${server.url}/api/rest/events?after=0&kind=site.*`, 'GET', { headers: writer.headers });
    expect(events.body).toMatchObject({ events: [{ actor: 'root', token: 'writer' }] });
    expect(await ask(`${server.url}/api/rest/Auth/Account`, 'GET', { headers: writer.headers })).toMatchObject({
      status: 403,
    });
    const reader = await made({ name: 'reader', read_only: true, sites: ['berlin'] });
    expect(await ask(`${sites}/berlin`, 'GET', { headers: reader.headers })).toMatchObject({ status: 200 });
    const another = { name: 'paris', description: 'x' };
    expect(await ask(sites, 'POST', { headers: reader.headers, body: another })).toMatchObject({ status: 403 });
    expect(await ask(sites, 'POST', { headers: writer.headers, body: another })).toMatchObject({ status: 201 });
    expect((await ask(sites, 'GET', { headers: reader.headers })).body).toMatchObject({ total: 1 });
    // CInP knows tokens as it knows sessions.
    const whoami = await fetch(`${server.url}/api/v1/Auth/User(whoami)`, {
      method: 'CALL',
      headers: {
        'CInP-Version': '1.0',
        'Content-Type': 'application/json',
        'Auth-Id': 'root',
        'Auth-Token': reader.headers.Authorization.split(':')[1] ?? '',
      },
      body: '{}',
    });
    expect(await whoami.json()).toBe('root');
    const seen = await ask(`${server.url}/api/rest/Auth/Token/${reader.id}`, 'GET', { cookie });
    expect(seen.body).toMatchObject({ name: 'reader', value: null, last_used: expect.any(String) });
    const revoke = `${server.url}/api/rest/Auth/Token/${reader.id}`;
    expect(await ask(revoke, 'DELETE', { cookie, headers: CSRF })).toMatchObject({ status: 204 });
    for (const at of [server, other]) {
      const asked = () => ask(`${at.url}/api/rest/Site/Site`, 'GET', { headers: reader.headers });
      await until(async () => (await asked()).status === 401);
    }
  });

  it('the end of a session is told, and then it is none', async () => {
    const cookie = await signIn();
    const { items } = (await ask(`${server.url}/api/rest/Auth/Session`, 'GET', { cookie })).body as {
      items: { id: string; expires: string }[];
    };
    const { expires } = (await ask(session(), 'GET', { cookie })).body as { expires: string };
    expect(items.map((one) => one.expires)).toContain(expires);
    for (const { id } of items) {
      const path = `${server.url}/api/rest/Auth/Session/${id}`;
      const ended = await ask(path, 'DELETE', { cookie, headers: CSRF });
      // The last one of the list may be one's own, which has ended with it.
      expect([204, 401]).toContain(ended.status);
    }
    await until(async () => (await ask(session(other), 'GET', { cookie })).body['user'] === null);
    expect(await ask(`${other.url}/api/rest/Site/Site`, 'GET', { cookie })).toMatchObject({ status: 401 });
  });
});
