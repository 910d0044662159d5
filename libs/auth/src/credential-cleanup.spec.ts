import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { TestDatabase } from '#testing';
import { testDatabase } from '#testing';
import type { AuthServer } from '../test/server.suite.ts';
import { ROOT_PASSWORD, startAuth } from '../test/server.suite.ts';

jest.setTimeout(240_000);

describe('what passwords were checked by', () => {
  let database: TestDatabase;
  let server: AuthServer;

  beforeEach(async () => {
    database = await testDatabase();
    server = await startAuth(database);
  });
  afterEach(async () => {
    await server.stop();
    await database.drop();
  });

  const verifiers = async (): Promise<number> =>
    (await database.pool.query('SELECT FROM ledger.passwords')).rowCount ?? 0;

  const setPassword = async (name: string, password: string): Promise<void> => {
    const root = await server.person('root', ROOT_PASSWORD);
    await server.call(root, 'Auth/Account.setPassword', { password }, name);
  };

  async function until(wanted: number): Promise<void> {
    const deadline = Date.now() + 120_000;
    while ((await verifiers()) !== wanted) {
      if (Date.now() > deadline) throw new Error(`there are ${await verifiers()}, not ${wanted}`);
    }
  }

  it('is erased when the password is replaced, also where the server ends before it could', async () => {
    const root = await server.person('root', ROOT_PASSWORD);
    await server.create(root, 'Auth/Account', { name: 'alice' });
    await setPassword('alice', 'the first one');
    // From here on nobody in this server hears of anything.
    await server.reactions.onApplicationShutdown();
    await setPassword('alice', 'the second one');
    await setPassword('alice', 'the third one');
    expect(await verifiers()).toBe(4);
    await server.stop();
    server = await startAuth(database);
    await until(2);
    expect(await server.login('alice', 'the third one')).toEqual(expect.any(String));
  });

  it('is erased with its user, once, by any of several servers', async () => {
    const other = await startAuth(database);
    const root = await server.person('root', ROOT_PASSWORD);
    for (const name of ['bob', 'carol']) await server.create(root, 'Auth/Account', { name });
    await setPassword('bob', 'the first one');
    await setPassword('carol', 'the first one');
    await other.remove(root, 'Auth/Account', 'bob');
    await until(2);
    expect(await other.login('carol', 'the first one')).toEqual(expect.any(String));
    expect([server.reactions.runner?.leading, other.reactions.runner?.leading]).toEqual([true, false]);
    await other.stop();
  });
});
