import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CinpClient } from '#cinp';
import type { TestContractor, TestDatabase } from '#testing';
import { ADMIN_PASSWORD, manualFoundation, startContractor, testDatabase } from '#testing';

jest.setTimeout(300_000);

const SITE = '/api/v1/Site/Site';
const JOB = '/api/v1/Foreman/FoundationJob';
const FOUNDATION = '/api/v1/Building/Foundation';
const act = (parameters: string) => `begin()\n  test.act( ${parameters} )\nend\n`;

/** Where a job can stand, and the script that brings it there. */
const STANDINGS: readonly (readonly [state: string, how: string, script: string])[] = [
  ['queued', 'at an agent', act('name="one", outcome="hang"')],
  ['queued', 'in a delay', 'begin()\n  delay( seconds=3600 )\nend\n'],
  ['paused', 'by its script', 'begin()\n  pause( msg="look" )\nend\n'],
  ['error', 'by its task', act('name="one", outcome="fail"')],
  ['aborted', 'by a mistyped name', 'begin()\n  test.atc( name="one" )\nend\n'],
];

describe('a job that is cancelled', () => {
  let database: TestDatabase;
  let server: TestContractor;
  let client: CinpClient;
  let config: string;

  beforeAll(async () => {
    database = await testDatabase();
    server = await startContractor({ DATABASE_URL: database.url });
    config = await mkdtemp(path.join(os.tmpdir(), 'contractor-cancel-'));
    client = new CinpClient(server.url);
    await client.login('root', ADMIN_PASSWORD);
    const child = contractor('login', 'root');
    child.child.stdin?.end(`${ADMIN_PASSWORD}\n`);
    await child;
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
    await rm(config, { recursive: true });
  });

  const contractor = (...args: readonly string[]) =>
    promisify(execFile)(process.execPath, [path.resolve('dist/apps/cli/src/main.js'), ...args], {
      env: { PATH: process.env['PATH'], XDG_CONFIG_HOME: config, CONTRACTOR_URL: server.url },
    });

  /** A job on a foundation and a site of its own. @returns its id, when it stands as it should */
  const jobIn = async (name: string, script: string, state: string): Promise<number> => {
    await client.create(SITE, { name, description: 'x' });
    await manualFoundation(client, name, name, script);
    const id = await client.call<number>(`${FOUNDATION}:${name}:(doCreate)`);
    while ((await client.get(`${JOB}:${id}:`))['state'] !== state) await sleep(50);
    return id;
  };

  it.each(STANDINGS.map((standing, n) => [...standing, `host${n}`] as const))(
    'leaves nothing behind where it is %s %s: foundation, locator and site can be removed',
    async (...[state, , script, name]) => {
      const id = await jobIn(name, script, state);
      await expect(client.delete(`${FOUNDATION}:${name}:`)).rejects.toMatchObject({ status: 400 });
      const cancelled = await contractor('job', 'cancel', String(id));
      expect(cancelled.stdout).toBe(`cancelled ${id}\n`);
      await expect(client.get(`${JOB}:${id}:`)).rejects.toMatchObject({ status: 404 });
      expect(await client.get(`${FOUNDATION}:${name}:`)).toMatchObject({ state: 'located' });
      expect(await client.call(`${FOUNDATION}:${name}:(getJob)`)).toBeNull();
      expect(await client.get(`/api/v1/Foreman/JobLog:${id}:`)).toMatchObject({
        canceled_by: 'root',
        canceled_at: expect.any(String),
        finished_at: null,
      });
      await client.delete(`${FOUNDATION}:${name}:`);
      await client.delete(`${SITE}:${name}:`);
      // What was done is remembered, also of what is gone; and the names are free.
      expect(await client.get(`/api/v1/Foreman/JobLog:${id}:`)).toMatchObject({ target_id: name });
      await client.create(SITE, { name, description: 'again' });
      await client.delete(`${SITE}:${name}:`);
    },
  );

  it('is cancelled once, by those who may, over CInP and over REST', async () => {
    const id = await jobIn('last', 'begin()\n  pause( msg="look" )\nend\n', 'paused');
    const anybody = new CinpClient(server.url);
    await expect(anybody.call(`${JOB}:${id}:(cancel)`)).rejects.toMatchObject({ status: 403 });
    expect((await contractor('job', 'list', 'last')).stdout).toMatch(/^ID +SITE[^]*paused +0 % +look/);
    await client.call(`${JOB}:${id}:(cancel)`);
    await expect(contractor('job', 'cancel', String(id))).rejects.toThrow(/contractor: /);
    const again = await client.call<number>(`${FOUNDATION}:last:(doCreate)`);
    await contractor('job', 'cancel', String(again));
    await client.delete(`${FOUNDATION}:last:`);
  });
});
