import { afterAll } from '@jest/globals';
import { CinpClient } from '#cinp';
import type { TestContractor, TestDatabase } from '#testing';
import { ADMIN_PASSWORD, startContractor, testDatabase } from '#testing';

/** What REST answered. */
export interface RestAnswer {
  readonly status: number;
  /** `{}` where there is none. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Of the log, as of which it was answered; `''` where it does not say. */
  readonly position: string;
}

/** A server on a database of its own, and a session of root. */
export interface Journey {
  readonly database: TestDatabase;
  readonly server: TestContractor;
  readonly client: CinpClient;
  /** Of root's session, for those who ask without the client. */
  readonly token: string;
  /** Asks over REST as root, this server or another one on its database; `path` is behind `/api/rest/`. */
  rest(method: string, path: string, body?: unknown, at?: Pick<TestContractor, 'url'>): Promise<RestAnswer>;
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
  const token = await client.login('root', ADMIN_PASSWORD);
  const rest: Journey['rest'] = (method, path, body, at = server) => restAt({ url: at.url, token }, method, path, body);
  return { database, server, client, token, rest };
}

/** Asks a server over REST as root, in a session; `path` is behind `/api/rest/`. */
export async function restAt(
  { url, token }: { readonly url: string; readonly token: string },
  method: string,
  path: string,
  body?: unknown,
): Promise<RestAnswer> {
  const response = await fetch(`${url}/api/rest/${path}`, {
    method,
    headers: {
      Authorization: `Bearer root:${token}`,
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    body: text === '' ? {} : (JSON.parse(text) as RestAnswer['body']),
    position: response.headers.get('contractor-position') ?? '',
  };
}
