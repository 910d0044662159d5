import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { CinpClient, InvalidRequest, NotFound } from '#cinp';
import type { TestContractor, TestDatabase } from '#testing';
import { ADMIN_PASSWORD, startContractor, testDatabase } from '#testing';

jest.setTimeout(240_000);

let database: TestDatabase;
let server: TestContractor;
let client: CinpClient;

beforeAll(async () => {
  database = await testDatabase();
  server = await startContractor({ DATABASE_URL: database.url });
  client = new CinpClient(server.url);
  await client.login('root', ADMIN_PASSWORD);
});
afterAll(async () => {
  await server.stop();
  await database.drop();
});

const site = (name: string, parent?: string) =>
  client.create('/api/v1/Site/Site', {
    name,
    description: 'a site',
    ...(parent === undefined ? {} : { parent: `/api/v1/Site/Site:${parent}:` }),
  });
const exists = (name: string): Promise<boolean> =>
  client.get(`/api/v1/Site/Site:${name}:`).then(
    () => true,
    (error: unknown) => {
      if (error instanceof NotFound) return false;
      throw error;
    },
  );
/** Whether it was done; a refusal is an answer, anything else is not. */
const granted = (request: Promise<unknown>): Promise<boolean> =>
  request.then(
    () => true,
    (error: unknown) => {
      if (error instanceof InvalidRequest) return false;
      throw error;
    },
  );

it('never leaves a child without its parent, whoever is faster', async () => {
  let deleted = 0;
  let kept = 0;
  for (let round = 0; round < 25; round += 1) {
    const parent = `parent${round}`;
    await site(parent);
    const children = Array.from({ length: 4 }, (_, n) => `child${round}-${n}`);
    const [gone, ...made] = await Promise.all([
      granted(client.delete(`/api/v1/Site/Site:${parent}:`)),
      ...children.map((name) => granted(site(name, parent))),
    ]);
    const there = await exists(parent);
    // Either the parent is gone and no child was let in, or it is there, with every child that was let in.
    expect(there).toBe(!gone);
    if (gone) expect(made).toEqual(made.map(() => false));
    if (gone) deleted += 1;
    else kept += 1;
    for (const [n, name] of children.entries()) {
      if (made[n])
        expect(await client.get(`/api/v1/Site/Site:${name}:`)).toMatchObject({
          parent: `/api/v1/Site/Site:${parent}:`,
        });
    }
  }
  expect(deleted + kept).toBe(25);
});

it('lets exactly one of many have a name', async () => {
  for (let round = 0; round < 5; round += 1) {
    const requests = await Promise.all(Array.from({ length: 12 }, () => granted(site(`one${round}`))));
    expect(requests.filter(Boolean)).toHaveLength(1);
  }
});

it('loses no change when many change the same object', async () => {
  await site('busy');
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, n) => client.update('/api/v1/Site/Site:busy:', { description: `change ${n}` })),
  );
  expect(answers).toHaveLength(20);
  const { rows } = await database.pool.query<{ n: string }>(
    `SELECT count(*) AS n FROM log.events WHERE stream = 'site-busy' AND type = 'SiteDescribed'`,
  );
  expect(Number(rows[0]?.n)).toBe(20);
});
