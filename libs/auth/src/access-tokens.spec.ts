import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Principal } from '#kernel';
import type { TestDatabase } from '#testing';
import { testDatabase, until } from '#testing';
import type { AuthServer } from '../test/server.suite.ts';
import { ROOT_PASSWORD, startAuth } from '../test/server.suite.ts';
import { MAX_TOKENS, tokenRules } from './access-token.ts';
import { scopedPrincipal } from './scoped-principal.ts';
import { TokenUses } from './token-uses.ts';
import { hashOf } from './tokens.ts';

const SCOPE = { name: 'reports', permissions: [], readOnly: false, sites: [], expires: '' };
const owner = (superuser: boolean, ...permissions: string[]): Principal => ({
  name: 'alice',
  superuser,
  permissions: new Set(permissions),
  session: 'theirs',
});

describe('who asks with a token', () => {
  it('has its permissions, as far as their owner has them now', () => {
    const scope = { ...SCOPE, permissions: ['Site.view_site', 'Site.add_site'] };
    const asked = scopedPrincipal(owner(false, 'Site.view_site', 'Site.change_site'), scope, 'hash');
    expect(asked).toEqual({
      name: 'alice',
      superuser: false,
      permissions: new Set(['Site.view_site']),
      session: 'hash',
      token: { name: 'reports', readOnly: false },
    });
  });

  it('is no superuser where it has some permissions only, and has those', () => {
    const scope = { ...SCOPE, permissions: ['Site.add_site'], readOnly: true, sites: ['site1'] };
    expect(scopedPrincipal(owner(true), scope, 'hash')).toMatchObject({
      superuser: false,
      permissions: new Set(['Site.add_site']),
      token: { readOnly: true },
      serviceScope: { sites: ['site1'], modules: ['*'] },
    });
  });

  it('is what the owner is where it has none in particular', () => {
    expect(scopedPrincipal(owner(true), SCOPE, 'hash')).toMatchObject({ superuser: true });
    expect(scopedPrincipal(owner(false, 'Site.look'), SCOPE, 'hash').permissions).toEqual(new Set(['Site.look']));
  });
});

describe('a token that has expired', () => {
  it('makes room for another one, also of its name', () => {
    const now = '2026-03-01T00:00:00.000000+00:00';
    const tokens = new Map([['old', { name: 'reports', expires: now }]]);
    const next = { ...SCOPE, token: 'new', expires: '2026-04-01T00:00:00.000000+00:00' };
    expect(tokenRules.decide.IssueToken({ ...next, now }, { tokens })).toEqual([
      { type: 'TokenRevoked', data: { token: 'old' } },
      { type: 'TokenIssued', data: next },
    ]);
  });
});

describe('tokens of users', () => {
  let database: TestDatabase;
  let server: AuthServer;
  let other: AuthServer;
  let root: Principal;
  let alice: Principal;
  const PASSWORD = 'alice has a password';
  const issue = async (by: Principal, values: Readonly<Record<string, unknown>>) => {
    const made = await server.create(by, 'Auth/Token', { permissions: [], sites: [], read_only: false, ...values });
    return { id: String(made['id']), value: String(made['value']), made };
  };

  beforeAll(async () => {
    database = await testDatabase();
    server = await startAuth(database);
    other = await startAuth(database);
    root = await server.person('root', ROOT_PASSWORD);
    await server.create(root, 'Auth/Account', {
      name: 'alice',
      enabled: true,
      superuser: false,
      groups: [],
      permissions: ['Site.look'],
    });
    await server.call(root, 'Auth/Account.setPassword', { password: PASSWORD }, 'alice');
    alice = await server.person('alice', PASSWORD);
  });
  afterAll(async () => {
    await other.stop();
    await server.stop();
    await database.drop();
  });

  it('are told once, kept as a hash, and let in until they are revoked, on every server', async () => {
    const { id, value, made } = await issue(alice, { name: 'one' });
    expect(value).toMatch(/^contractor_[a-z0-9]{32}$/);
    expect(id).toBe(hashOf(value));
    expect(made).toMatchObject({ user: 'alice', permissions: [], read_only: false, last_used: null });
    const days = (Date.parse(String(made['expires'])) - Date.parse(String(made['issued']))) / 86_400_000;
    expect(days).toBeCloseTo(90, 2);
    expect(await server.get(alice, 'Auth/Token', id)).toMatchObject({ name: 'one', value: null });
    for (const at of [server, other]) {
      expect(await at.identify('alice', value)).toMatchObject({
        name: await server.idOf('alice'),
        token: { name: 'one' },
      });
      expect(await at.identify('root', value)).toBeUndefined();
    }
    await server.remove(alice, 'Auth/Token', id);
    expect(await server.identify('alice', value)).toBeUndefined();
    await until(async () => (await other.identify('alice', value)) === undefined);
  });

  it('have permissions that exist and that their owner has', async () => {
    for (const permissions of [['Site.paint'], ['Auth.add_account']]) {
      await expect(issue(alice, { name: 'two', permissions })).rejects.toThrow(
        /there is no permission|you do not have it/,
      );
    }
    const { value } = await issue(root, { name: 'two', permissions: ['Site.look'] });
    expect(await server.identify('root', value)).toMatchObject({
      superuser: false,
      permissions: new Set(['Site.look']),
    });
  });

  it('lose what their owner loses, and end with the owner', async () => {
    const values = { name: 'bob', enabled: true, superuser: false, groups: [], permissions: ['Site.look'] };
    await server.create(root, 'Auth/Account', values);
    await server.call(root, 'Auth/Account.setPassword', { password: PASSWORD }, 'bob');
    const bob = await server.person('bob', PASSWORD);
    const { value } = await issue(bob, { name: 'all' });
    await server.update(root, 'Auth/Account', 'bob', { permissions: [] });
    expect((await server.identify('bob', value))?.permissions).toEqual(new Set());
    await server.update(root, 'Auth/Account', 'bob', { enabled: false });
    expect(await server.identify('bob', value)).toBeUndefined();
    await server.update(root, 'Auth/Account', 'bob', { enabled: true });
    expect(await server.identify('bob', value)).toBeDefined();
    await server.remove(root, 'Auth/Account', 'bob');
    expect(await server.identify('bob', value)).toBeUndefined();
    expect(await server.keys(root, 'Auth/Token', 'bob')).toEqual([]);
  });

  it('end when they are to, a year from now at the most', async () => {
    const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
    await expect(issue(alice, { name: 'old', expires: inDays(-1) })).rejects.toThrow(/must be later than now/);
    await expect(issue(alice, { name: 'long', expires: inDays(400) })).rejects.toThrow(/within 366 days/);
    const { value } = await issue(alice, { name: 'short', expires: new Date(Date.now() + 1500).toISOString() });
    expect(await server.identify('alice', value)).toBeDefined();
    await until(async () => (await server.identify('alice', value)) === undefined);
  });

  it('that are for reading change nothing, and none makes another, or changes a password', async () => {
    const { value } = await issue(root, { name: 'reader', read_only: true });
    const reader = await server.identify('root', value);
    expect(await server.get(reader, 'Auth/Account', 'alice')).toMatchObject({ name: 'alice' });
    await expect(server.update(reader, 'Auth/Account', 'alice', { permissions: [] })).rejects.toThrow(/reading only/);
    await expect(server.call(reader, 'Auth/Account.closeSessions', {}, 'alice')).rejects.toThrow(/reading only/);
    const all = await server.identify('root', (await issue(root, { name: 'all' })).value);
    await expect(issue(all!, { name: 'more' })).rejects.toThrow(/in a session/);
    const change = server.call(all, 'Auth/User.changePassword', { password: 'x', current_password: ROOT_PASSWORD });
    await expect(change).rejects.toThrow(/in a session/);
  });

  it('are seen and revoked by their owner, and by who may do so with those of others', async () => {
    const { id } = await issue(root, { name: 'hidden' });
    expect(await server.keys(alice, 'Auth/Token', 'root')).toEqual([]);
    await expect(server.get(alice, 'Auth/Token', id)).rejects.toThrow(/There is no|not there/i);
    await expect(server.remove(alice, 'Auth/Token', id)).rejects.toThrow();
    const { id: own } = await issue(alice, { name: 'own' });
    expect(await server.keys(alice, 'Auth/Token')).toContain(own);
    expect(await server.keys(root, 'Auth/Token', 'alice')).toContain(own);
    await server.remove(root, 'Auth/Token', own);
  });

  it('have a name each, and are not too many', async () => {
    await issue(alice, { name: 'named' });
    await expect(issue(alice, { name: 'named' })).rejects.toThrow(/already exists/);
    const there = (await server.keys(alice, 'Auth/Token')).length;
    for (let n = there; n < MAX_TOKENS; n += 1) await issue(alice, { name: `n${n}` });
    await expect(issue(alice, { name: 'one too many' })).rejects.toThrow(/there are 50 tokens already/);
  });

  it('tell when they were used last', async () => {
    const uses = new TokenUses(
      database.pool,
      () => undefined,
      () => Date.parse('2026-03-01T12:00:00.000Z'),
    );
    uses.note('used');
    expect(await uses.lastOf('used')).toBe('2026-03-01T12:00:00.000000+00:00');
    await uses.write();
    const elsewhere = new TokenUses(database.pool, () => undefined);
    const asked = ['used', 'unused'].map((token) => elsewhere.lastOf(token));
    expect(await Promise.all(asked)).toEqual(['2026-03-01T12:00:00.000000+00:00', null]);
    await elsewhere.forget(['used']);
    expect(await elsewhere.lastOf('used')).toBeNull();
  });
});
