import type { Principal } from '#kernel';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { CommandContext, CommandExecutor } from '#event-store';
import type { TestDatabase } from '#testing';
import { testDatabase } from '#testing';
import { Secret } from '#kernel';
import { openSessions } from './open-sessions.ts';
import type { AuthServer } from '../test/server.suite.ts';
import { ROOT_PASSWORD, startAuth } from '../test/server.suite.ts';
import { Login } from './session.commands.ts';
import { hashOf } from './tokens.ts';
import { user } from './user.ts';
import { users } from './users.ts';

jest.setTimeout(240_000);

const INVALID = 'Invalid Login';

describe('logging in and out', () => {
  let database: TestDatabase;
  let server: AuthServer;
  let root: Principal;
  let count = 0;
  let name: string;

  beforeAll(async () => {
    database = await testDatabase();
    server = await startAuth(database);
    root = await server.person('root', ROOT_PASSWORD);
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });
  beforeEach(async () => {
    count += 1;
    name = `user${count}`;
    await server.create(root, 'Auth/Account', { name });
    await server.call(root, 'Auth/Account.setPassword', { password: 'their first' }, name);
  });

  /** A session of theirs that was opened six minutes ago. */
  const sixMinutesOld = async (who: string): Promise<Principal> => {
    const { reads } = server.modules;
    const executor = server.modules.get(CommandExecutor, { strict: false });
    const id = await server.idOf(who);
    const credential = (await reads.now.get(users, id))?.credential ?? '';
    const [opened, expires] = [-6, 60].map((minutes) => new Date(Date.now() + minutes * 60_000).toISOString());
    const data = { session: hashOf('old'), user: id, source: '', opened: opened ?? '', expires: expires ?? '' };
    const metadata = { actor: 'system', request: randomUUID(), correlation: '' };
    await executor.execute(metadata, (work) =>
      work.decide(user, id, { type: 'OpenSession', data: { ...data, credential } }),
    );
    await server.modules.caughtUp();
    const principal = await server.identify(who, 'old');
    if (!principal) throw new Error('the session is not there');
    return principal;
  };

  it('gives a token of 32 characters that is good for two weeks', async () => {
    const token = await server.login(name, 'their first', '198.51.100.9');
    expect(token).toMatch(/^[a-z0-9]{32}$/);
    const row = await server.modules.reads.now.get(openSessions, hashOf(token));
    const id = await server.idOf(name);
    expect(row?.user).toBe(id);
    expect(await server.told(row)).toMatchObject({ user: name, source: '198.51.100.9' });
    const { opened = '', expires = '' } = row ?? {};
    expect(Date.parse(expires) - Date.parse(opened)).toBe(14 * 24 * 3600 * 1000);
    expect(await server.identify(name, token)).toMatchObject({ name: id, superuser: false, session: hashOf(token) });
  });

  it('leaves neither password nor token in the log, and tells a token once', async () => {
    const { gateway, store, clock } = server.modules;
    const metadata = { actor: 'x', request: randomUUID(), correlation: '', idempotencyKey: 'once' };
    const login = () =>
      gateway.execute(
        new Login(name, new Secret('their first')),
        new CommandContext({ metadata, caller: { source: '192.0.2.1' }, now: clock.now() }),
      );
    const { value: token } = await login();
    await server.modules.caughtUp();
    expect(await server.identify(name, token)).toMatchObject({ name: await server.idOf(name) });
    await expect(login()).rejects.toThrow('The token was shown already');
    const { events } = await store.readAll(0n, { limit: 10_000 });
    expect(events.map(({ meta }) => meta).join()).toContain('"command":"Login"');
    for (const secret of [token, 'their first']) expect(events.map(({ data }) => data).join()).not.toContain(secret);
  });

  it('is refused in the same words, whatever was wrong', async () => {
    await server.create(root, 'Auth/Account', { name: `${name}-new` });
    await expect(server.login(name, 'wrong')).rejects.toThrow(INVALID);
    await expect(server.login('nobody', 'their first')).rejects.toThrow(INVALID);
    await expect(server.login(`${name}-new`, '')).rejects.toThrow(INVALID);
    await server.update(root, 'Auth/Account', name, { enabled: false });
    await expect(server.login(name, 'their first')).rejects.toThrow(INVALID);
  });

  it('is refused in the same words to names that nobody can have, which are looked up nowhere', async () => {
    const asked = jest.spyOn(server.modules.store, 'readStream');
    for (const impossible of ['x'.repeat(151), 'a\0b', '']) {
      await expect(server.login(impossible, 'wrong')).rejects.toThrow(INVALID);
      expect(await server.identify(impossible, 'a'.repeat(32))).toBeUndefined();
    }
    expect(asked).not.toHaveBeenCalled();
    await expect(server.login('x'.repeat(150), 'wrong')).rejects.toThrow(INVALID);
    expect(asked).toHaveBeenCalled();
    asked.mockRestore();
  });

  it('waits for nobody who tries it many times at once from elsewhere', async () => {
    let waiting = 20;
    const flood = Array.from({ length: waiting }, async (_, n) => {
      const text = await server.login(`guess${n}`, 'wrong', '198.51.100.66').catch(String);
      waiting -= 1;
      return text;
    });
    expect(await server.login(name, 'their first', '203.0.113.5')).toMatch(/^[a-z0-9]{32}$/);
    // Two were under way, and others may have had their turn while the session was opened.
    expect(waiting).toBeGreaterThan(10);
    expect(new Set(await Promise.all(flood))).toEqual(new Set([`Refusal: ${INVALID}`]));
  });

  it('takes as long for names nobody has, or can have', async () => {
    const time = async (who: string) => {
      const begun = performance.now();
      await server.login(who, 'wrong').catch(() => undefined);
      return performance.now() - begun;
    };
    const fastest = async (who: string) => Math.min(await time(who), await time(who), await time(who));
    // A look-up alone takes a hundredth of this.
    const usual = await fastest(name);
    expect(await fastest('nobody')).toBeGreaterThan(usual / 3);
    expect(await fastest('x'.repeat(100_000))).toBeGreaterThan(usual / 3);
  });

  it('ends one session, and leaves the others', async () => {
    const [one, other] = [await server.login(name, 'their first'), await server.login(name, 'their first')];
    const principal = await server.identify(name, one);
    await server.call(principal, 'Auth/User.logout');
    expect(await server.identify(name, one)).toBeUndefined();
    expect(await server.identify(name, other)).toBeDefined();
    await server.call(undefined, 'Auth/User.logout');
  });

  it('tells who one is', async () => {
    expect(await server.call(undefined, 'Auth/User.whoami')).toBe('AnonymousUser');
    expect(await server.call(root, 'Auth/User.whoami')).toBe('root');
  });

  describe('a change of the password', () => {
    const verifiers = async () => (await database.pool.query('SELECT * FROM ledger.passwords')).rowCount;
    const change = async (password: string, current: string | null, principal?: Principal) =>
      server.call(principal ?? (await server.person(name, 'their first')), 'Auth/User.changePassword', {
        password,
        current_password: current,
      });

    it('ends all sessions, and leaves nothing of the old one', async () => {
      const tokens = [await server.login(name, 'their first'), await server.login(name, 'their first')];
      const before = await verifiers();
      await change('x', null);
      for (const token of tokens) expect(await server.identify(name, token)).toBeUndefined();
      await expect(server.login(name, 'their first')).rejects.toThrow(INVALID);
      expect(await server.login(name, 'x')).toBeDefined();
      await expect(untilIs(verifiers, before)).resolves.toBe(true);
    });

    it('takes any text but none', async () => {
      await expect(change('', null)).rejects.toThrow('password: This field cannot be blank.');
    });

    it('asks for the current one, unless the session is young', async () => {
      await expect(change('next', 'wrong')).rejects.toThrow('current_password: is not the current password');
      const principal = await sixMinutesOld(name);
      await expect(change('next', null, principal)).rejects.toThrow('current_password: Required Paramater');
      await change('next', 'their first', principal);
      expect(await server.login(name, 'next')).toBeDefined();
    });

    it('cannot be slipped under by a login that is under way', async () => {
      const logins = Array.from({ length: 8 }, () => server.login(name, 'their first').catch(() => undefined));
      await change('next', null, await server.identify(name, (await logins[0]) ?? ''));
      const tokens = await Promise.all(logins);
      const good = await Promise.all(tokens.map((token) => server.identify(name, token ?? '')));
      expect(good.filter(Boolean)).toEqual([]);
    });
  });

  it('refuses a password that is too short, set for somebody else', async () => {
    const set = (password: string) => server.call(root, 'Auth/Account.setPassword', { password }, name);
    await expect(set('1234567')).rejects.toThrow('password: must have at least 8 characters');
    await set('12345678');
  });
});

describe('too many failed logins', () => {
  it('are refused for a while, on every way to try a password', async () => {
    const database = await testDatabase();
    const server = await startAuth(database, { tries: { perName: 3, perSource: 5, window: 600_000 } });
    const root = await server.person('root', ROOT_PASSWORD, '192.0.2.3');
    for (const _ of [1, 2, 3]) await expect(server.login('root', 'wrong')).rejects.toThrow(INVALID);
    await expect(server.login('root', ROOT_PASSWORD)).rejects.toThrow(/^Too many failed logins, try again in \d+ s/);
    for (const who of ['a', 'b']) await expect(server.login(who, 'wrong')).rejects.toThrow(INVALID);
    await expect(server.login('c', 'wrong')).rejects.toThrow('Too many failed logins');
    await expect(server.login('c', 'wrong', '192.0.2.2')).rejects.toThrow(INVALID);
    const change = (current: string) =>
      server.call(root, 'Auth/User.changePassword', { password: 'x', current_password: current });
    await expect(change('wrong')).rejects.toThrow('Too many failed logins');
    await server.stop();
    await database.drop();
  });
});

/** Whether it comes to a value within two minutes. */
async function untilIs<T>(look: () => Promise<T>, value: T): Promise<boolean> {
  for (let tries = 0; tries < 2400; tries += 1) {
    if ((await look()) === value) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}
