import type { Principal } from '#kernel';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { TestDatabase } from '#testing';
import { testDatabase } from '#testing';
import type { Following } from '#reactions';
import { follow } from '#reactions';
import { Identities } from './identities.ts';
import type { AuthServer } from '../test/server.suite.ts';
import { ROOT_PASSWORD, startAuth } from '../test/server.suite.ts';

jest.setTimeout(240_000);

const PASSWORD = 'their password';
const FORTNIGHT = 14 * 24 * 3600 * 1000;

/** Resolves when it has come to that, fails after two minutes. */
async function soon(look: () => Promise<unknown>): Promise<void> {
  for (let tries = 0; tries < 6000; tries += 1) {
    if (await look()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`it did not come to that: ${String(look)}`);
}

describe('who the holder of a token is', () => {
  let database: TestDatabase;
  let here: AuthServer;
  let there: AuthServer;
  let root: Principal;
  const more: Following[] = [];
  const errors: unknown[] = [];

  const identities = async (options: ConstructorParameters<typeof Identities>[1] = {}) => {
    const made = new Identities(here.context, options);
    const onError = (error: unknown) => void errors.push(error);
    more.push(await follow(made, { store: here.modules.store, upcasters: {}, onError }));
    return made;
  };
  const someone = async (name: string, values: object = {}) => {
    await here.create(root, 'Auth/Account', { name, ...values });
    await here.call(root, 'Auth/Account.setPassword', { password: PASSWORD }, name);
  };

  beforeAll(async () => {
    database = await testDatabase();
    here = await startAuth(database);
    there = await startAuth(database);
    root = await here.person('root', ROOT_PASSWORD);
  });
  afterAll(async () => {
    for (const one of more) await one.stop();
    await there.stop();
    await here.stop();
    await database.drop();
    expect(errors).toEqual([]);
  });

  it('is known at once on every server, wherever they have logged in', async () => {
    await someone('alice');
    const [one, other] = [await here.login('alice', PASSWORD), await there.login('alice', PASSWORD)];
    for (const server of [here, there]) {
      for (const token of [one, other])
        expect(await server.identify('alice', token)).toMatchObject({ name: await here.idOf('alice') });
    }
  });

  it('is known only with the right name, and not to servers that were never told', async () => {
    await someone('bob');
    const token = await here.login('bob', PASSWORD);
    expect(await here.identify('alice', token)).toBeUndefined();
    expect(await here.identify('nobody', token)).toBeUndefined();
    expect(await here.identify('bob', 'a'.repeat(32))).toBeUndefined();
    expect(await here.identify('bob', '')).toBeUndefined();
  });

  it.each<[string, (name: string, token: string) => Promise<unknown>]>([
    ['logged out', async (name, token) => there.call(await there.identify(name, token), 'Auth/User.logout')],
    ['disabled', (name) => there.update(root, 'Auth/Account', name, { enabled: false })],
    ['deleted', (name) => there.remove(root, 'Auth/Account', name)],
    ['given a new password', (name) => there.call(root, 'Auth/Account.setPassword', { password: PASSWORD }, name)],
    ['thrown out', (name) => there.call(root, 'Auth/Account.closeSessions', {}, name)],
    [
      'thrown out of one session',
      async (name) => {
        for (const key of await there.keys(root, 'Auth/Session', name)) {
          await there.remove(root, 'Auth/Session', String(key));
        }
      },
    ],
  ])('is nobody any more when %s on another server', async (what, act) => {
    const name = what.replaceAll(' ', '-');
    await someone(name);
    const token = await here.login(name, PASSWORD);
    expect(await here.identify(name, token)).toBeDefined();
    await there.modules.caughtUp();
    await act(name, token);
    await soon(async () => !(await here.identify(name, token)));
    expect(await there.identify(name, token)).toBeUndefined();
  });

  it('is nobody any more for whoever was just told so', async () => {
    await someone('heidi');
    for (let n = 0; n < 15; n += 1) {
      const token = await here.login('heidi', PASSWORD);
      await here.call(await here.identify('heidi', token), 'Auth/User.logout');
      expect(await here.identify('heidi', token)).toBeUndefined();
    }
  });

  it('is looked up while nothing is heard from the log', async () => {
    await someone('ivan');
    const tokens = [await here.login('ivan', PASSWORD), await here.login('ivan', PASSWORD)] as const;
    const deaf = new Identities(here.context);
    await deaf.begin();
    await here.call(await here.identify('ivan', tokens[0]), 'Auth/User.logout');
    expect(await deaf.identify('ivan', tokens[0])).toBeUndefined();
    expect(await deaf.identify('ivan', tokens[1])).toMatchObject({ name: await here.idOf('ivan') });
  });

  it('may do what they and their groups may, as soon as it is granted and no longer than that', async () => {
    await here.create(root, 'Auth/Group', { name: 'sighted', permissions: ['Site.look'] });
    await someone('carol', { groups: ['sighted'], permissions: ['Auth.view_account'] });
    const token = await here.login('carol', PASSWORD);
    const may = async (server: AuthServer) => [...((await server.identify('carol', token))?.permissions ?? [])];
    expect(await may(here)).toEqual(['Auth.view_account', 'Site.look']);
    await there.modules.caughtUp();
    await there.update(root, 'Auth/Group', 'sighted', { permissions: ['Auth.view_group'] });
    await soon(async () => (await may(here)).join() === 'Auth.view_account,Auth.view_group');
    await there.update(root, 'Auth/Account', 'carol', { groups: [] });
    await soon(async () => (await may(here)).join() === 'Auth.view_account');
    await there.update(root, 'Auth/Account', 'carol', { superuser: true });
    await soon(async () => (await here.identify('carol', token))?.superuser);
  });

  it('is refused when the two weeks are over, used or not', async () => {
    await someone('dave');
    const token = await here.login('dave', PASSWORD);
    let now = Date.now() + FORTNIGHT - 10_000;
    const later = await identities({ now: () => now });
    expect(await later.identify('dave', token)).toBeDefined();
    now += 10_001;
    expect(await later.identify('dave', token)).toBeUndefined();
  });

  it('is looked up when there are more sessions than are kept', async () => {
    await someone('erin');
    const tokens = [await here.login('erin', PASSWORD), await here.login('erin', PASSWORD)];
    const forgetful = await identities({ mostSessions: 1 });
    for (const token of tokens)
      expect(await forgetful.identify('erin', token)).toMatchObject({ name: await here.idOf('erin') });
    await here.call(root, 'Auth/Account.closeSessions', {}, 'erin');
    for (const token of tokens) await soon(async () => !(await forgetful.identify('erin', token)));
  });

  it('is known after a start', async () => {
    await someone('frank', { permissions: ['Site.look'] });
    const token = await here.login('frank', PASSWORD);
    const fresh = await identities();
    const principal = await fresh.identify('frank', token);
    expect([...(principal?.permissions ?? [])]).toEqual(['Site.look']);
  });

  it('does not ask the database for those who are known', async () => {
    await someone('grace');
    const token = await here.login('grace', PASSWORD);
    const fresh = await identities();
    const asked = jest.spyOn(here.modules.reads.now, 'get');
    for (let n = 0; n < 1000; n += 1) expect(await fresh.identify('grace', token)).toBeDefined();
    expect(asked).not.toHaveBeenCalled();
    asked.mockRestore();
  });

  describe('a service', () => {
    it('is let in by its token, directly and by logging in, until it has another', async () => {
      await here.create(root, 'Auth/Service', { name: 'agent', sites: ['berlin'], modules: ['*'] });
      expect(await here.get(root, 'Auth/Service', 'agent')).toMatchObject({ has_token: false, sites: ['berlin'] });
      const token = String(await here.call(root, 'Auth/Service.renewToken', {}, 'agent'));
      const principal = { name: 'agent', superuser: false, serviceScope: { sites: ['berlin'], modules: ['*'] } };
      for (const server of [here, there]) expect(await server.identify('agent', token)).toMatchObject(principal);
      const session = await there.login('agent', token);
      for (const server of [here, there]) expect(await server.identify('agent', session)).toMatchObject(principal);
      await there.modules.caughtUp();
      await there.call(root, 'Auth/Service.renewToken', {}, 'agent');
      await soon(async () => !(await here.identify('agent', token)));
      await soon(async () => !(await here.identify('agent', session)));
      await expect(here.login('agent', token)).rejects.toThrow('Invalid Login');
    });

    it.each<[string, (name: string) => Promise<unknown>]>([
      ['disabled', (name) => there.update(root, 'Auth/Service', name, { enabled: false })],
      ['deleted', (name) => there.remove(root, 'Auth/Service', name)],
    ])('is nobody any more when %s', async (name, act) => {
      await here.create(root, 'Auth/Service', { name: `agent-${name}` });
      const token = String(await here.call(root, 'Auth/Service.renewToken', {}, `agent-${name}`));
      expect(await here.identify(`agent-${name}`, token)).toBeDefined();
      await there.modules.caughtUp();
      await act(`agent-${name}`);
      await soon(async () => !(await here.identify(`agent-${name}`, token)));
      await expect(here.login(`agent-${name}`, token)).rejects.toThrow('Invalid Login');
    });

    it('has no password to change', async () => {
      await here.create(root, 'Auth/Service', { name: 'robot' });
      const token = String(await here.call(root, 'Auth/Service.renewToken', {}, 'robot'));
      const robot = await here.person('robot', token);
      await expect(here.call(robot, 'Auth/User.changePassword', { password: 'x' })).rejects.toThrow(
        'a service has a token',
      );
      await here.call(robot, 'Auth/User.logout');
      expect(await here.identify('robot', token)).toBeDefined();
    });
  });
});
