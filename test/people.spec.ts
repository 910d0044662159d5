import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CinpClient } from '#cinp';
import type { TestContractor, TestDatabase } from '#testing';
import { ADMIN_PASSWORD, startContractor, testDatabase } from '#testing';

jest.setTimeout(240_000);

type Values = Readonly<Record<string, unknown>>;

const DISPATCH = '/api/v1/SubContractor/Dispatch(getJobs)';
const SCRIPT = `
begin( description="Look at the host", expected_time=1:00 )
  received = iputils.ping( target="127.0.0.1", count=1 )
end
`;

/** What must be found nowhere: every password and token of this story. */
const secrets = new Set<string>([ADMIN_PASSWORD]);
const secret = (text: string): string => {
  secrets.add(text);
  return text;
};

describe('people and programs', () => {
  let database: TestDatabase;
  let server: TestContractor;
  let root: CinpClient;
  let rootToken: string;

  const client = (name?: string, token?: string): CinpClient => {
    const made = new CinpClient(server.url, { version: '1.0' });
    made.setAuth(name, token);
    return made;
  };
  const login = async (name: string, password: string) => secret(await client().login(name, password));

  const rest = async (method: string, path: string, body?: Values, session = `root:${rootToken}`) => {
    const response = await fetch(`${server.url}/api/rest/Auth/${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${session}`,
        ...(body ? { 'Content-Type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as Values) };
  };
  const done = async (...asked: Parameters<typeof rest>): Promise<Values> => {
    const { status, body } = await rest(...asked);
    if (status >= 300) throw new Error(`${asked[0]} ${asked[1]}: ${status} ${JSON.stringify(body)}`);
    return body ?? {};
  };
  const newcomer = async (name: string, password: string, values: Values = {}): Promise<void> => {
    await done('POST', 'Account', { name, ...values });
    await done('POST', `Account/${name}/setPassword`, { password: secret(password) });
  };

  beforeAll(async () => {
    database = await testDatabase();
    server = await startContractor({
      DATABASE_URL: database.url,
      CONTRACTOR_SUBCONTRACTOR: 'none',
      CONTRACTOR_LOGIN_TRIES: '5',
    });
    rootToken = await login('root', ADMIN_PASSWORD);
    root = client('root', rootToken);
    for (const name of ['berlin', 'paris']) await root.create('/api/v1/Site/Site', { name, description: name });
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  it('a user may do what is granted to their group, from then on', async () => {
    await done('POST', 'Group', { name: 'planners' });
    await newcomer('alice', 'alice has a password', { groups: ['planners'] });
    const alice = client('alice', await login('alice', 'alice has a password'));
    expect(await alice.call('/api/v1/Auth/User(whoami)')).toBe('alice');
    await expect(alice.get('/api/v1/Site/Site:berlin:')).rejects.toMatchObject({ status: 403 });
    await done('PATCH', 'Group/planners', { permissions: ['Site.view_site'] });
    expect(await alice.get('/api/v1/Site/Site:berlin:')).toMatchObject({ name: 'berlin' });
    await expect(alice.delete('/api/v1/Site/Site:berlin:')).rejects.toMatchObject({ status: 403 });
    await done('PATCH', 'Group/planners', { permissions: [] });
    await expect(alice.get('/api/v1/Site/Site:berlin:')).rejects.toMatchObject({ status: 403 });
  });

  it('what does not exist cannot be granted', async () => {
    const { status, body } = await rest('PATCH', 'Group/planners', { permissions: ['Site.paint_site'] });
    expect([status, JSON.stringify(body)]).toEqual([
      422,
      expect.stringContaining('there is no permission \\"Site.paint_site\\"'),
    ]);
  });

  it('a user who is disabled, or deleted, value out at once', async () => {
    await newcomer('bob', 'bob has a password');
    const bob = client('bob', await login('bob', 'bob has a password'));
    await bob.call('/api/v1/Auth/User(whoami)');
    await done('PATCH', 'Account/bob', { enabled: false });
    await expect(bob.call('/api/v1/Auth/User(whoami)')).rejects.toMatchObject({
      status: 401,
      body: { message: 'Invalid Session' },
    });
    await expect(login('bob', 'bob has a password')).rejects.toMatchObject({ body: { message: 'Invalid Login' } });
    await done('PATCH', 'Account/bob', { enabled: true });
    const again = client('bob', await login('bob', 'bob has a password'));
    await done('DELETE', 'Account/bob');
    await expect(again.call('/api/v1/Auth/User(whoami)')).rejects.toMatchObject({ status: 401 });
    await expect(again.describe('/api/v1/')).rejects.toMatchObject({ status: 401 });
  });

  it('a change of the password ends all sessions', async () => {
    await newcomer('carol', 'carol has a password');
    const clients = await Promise.all(
      [1, 2].map(async () => client('carol', await login('carol', 'carol has a password'))),
    );
    await clients[0]?.call('/api/v1/Auth/User(changePassword)', { password: secret('x?!') });
    for (const one of clients) {
      await expect(one.call('/api/v1/Auth/User(whoami)')).rejects.toMatchObject({ status: 401 });
    }
    const carol = client('carol', await login('carol', 'x?!'));
    await expect(
      carol.call('/api/v1/Auth/User(changePassword)', { password: 'x', current_password: 'wrong' }),
    ).rejects.toMatchObject({ status: 400, body: { current_password: ['is not the current password'] } });
  });

  it('sessions are listed, and ended by whoever may', async () => {
    await newcomer('dora', 'dora has a password');
    const dora = client('dora', await login('dora', 'dora has a password'));
    const { items } = (await done('GET', 'Session?filter=user&user=dora')) as { items: { id: string }[] };
    expect(items).toEqual([expect.objectContaining({ user: 'dora', source: '127.0.0.1' })]);
    await done('DELETE', `Session/${items[0]?.id}`);
    await expect(dora.call('/api/v1/Auth/User(whoami)')).rejects.toMatchObject({ status: 401 });
  });

  it('the last superuser stays', async () => {
    for (const [method, body] of [
      ['DELETE', undefined],
      ['PATCH', { enabled: false }],
    ] as const) {
      const { status, body: said } = await rest(method, 'Account/root', body);
      expect([status, JSON.stringify(said)]).toEqual([409, expect.stringContaining('root is the last superuser')]);
    }
  });

  it('a service is given tasks of its own sites and modules only', async () => {
    await openTask(root);
    const permissions = ['SubContractor.can_dispatch'];
    const hire = async (name: string, values: Values): Promise<string> => {
      await done('POST', 'Service', { name, ...values });
      return secret(String((await done('POST', `Service/${name}/renewToken`))['value']));
    };
    const paris = await hire('agent-paris', { sites: ['paris'], modules: ['iputils'], permissions });
    const manual = await hire('agent-manual', { sites: ['berlin'], modules: ['manual'], permissions });
    const idle = await hire('agent-idle', { sites: ['*'], modules: ['*'] });
    const berlin = await hire('agent-berlin', { sites: ['berlin'], modules: ['iputils'], permissions });
    const poll = (who: CinpClient, site: string, ...modules: string[]) =>
      who.call<Values[]>(DISPATCH, { site: `/api/v1/Site/Site:${site}:`, module_list: modules });

    for (const agent of [
      client('agent-paris', paris),
      client('agent-paris', await login('agent-paris', paris)),
      client('agent-manual', manual),
      client('agent-idle', idle),
      client('agent-berlin', undefined),
    ]) {
      await expect(poll(agent, 'berlin', 'iputils')).rejects.toMatchObject({ status: 403 });
    }
    expect(await poll(client('agent-paris', paris), 'paris', 'iputils')).toEqual([]);
    expect(await poll(client('agent-manual', manual), 'berlin', 'manual')).toEqual([]);
    const agent = client('agent-berlin', await login('agent-berlin', berlin));
    await expect(poll(agent, 'berlin', 'iputils', 'manual')).rejects.toMatchObject({ status: 403 });
    const tasks = await poll(agent, 'berlin', 'iputils');
    expect(tasks).toEqual([expect.objectContaining({ module: 'iputils', function: 'ping' })]);
    // Nor does one report a task of another site or module, even with its cookie.
    const { job_id, cookie } = tasks[0] ?? {};
    for (const other of [client('agent-paris', paris), client('agent-manual', manual)]) {
      for (const [how, values] of [
        ['jobResults', { data: { result: 0 } }],
        ['jobError', { msg: 'lost' }],
      ] as const) {
        const report = other.call(`/api/v1/SubContractor/Dispatch(${how})`, { job_id, cookie, ...values });
        await expect(report).rejects.toMatchObject({ status: 403 });
      }
    }
    // A superuser is bound to no place.
    expect(await poll(root, 'paris', 'iputils', 'manual')).toEqual([]);

    secret(String((await done('POST', 'Service/agent-berlin/renewToken'))['value']));
    await expect(agent.call('/api/v1/Auth/User(whoami)')).rejects.toMatchObject({ status: 401 });
    await expect(poll(client('agent-berlin', berlin), 'berlin', 'iputils')).rejects.toMatchObject({ status: 401 });
  });

  it('a service sees and changes its own sites only', async () => {
    await root.create('/api/v1/Site/Site', { name: 'rome', description: 'rome' });
    for (const [site, ...locators] of [
      ['paris', 'p2', 'p1'],
      ['rome', 'r1'],
    ]) {
      for (const locator of locators) {
        await root.create('/api/v1/Manual/ManualFoundation', {
          site: `/api/v1/Site/Site:${site}:`,
          locator,
          blueprint: '/api/v1/BluePrint/FoundationBluePrint:manual-foundation-base:',
        });
      }
    }
    const permissions = ['Site.view_site', 'Site.add_site', 'Building.view_foundation', 'Building.change_foundation'];
    await done('POST', 'Service', { name: 'two-sites', sites: ['rome', 'paris'], modules: [], permissions });
    const token = secret(String((await done('POST', 'Service/two-sites/renewToken'))['value']));
    const service = client('two-sites', token);
    const listed = async (path: string) => {
      const headers = { Authorization: `Bearer two-sites:${token}` };
      const response = await fetch(`${server.url}/api/rest/${path}`, { headers });
      const { items, total } = (await response.json()) as { items: Values[]; total: number };
      return [items.map(({ name, locator }) => name ?? locator), total];
    };

    expect(await listed('Site/Site')).toEqual([['paris', 'rome'], 2]);
    expect(await listed('Building/Foundation')).toEqual([['p1', 'p2', 'r1'], 3]);
    expect(await listed('Building/Foundation?count=1&position=1')).toEqual([['p2'], 3]);
    expect(await listed('Building/Foundation?filter=site&site=rome')).toEqual([['r1'], 1]);
    expect(await service.call('/api/v1/Site/Site:rome:(getConfig)')).toMatchObject({ _site: 'rome' });
    const berlin = '/api/v1/Site/Site:berlin:';
    for (const denied of [
      () => service.get(berlin),
      () => service.get('/api/v1/Building/Foundation:host1:'),
      () => service.call(`${berlin}(getConfig)`),
      () => service.call(`${berlin}(getDependencyMap)`),
      () => service.update('/api/v1/Building/Foundation:r1:', { site: berlin }),
      () => service.update('/api/v1/Building/Foundation:host1:', { site: '/api/v1/Site/Site:rome:' }),
      () => service.create('/api/v1/Site/Site', { name: 'rome-2', description: '' }),
    ]) {
      await expect(denied()).rejects.toMatchObject({ status: 403 });
    }
    await service.update('/api/v1/Building/Foundation:r1:', { site: '/api/v1/Site/Site:paris:' });
    expect(await service.get('/api/v1/Building/Foundation:p1:')).toMatchObject({ site: '/api/v1/Site/Site:paris:' });
  });

  it('guessing is slowed down, with a status old clients understand', async () => {
    const guess = async () => {
      const response = await fetch(`${server.url}/api/v1/Auth/User(login)`, {
        method: 'CALL',
        headers: { 'CInP-Version': '1.0', 'Content-Type': 'application/json' },
        body: JSON.stringify({ username: 'mallory', password: secret('let me in please') }),
      });
      return [response.status, await response.json()] as const;
    };
    for (let n = 0; n < 5; n += 1) expect(await guess()).toEqual([400, { message: 'Invalid Login' }]);
    expect(await guess()).toEqual([
      400,
      { message: expect.stringMatching(/^Too many failed logins, try again in \d+ seconds$/) },
    ]);
    // Others are not concerned.
    expect(await login('root', ADMIN_PASSWORD)).toBeDefined();
  });

  it('open to anybody are: telling that it lives, logging in and out, and who one is', async () => {
    for (const path of ['/health']) expect((await fetch(`${server.url}${path}`)).status).toBe(200);
    expect(await client().call('/api/v1/Auth/User(whoami)')).toBe('AnonymousUser');
    expect(await client().call('/api/v1/Auth/User(logout)')).toBeNull();
    expect((await client().describe('/api/v1/Auth/')).data).toMatchObject({ models: ['/api/v1/Auth/User'] });
  });

  it('leaves no password and no token anywhere', async () => {
    const { rows: tables } = await database.pool.query<{ name: string }>(
      `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
       WHERE table_schema NOT IN ('pg_catalog', 'information_schema')`,
    );
    expect(tables.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['log.events', 'read.users', 'read.sessions', 'read.services', 'ledger.passwords']),
    );
    expect(secrets.size).toBeGreaterThan(12);
    for (const { name } of tables) {
      const { rows } = await database.pool.query<{ text: string }>(`SELECT t::text AS text FROM ${name} AS t`);
      const all = rows.map(({ text }) => text).join('\n');
      for (const one of secrets) expect([name, one, all.includes(one)]).toEqual([name, one, false]);
    }
    const written = server.lines.join('\n');
    expect(written).toContain('contractor listens');
    for (const one of secrets) expect([one, written.includes(one)]).toEqual([one, false]);
  });
});

/** A job at Berlin whose first task is open for whoever polls. */
async function openTask(root: CinpClient): Promise<void> {
  const blueprint = 'manual-foundation-base';
  await root.create('/api/v1/BluePrint/Script', { name: 'look', description: 'looks', script: SCRIPT });
  await root.create('/api/v1/BluePrint/FoundationBluePrint', {
    name: blueprint,
    description: 'by hand',
    foundation_type_list: ['Manual'],
  });
  await root.create('/api/v1/BluePrint/BluePrintScript', {
    blueprint: `/api/v1/BluePrint/BluePrint:${blueprint}:`,
    script: '/api/v1/BluePrint/Script:look:',
    name: 'create',
  });
  await root.create('/api/v1/Manual/ManualFoundation', {
    site: '/api/v1/Site/Site:berlin:',
    locator: 'host1',
    blueprint: `/api/v1/BluePrint/FoundationBluePrint:${blueprint}:`,
  });
  await root.call('/api/v1/Building/Foundation:host1:(doCreate)');
}
