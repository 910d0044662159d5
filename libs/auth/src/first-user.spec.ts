import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { BadSetting } from '#runtime/settings';
import type { TestDatabase } from '#testing';
import { testDatabase } from '#testing';
import { startAuth } from '../test/server.suite.ts';

jest.setTimeout(240_000);

describe('the first user', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await testDatabase();
  });
  afterEach(() => database.drop());

  const verifiers = async () => (await database.pool.query('SELECT FROM ledger.passwords')).rowCount;

  it('has the password that was chosen', async () => {
    const server = await startAuth(database, { adminPassword: '12345678' });
    expect(server.made).toEqual([{ name: 'root', password: '12345678' }]);
    await server.stop();
  });

  it('has one that is made up where none was chosen', async () => {
    const server = await startAuth(database, { adminPassword: undefined });
    expect(server.made).toEqual([{ name: 'root', password: expect.stringMatching(/^[a-z0-9]{20}$/) }]);
    await server.stop();
  });

  it('is not made with a password that is too short', async () => {
    await expect(startAuth(database, { adminPassword: '1234567' })).rejects.toThrow(
      new BadSetting('CONTRACTOR_ADMIN_PASSWORD', '…', 'must have at least 8 characters'),
    );
    expect(await verifiers()).toBe(0);
  });

  it('once made, does not care for the password any more', async () => {
    await (await startAuth(database, { adminPassword: '12345678' })).stop();
    const server = await startAuth(database, { adminPassword: 'short' });
    expect(server.made).toEqual([]);
    expect(await verifiers()).toBe(1);
    await server.stop();
  });
});
