import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, jest } from '@jest/globals';
import { CinpClient, InvalidRequest } from '#cinp';
import { ADMIN_PASSWORD, startContractor, testDatabase } from '#testing';

jest.setTimeout(180_000);

const CUTS = 6;
const WRITERS = 6;

it('loses no answered write and leaves no row wrong, however often the server is killed under load', async () => {
  const database = await testDatabase();
  const server = await startContractor({ DATABASE_URL: database.url });
  const client = new CinpClient(server.url, { timeout: 5000 });
  const login = async (): Promise<void> => {
    for (;;) {
      try {
        await client.login('root', ADMIN_PASSWORD);
        return;
      } catch {
        await sleep(50);
      }
    }
  };
  await login();
  const answered = new Map<string, string>();
  const over = new AbortController();
  let count = 0;
  const writer = async (n: number): Promise<void> => {
    for (let round = 0; !over.signal.aborted; round += 1) {
      const name = `w${n}-${round}`;
      try {
        await client.create('/api/v1/Site/Site', { name, description: 'new' });
        answered.set(name, 'new');
        await client.update(`/api/v1/Site/Site:${name}:`, { description: 'changed' });
        answered.set(name, 'changed');
        count += 1;
      } catch (error) {
        if (error instanceof InvalidRequest) throw error;
        await sleep(20);
      }
    }
  };
  const writers = Array.from({ length: WRITERS }, (_, n) => writer(n));
  for (let cut = 0; cut < CUTS; cut += 1) {
    await sleep(300 + 150 * cut);
    await server.kill();
    await server.start();
  }
  over.abort();
  await Promise.all(writers);
  expect(count).toBeGreaterThan(CUTS);

  const shown = new Map<string, string>();
  for await (const uri of client.listAll('/api/v1/Site/Site')) {
    const { name, description } = await client.get<{ name: string; description: string }>(uri);
    shown.set(name, description);
  }
  for (const [name, description] of answered) {
    // What was answered is there; a change whose answer was lost may be there as well.
    expect([name, ['new', 'changed'].slice(description === 'changed' ? 1 : 0)]).toEqual([
      name,
      expect.arrayContaining([shown.get(name)]),
    ]);
  }

  // Every row is what the log says: made anew from the log they are the same.
  await server.stop();
  const rows = async () =>
    (await database.pool.query('SELECT key, from_pos, to_pos, row FROM read.sites ORDER BY key, from_pos')).rows;
  const counts = async () =>
    (await database.pool.query(`SELECT * FROM read.counts WHERE model = 'sites' AND n > 0 ORDER BY index, value`)).rows;
  const before = [await rows(), await counts()];
  await database.pool.query('DROP SCHEMA read CASCADE');
  await server.start();
  expect([await rows(), await counts()]).toEqual(before);
  await server.stop();
  await database.drop();
});
