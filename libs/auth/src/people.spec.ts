import type { Principal } from '#kernel';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { TestDatabase } from '#testing';
import { testDatabase } from '#testing';
import { closeExpiredSessions } from './credential-cleanup.ts';
import { openSessions } from './open-sessions.ts';
import type { AuthServer } from '../test/server.suite.ts';
import { ROOT_PASSWORD, startAuth } from '../test/server.suite.ts';
import { users } from './users.ts';

jest.setTimeout(240_000);

const PASSWORD = 'their password';

describe('managing people', () => {
  let database: TestDatabase;
  let server: AuthServer;
  let root: Principal;
  let count = 0;
  let name: string;

  const account = async (called: string, values: object = {}) => {
    await server.create(root, 'Auth/Account', { name: called, ...values });
    await server.call(root, 'Auth/Account.setPassword', { password: PASSWORD }, called);
  };
  const newcomer = (values: object = {}) => account(name, values);
  const person = async (called: string, values: object): Promise<Principal> => {
    await account(called, values);
    return server.person(called, PASSWORD);
  };
  const as = (values: object): Promise<Principal> => person(name, values);

  beforeAll(async () => {
    database = await testDatabase();
    server = await startAuth(database);
    root = await server.person('root', ROOT_PASSWORD);
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });
  beforeEach(() => {
    count += 1;
    name = `someone${count}`;
  });

  it('shows users as they are', async () => {
    await server.create(root, 'Auth/Group', { name: `${name}s`, permissions: ['Site.look'] });
    const shown = {
      name,
      superuser: false,
      enabled: true,
      groups: [`${name}s`],
      permissions: ['Auth.add_group', 'Auth.view_group'],
      networks: [],
      legacy: false,
      linked: false,
      has_password: false,
      pseudonym: expect.stringMatching(/^[0-9a-z]{22}$/),
      created: expect.any(String),
      updated: expect.any(String),
    };
    const permissions = ['Auth.view_group', 'Auth.add_group'];
    expect(await server.create(root, 'Auth/Account', { name, groups: [`${name}s`], permissions })).toEqual(shown);
    await server.call(root, 'Auth/Account.setPassword', { password: PASSWORD }, name);
    expect(await server.get(root, 'Auth/Account', name)).toEqual({ ...shown, has_password: true });
    expect(await server.update(root, 'Auth/Account', name, { groups: null, enabled: false })).toMatchObject({
      groups: [],
      enabled: false,
    });
  });

  it.each([
    ['', 'This field cannot be blank.'],
    ['a b', 'Invalid'],
    ['-a', 'Invalid'],
    ['a:b', 'Invalid'],
    ['system', '"system" stands for somebody else'],
    ['AnonymousUser', '"AnonymousUser" stands for somebody else'],
    ['root', 'User with this Name already exists.'],
  ])('does not make anybody called "%s"', async (called, text) => {
    await expect(server.create(root, 'Auth/Account', { name: called })).rejects.toThrow(text);
    await expect(server.create(root, 'Auth/Service', { name: called })).rejects.toThrow(text);
  });

  it('gives a name to a user or to a service, not to both, also when asked at once', async () => {
    const made = await Promise.allSettled([
      server.create(root, 'Auth/Account', { name }),
      server.create(root, 'Auth/Service', { name }),
    ]);
    expect(made.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    await expect(server.create(root, 'Auth/Account', { name })).rejects.toThrow('already exists');
    await expect(server.create(root, 'Auth/Service', { name })).rejects.toThrow('already exists');
  });

  it.each(['Auth/Account', 'Auth/Group', 'Auth/Service'])('grants only permissions there are: %s', async (model) => {
    const unknown = { name, permissions: ['Site.look', 'Site.fly', 'nonsense'] };
    await expect(server.create(root, model, unknown)).rejects.toThrow(
      'permissions: there is no permission "Site.fly"; permissions: there is no permission "nonsense"',
    );
    await server.create(root, model, { name, permissions: ['Site.look'] });
    await expect(server.update(root, model, name, { permissions: ['Site.look', 'Site.fly'] })).rejects.toThrow(
      'there is no permission "Site.fly"',
    );
  });

  it('tells which permissions there are', async () => {
    const all = await server.call(root, 'Auth/Account.permissions');
    expect(all).toEqual([...new Set(all as string[])].toSorted());
    expect(all).toEqual(expect.arrayContaining(['Site.look', 'Auth.delete_session', 'Auth.change_service']));
    expect(all).not.toContain('Auth.change_session');
  });

  it('puts users only into groups there are, and keeps groups that are used', async () => {
    await expect(server.create(root, 'Auth/Account', { name, groups: ['none'] })).rejects.toThrow(
      'groups: there is no group "none"',
    );
    await server.create(root, 'Auth/Group', { name });
    await server.create(root, 'Auth/Account', { name, groups: [name] });
    await expect(server.remove(root, 'Auth/Group', name)).rejects.toThrow(`Not Deletable: used by Account ${name}`);
    await server.update(root, 'Auth/Account', name, { groups: [] });
    await server.remove(root, 'Auth/Group', name);
    await expect(server.get(root, 'Auth/Group', name)).rejects.toThrow('there is no Auth/Group');
  });

  it('never takes the last superuser away', async () => {
    for (const values of [{ enabled: false }, { superuser: false }]) {
      await expect(server.update(root, 'Auth/Account', 'root', values)).rejects.toThrow('root is the last superuser');
    }
    await expect(server.remove(root, 'Auth/Account', 'root')).rejects.toThrow('root is the last superuser');
    const second = await as({ superuser: true });
    await server.update(second, 'Auth/Account', 'root', { superuser: false });
    await expect(server.update(second, 'Auth/Account', name, { enabled: false })).rejects.toThrow('last superuser');
    await server.update(second, 'Auth/Account', 'root', { superuser: true });
    await server.remove(root, 'Auth/Account', name);
  });

  describe('by somebody who is no superuser', () => {
    const MANAGER = ['add', 'view', 'change', 'delete'].flatMap((verb) =>
      ['account', 'group', 'service'].map((model) => `Auth.${verb}_${model}`),
    );
    let manager: Principal;

    beforeEach(async () => {
      manager = await as({ permissions: MANAGER });
    });

    it('gives no more than their own', async () => {
      const denied = 'you cannot grant "Site.look": you do not have it';
      const permissions = ['Site.look', 'Auth.view_account'];
      for (const model of ['Auth/Account', 'Auth/Group', 'Auth/Service']) {
        await expect(server.create(manager, model, { name: 'x', permissions })).rejects.toThrow(denied);
        await server.create(manager, model, { name: `${name}${model.slice(5)}`, permissions: ['Auth.view_account'] });
      }
      await expect(server.update(manager, 'Auth/Account', name, { permissions })).rejects.toThrow(denied);
      await expect(server.create(manager, 'Auth/Account', { name: 'x', superuser: true })).rejects.toThrow(
        'superuser: only superusers make superusers',
      );
      await expect(server.update(manager, 'Auth/Account', name, { superuser: true })).rejects.toThrow(
        'only superusers',
      );
      await server.create(root, 'Auth/Group', { name: `${name}-sighted`, permissions: ['Site.look'] });
      await expect(server.update(manager, 'Auth/Account', name, { groups: [`${name}-sighted`] })).rejects.toThrow(
        `you cannot put anybody into "${name}-sighted"`,
      );
    });

    it('takes nobody over who may do more', async () => {
      const [own, grouped, agent] = [`${name}-own`, `${name}-grouped`, `${name}-agent`];
      await server.create(root, 'Auth/Group', { name: `${name}-s`, permissions: ['Site.look'] });
      await server.create(root, 'Auth/Account', { name: own, permissions: ['Site.look'] });
      await server.create(root, 'Auth/Account', { name: grouped, groups: [`${name}-s`] });
      await server.create(root, 'Auth/Service', { name: agent, permissions: ['Site.look'] });
      for (const who of ['root', own, grouped]) {
        const denied = `${who} may do more than you`;
        const set = server.call(manager, 'Auth/Account.setPassword', { password: PASSWORD }, who);
        await expect(set).rejects.toThrow(denied);
        await expect(server.call(manager, 'Auth/Account.closeSessions', {}, who)).rejects.toThrow(denied);
        await expect(server.update(manager, 'Auth/Account', who, { enabled: false })).rejects.toThrow(denied);
        await expect(server.remove(manager, 'Auth/Account', who)).rejects.toThrow(denied);
      }
      const denied = `${agent} may do more than you`;
      await expect(server.call(manager, 'Auth/Service.renewToken', {}, agent)).rejects.toThrow(denied);
      await expect(server.update(manager, 'Auth/Service', agent, { sites: ['*'] })).rejects.toThrow(denied);
      await expect(server.remove(manager, 'Auth/Service', agent)).rejects.toThrow(denied);
    });

    it('ends no session of anybody who may do more, but every other', async () => {
      const ender = await person(`${name}-ender`, { permissions: ['Auth.view_session', 'Auth.delete_session'] });
      const [more, grouped, agent, equal] = [`${name}-more`, `${name}-grouped`, `${name}-agent`, `${name}-equal`];
      await server.create(root, 'Auth/Group', { name: `${name}-g`, permissions: ['Site.look'] });
      await account(more, { permissions: ['Site.look'] });
      await account(grouped, { groups: [`${name}-g`] });
      await account(equal, { permissions: ['Auth.view_session'] });
      await server.create(root, 'Auth/Service', { name: agent, permissions: ['Site.look'] });
      const token = String(await server.call(root, 'Auth/Service.renewToken', {}, agent));
      const logins: [string, string][] = [
        ['root', ROOT_PASSWORD],
        [more, PASSWORD],
        [grouped, PASSWORD],
        [agent, token],
      ];
      for (const [who, password] of logins) {
        const session = await server.person(who, password);
        await expect(server.remove(ender, 'Auth/Session', session.session)).rejects.toThrow(
          `${who} may do more than you`,
        );
        expect(await server.keys(root, 'Auth/Session', who)).toContain(session.session);
        await server.remove(root, 'Auth/Session', session.session);
        expect(await server.keys(root, 'Auth/Session', who)).not.toContain(session.session);
      }
      const other = await server.person(equal, PASSWORD);
      await server.remove(ender, 'Auth/Session', other.session);
      await server.remove(ender, 'Auth/Session', ender.session);
      expect(await server.keys(root, 'Auth/Session', ender.name)).toEqual([]);
    });

    it('does the rest', async () => {
      const other = `${name}-other`;
      await server.create(manager, 'Auth/Account', { name: other, permissions: ['Auth.view_group'] });
      await server.call(manager, 'Auth/Account.setPassword', { password: PASSWORD }, other);
      await server.update(manager, 'Auth/Account', other, { enabled: false });
      await server.remove(manager, 'Auth/Account', other);
      await server.create(manager, 'Auth/Service', { name: other });
      await server.call(manager, 'Auth/Service.renewToken', {}, other);
      await server.remove(manager, 'Auth/Service', other);
    });
  });

  it('lists sessions, all and of one user, and ends the one that is deleted', async () => {
    await newcomer();
    const tokens = [await server.login(name, PASSWORD), await server.login(name, PASSWORD)];
    const keys = await server.keys(root, 'Auth/Session', name);
    expect(keys).toHaveLength(2);
    expect((await server.keys(root, 'Auth/Session')).length).toBeGreaterThan(2);
    const key = String(keys[0]);
    expect(await server.get(root, 'Auth/Session', key)).toEqual({
      id: key,
      user: name,
      source: '192.0.2.1',
      opened: expect.any(String),
      expires: expect.any(String),
    });
    await server.remove(root, 'Auth/Session', key);
    expect(await server.keys(root, 'Auth/Session', name)).toHaveLength(1);
    const left = await Promise.all(tokens.map((token) => server.identify(name, token)));
    expect(left.filter(Boolean)).toHaveLength(1);
  });

  it('closes sessions that have run out', async () => {
    await newcomer();
    await server.login(name, PASSWORD);
    const { modules, context } = server;
    const later = { ...context, clock: { now: () => '2126-01-01T00:00:00.000000+00:00' } };
    await closeExpiredSessions(later).reconcile(new AbortController().signal);
    await modules.caughtUp();
    expect((await modules.reads.now.list(openSessions)).rows).toEqual([]);
    root = await server.person('root', ROOT_PASSWORD);
  });

  it('erases what passwords of deleted users were checked by', async () => {
    const verifiers = async () => (await database.pool.query('SELECT * FROM ledger.passwords')).rowCount;
    const before = await verifiers();
    await newcomer();
    await server.call(root, 'Auth/Account.setPassword', { password: 'another one' }, name);
    await server.remove(root, 'Auth/Account', name);
    for (let tries = 0; (await verifiers()) !== before && tries < 6000; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(await verifiers()).toBe(before);
  });
});

describe('the first start', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await testDatabase();
  });
  afterEach(() => database.drop());

  it('makes the administrator, with the password that was chosen', async () => {
    const server = await startAuth(database, { adminPassword: 'mellon12' });
    expect(server.made).toEqual([{ name: 'root', password: 'mellon12' }]);
    expect(await server.person('root', 'mellon12')).toMatchObject({ superuser: true });
    await server.stop();
  });

  it('makes one password up, and a later start leaves all as it is', async () => {
    const first = await startAuth(database, { adminPassword: undefined });
    const [{ password } = { password: '' }] = first.made;
    expect(password).toMatch(/^[a-z0-9]{20}$/);
    await first.stop();
    const second = await startAuth(database, { adminPassword: 'another' });
    expect(second.made).toEqual([]);
    expect(await second.person('root', password)).toMatchObject({ superuser: true });
    await expect(second.login('root', 'another')).rejects.toThrow('Invalid Login');
    await second.stop();
  });

  it('is followed by a time in which two superusers cannot do away with each other', async () => {
    const server = await startAuth(database);
    const root = await server.person('root', ROOT_PASSWORD);
    await server.create(root, 'Auth/Account', { name: 'second', superuser: true });
    const tries = await Promise.allSettled([
      server.update(root, 'Auth/Account', 'second', { superuser: false }),
      server.update(root, 'Auth/Account', 'root', { enabled: false }),
      server.remove(root, 'Auth/Account', 'second'),
    ]);
    const refused = tries.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
    expect(refused.filter((text) => text.includes('is the last superuser'))).not.toEqual([]);
    const { rows } = await server.modules.reads.now.list(users);
    expect(rows.filter(({ row }) => row.superuser && row.enabled)).toHaveLength(1);
    await server.stop();
  });

  it('of two servers at once makes one administrator', async () => {
    const servers = await Promise.all([1, 2].map(() => startAuth(database, { adminPassword: undefined })));
    const made = servers.flatMap((server) => server.made);
    expect(made).toHaveLength(1);
    for (const server of servers) expect(await server.person('root', made[0]?.password ?? '')).toBeDefined();
    expect((await database.pool.query('SELECT * FROM ledger.passwords')).rowCount).toBe(1);
    await Promise.all(servers.map((server) => server.stop()));
  });
});
