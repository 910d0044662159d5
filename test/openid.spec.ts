/** Signing in by a provider of OpenID Connect, against two servers behind one name, as a browser does it. */
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { TestContractor, TestDatabase } from '#testing';
import { ADMIN_PASSWORD, startContractor, testDatabase } from '#testing';
import type { TestProvider } from './openid-provider.ts';
import { testProvider } from './openid-provider.ts';
import type { WebReply } from './web-client.ts';
import { ask, sentBack } from './web-client.ts';

jest.setTimeout(600_000);

describe('signing in by a provider', () => {
  let provider: TestProvider;
  let database: TestDatabase;
  let server: TestContractor;
  let other: TestContractor;
  let root: Readonly<Record<string, string>>;

  const openId = (at: TestContractor = server) => `${at.url}/api/rest/session/openid/works`;
  const keptIn = (reply: WebReply) =>
    sentBack(reply.headers['set-cookie']?.find((one) => one.startsWith('contractor_openid=')));
  /** Goes to the provider and comes back, to the same server or to another one of the same name. */
  const signIn = async (to?: string, back: TestContractor = server): Promise<WebReply> => {
    const begun = await ask(`${openId()}${to === undefined ? '' : `?to=${encodeURIComponent(to)}`}`, 'GET');
    expect(begun).toMatchObject({ status: 302 });
    const there = await ask(begun.headers.location ?? '', 'GET');
    const url = new URL(there.headers.location ?? '');
    return ask(`${back.url}${url.pathname}${url.search}`, 'GET', { cookie: keptIn(begun) });
  };
  /** What the sign-in page is told by a reply that leads there. */
  const told = async (reply: WebReply): Promise<unknown> => {
    expect([reply.status, reply.set, reply.headers.location]).toEqual([
      302,
      undefined,
      expect.stringMatching(/^\/signin\?to=/),
    ]);
    const session = await ask(`${server.url}/api/rest/session`, 'GET', { cookie: keptIn(reply) });
    const { failed } = session.body['sign_in'] as { readonly failed: unknown };
    const cleared = session.headers['set-cookie']?.[0];
    expect(cleared).toContain('Max-Age=0');
    return failed;
  };
  const whoIs = async (reply: WebReply, at: TestContractor = server) =>
    (await ask(`${at.url}/api/rest/session`, 'GET', { cookie: sentBack(reply.set) })).body;
  const api = (method: string, path: string, body?: unknown) =>
    ask(`${server.url}/api/rest/Auth/${path}`, method, { headers: root, body });

  beforeAll(async () => {
    provider = await testProvider();
    database = await testDatabase();
    const settings = {
      DATABASE_URL: database.url,
      CONTRACTOR_SUBCONTRACTOR: 'none',
      CONTRACTOR_OPENID_ISSUER: provider.issuer,
      CONTRACTOR_OPENID_CLIENT: provider.clientId,
      CONTRACTOR_OPENID_SECRET: provider.secret,
      CONTRACTOR_OPENID_NAME: 'works',
      CONTRACTOR_OPENID_LABEL: 'The works',
      CONTRACTOR_OPENID_GROUPS: 'staff=builders,bosses=planners,gone=nowhere',
      CONTRACTOR_OPENID_NEW_USERS: 'yes',
    };
    server = await startContractor(settings);
    other = await startContractor({ ...settings, CONTRACTOR_OPENID_NEW_USERS: 'no' });
    const body = { username: 'root', password: ADMIN_PASSWORD };
    const session = await ask(`${server.url}/api/rest/session`, 'POST', { body });
    root = { Authorization: `Bearer ${decodeURIComponent(sentBack(session.set).split('=')[1] ?? '')}` };
    for (const name of ['builders', 'planners', 'others']) await api('POST', 'Group', { name });
  });
  afterAll(async () => {
    await server.stop();
    await other.stop();
    await provider.stop();
    await database.drop();
  });
  beforeEach(() => {
    const claims = { sub: 'id-ann', preferred_username: 'ann', groups: ['staff'] };
    Object.assign(provider.behaviour, { claims, userInfo: {}, denies: undefined, skew: 0, lies: {}, forges: false });
  });

  it('is offered, leads to the provider, and back to the page where one was', async () => {
    const { body } = await ask(`${server.url}/api/rest/session`, 'GET');
    expect(body).toMatchObject({ sign_in: { password: true, openid: [{ name: 'works', label: 'The works' }] } });
    const begun = await ask(openId(), 'GET');
    const asked = new URL(begun.headers.location ?? '');
    expect(Object.fromEntries(asked.searchParams)).toMatchObject({
      client_id: 'contractor',
      response_type: 'code',
      scope: 'openid profile email',
      code_challenge_method: 'S256',
      redirect_uri: `${openId()}/callback`,
    });
    expect(begun.headers['set-cookie']?.[0]).toMatch(/; Path=\/api\/rest\/session; HttpOnly; SameSite=Lax$/);

    const reply = await signIn('/sites/berlin?tab=jobs');
    expect([reply.status, reply.headers.location]).toEqual([302, '/sites/berlin?tab=jobs']);
    expect(reply.set).toMatch(/; HttpOnly; SameSite=Strict$/);
    expect(await whoIs(reply)).toMatchObject({ user: 'ann', superuser: false });
    expect(await whoIs(reply, other)).toMatchObject({ user: 'ann' });
    expect((await api('GET', 'Account/ann')).body).toMatchObject({
      groups: ['builders'],
      linked: true,
      has_password: false,
    });
  });

  it.each(['//evil.test', '/\\evil.test', 'http://evil.test/', '/..//evil.test', '/\t/evil.test', ''])(
    'does not lead to another server (%j)',
    async (to) => {
      const { location = '' } = (await signIn(to)).headers;
      expect(location).toMatch(/^\/(?!\/)/);
      expect(new URL(location, server.url).origin).toBe(server.url);
    },
  );

  it('may come back to another server, and not twice, nor in another browser', async () => {
    expect((await signIn('/', other)).set).toBeDefined();
    const begun = await ask(openId(), 'GET');
    const { location = '' } = (await ask(begun.headers.location ?? '', 'GET')).headers;
    expect(await told(await ask(location, 'GET'))).toMatch(/begun in another browser/);
    const forged = `${keptIn(begun).slice(0, -3)}AAA`;
    expect(await told(await ask(location, 'GET', { cookie: forged }))).toMatch(/begun in another browser/);
    const swapped = new URL(location);
    swapped.searchParams.set('state', 'another');
    expect(await told(await ask(swapped.href, 'GET', { cookie: keptIn(begun) }))).toMatch(/cannot be trusted/);
    expect((await ask(location, 'GET', { cookie: keptIn(begun) })).set).toBeDefined();
    expect(await told(await ask(location, 'GET', { cookie: keptIn(begun) }))).toMatch(/the code is of no use/);
  });

  it('joins and leaves the groups that the provider decides about, and no other', async () => {
    await signIn();
    await api('PATCH', 'Account/ann', { groups: ['builders', 'others'] });
    provider.behaviour.claims = { sub: 'id-ann', preferred_username: 'ann' };
    // Not in the token, but where one can ask.
    provider.behaviour.userInfo = { groups: ['bosses', 'gone', 'strangers'] };
    await signIn();
    expect((await api('GET', 'Account/ann')).body['groups']).toEqual(['others', 'planners']);
  });

  it('lets nobody in who is somebody else, is disabled, has a password, or has no name', async () => {
    await signIn();
    provider.behaviour.claims.sub = 'id-another-ann';
    expect(await told(await signIn())).toMatch(/^The user ann was somebody else at The works before/);
    expect(await api('POST', 'Account/ann/unlink')).toMatchObject({ status: 204 });
    expect(await whoIs(await signIn())).toMatchObject({ user: 'ann' });
    await api('POST', 'Account/ann/unlink');
    await api('PATCH', 'Account/ann', { enabled: false });
    expect(await told(await signIn())).toBe('The user ann is disabled here.');
    await api('PATCH', 'Account/ann', { enabled: true });
    provider.behaviour.claims = { sub: 'id-root', preferred_username: 'root' };
    expect(await told(await signIn())).toBe('The user root has a password here: sign in with that.');
    provider.behaviour.claims = { sub: 'id-x', preferred_username: 'x@y.test' };
    expect(await told(await signIn())).toMatch(/calls you "x@y.test", which can be no login name here/);
    provider.behaviour.claims = { sub: 'id-x' };
    expect(await told(await signIn())).toMatch(/has not said what you are called \(claim preferred_username\)/);
    provider.behaviour.claims = { sub: 'id-new', preferred_username: 'newcomer' };
    expect(await told(await signIn('/', other))).toMatch(/^There is no user newcomer here; ask an administrator/);
  });

  it('trusts no token that is not for this server, now, and signed', async () => {
    const { behaviour } = provider;
    for (const lies of [{ issuer: 'http://evil.test' }, { audience: 'another' }, { nonce: 'another' }]) {
      behaviour.lies = lies;
      expect([lies, await told(await signIn())]).toEqual([lies, expect.stringMatching(/cannot be trusted/)]);
    }
    behaviour.lies = {};
    behaviour.forges = true;
    expect(await told(await signIn())).toMatch(/cannot be trusted/);
    behaviour.forges = false;
    behaviour.skew = -600;
    expect(await told(await signIn())).toMatch(/cannot be trusted/);
    // A clock that is a little off does not matter.
    for (const skew of [-90, 30]) {
      behaviour.skew = skew;
      expect((await signIn()).set).toBeDefined();
    }
  });

  it('knows a new key of the provider at once', async () => {
    expect((await signIn()).set).toBeDefined();
    await provider.rotate();
    expect((await signIn()).set).toBeDefined();
  });

  it('tells in words when the provider lets nobody in, or is away', async () => {
    provider.behaviour.denies = 'not for you';
    expect(await told(await signIn())).toBe('The works has not let you in: not for you.');
    provider.behaviour.denies = undefined;
    const begun = await ask(openId(), 'GET');
    const { location = '' } = (await ask(begun.headers.location ?? '', 'GET')).headers;
    await provider.stop();
    expect(await told(await ask(location, 'GET', { cookie: keptIn(begun) }))).toMatch(
      /^The works \(http:\/\/127\.0\.0\.1:\d+\) does not answer: .*Try again later\.$/,
    );
    // With a password one gets in all the same.
    const body = { username: 'root', password: ADMIN_PASSWORD };
    expect(await ask(`${server.url}/api/rest/session`, 'POST', { body })).toMatchObject({ status: 200 });
    await provider.start();
    expect((await ask(location, 'GET', { cookie: keptIn(begun) })).set).toBeDefined();
  });

  it('refuses over plain HTTP from elsewhere, and paths of other providers', async () => {
    const elsewhere = { 'X-Forwarded-For': '192.0.2.7' };
    expect(await told(await ask(openId(), 'GET', { headers: elsewhere }))).toMatch(/CONTRACTOR_PLAIN_SIGN_IN/);
    expect(await ask(`${server.url}/api/rest/session/openid/others`, 'GET')).toMatchObject({ status: 404 });
    expect(await ask(openId(), 'POST', { body: {} })).toMatchObject({ status: 405 });
  });
});
