import { afterAll } from '@jest/globals';
import { CinpClient } from '#cinp';
import type { TestContractor, TestDatabase } from '#testing';
import { ADMIN_PASSWORD, startContractor, testDatabase } from '#testing';

/** A server on a database of its own, and a session of root. */
export interface Journey {
  readonly database: TestDatabase;
  readonly server: TestContractor;
  readonly client: CinpClient;
  /** Of root's session, for those who ask without the client. */
  readonly token: string;
}

/** Starts what a file of tests needs, to be awaited at its top; it ends with the tests of that file. */
export async function startJourney(settings: Readonly<Record<string, string>> = {}): Promise<Journey> {
  const database = await testDatabase();
  let started: TestContractor | undefined;
  afterAll(async () => {
    await started?.stop();
    await database.drop();
  });
  const server = (started = await startContractor({ DATABASE_URL: database.url, ...settings }));
  const client = new CinpClient(server.url, { version: '1.0' });
  return { database, server, client, token: await client.login('root', ADMIN_PASSWORD) };
}
