import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { TestDatabase } from '#testing';
import { testDatabase } from '#testing';
import { openInstallation } from './installation.ts';

jest.setTimeout(60_000);

describe('the installation a database belongs to', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.drop());

  it('is made once, also where servers start at once, and can be named', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => openInstallation(database.pool)));
    const [first] = all;
    expect(all).toEqual(all.map(() => first));
    expect(first).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}$/),
      data: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    const named = await openInstallation(database.pool, 'lab');
    expect(named).toEqual({ id: 'lab', data: first?.data });
    expect(await openInstallation(database.pool)).toEqual(named);
  });
});
