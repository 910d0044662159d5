import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { TestDatabase } from '#testing';
import { testDatabase } from '#testing';
import type { ExampleClient } from '../test/example-client.ts';
import { exampleClient } from '../test/example-client.ts';
import type { ExampleServer, Reply } from '../test/example-server.ts';
import { exampleServer } from '../test/example-server.ts';

jest.setTimeout(240_000);

let database: TestDatabase;
let server: ExampleServer;
let client: ExampleClient;
beforeAll(async () => {
  database = await testDatabase();
  server = await exampleServer(database);
  client = exampleClient(server);
});
afterAll(async () => {
  await server.stop();
  await database.drop();
});

const positionIn = ({ headers }: Reply): string => String(headers['contractor-position']);
const bodyOf = ({ status, body }: Reply): unknown => {
  expect(status).toBe(200);
  return body;
};
const historyIn = (reply: Reply): History => bodyOf(reply) as History;
const answerIn = (reply: Reply): Answer => bodyOf(reply) as Answer;
const listAnswerIn = (reply: Reply): ListAnswer => bodyOf(reply) as ListAnswer;

interface Answer {
  readonly change: string;
  readonly differences: readonly { readonly path: readonly string[] }[];
}
interface ListAnswer {
  readonly added: readonly { readonly name: string }[];
  readonly removed: readonly { readonly name: string }[];
  readonly changed: readonly { readonly id: string; readonly differences: readonly unknown[] }[];
}
interface Entry {
  readonly position: number;
  readonly change: string;
  readonly differences: readonly { readonly path: readonly string[] }[];
}
interface History {
  readonly items: readonly Entry[];
  readonly _links: { readonly next?: { readonly href: string } };
}
/** Without what every change changes. */
const told = ({ items }: History) =>
  items.map(({ change, differences }) => [
    change,
    ...differences.filter(({ path: [field] }) => !['updated', 'created'].includes(String(field))),
  ]);

/** A site that was made, changed twice, and deleted. */
async function lived(): Promise<{ readonly path: string; readonly first: string; readonly last: string }> {
  const { path, position } = await client.fresh({ config_values: { a: 1, b: 'x\ny\nz' } });
  await client.patch(path, { size: 2 }, { 'Contractor-Reason': 'it grew' });
  const last = await client.patch(path, { config_values: { a: 1.5, b: 'x\nY\nz', c: [1] } });
  return { path, first: String(position), last: positionIn(last) };
}

describe('the history of an object', () => {
  it('is each change with who, why and what, the newest first', async () => {
    const { path } = await lived();
    await client.ask('DELETE', path);
    const history = historyIn(await client.get(`${path}/history`));
    expect(told(history).slice(0, 3)).toEqual([
      ['deleted', ...(told(history)[0]?.slice(1) ?? [])],
      [
        'changed',
        { path: ['config_values', 'a'], before: 1, after: 1.5 },
        {
          path: ['config_values', 'b'],
          lines: [
            { op: '-', line: 2, text: 'y' },
            { op: '+', line: 2, text: 'Y' },
          ],
        },
        { path: ['config_values', 'c'], after: [1] },
      ],
      ['changed', { path: ['size'], before: null, after: 2 }],
    ]);
    expect(history.items[2]).toMatchObject({
      actor: 'root',
      reason: 'it grew',
      request: expect.stringMatching(/^[\da-f]{32}$/),
      command: expect.any(String),
      event: expect.any(String),
      at: expect.stringMatching(/\+00:00$/),
    });
    expect(history.items.at(-1)?.change).toBe('created');
  });

  it('is paged in either order, and told of a span alone', async () => {
    const { path, first, last } = await lived();
    for (const order of ['newest', 'oldest']) {
      const whole = historyIn(await client.get(`${path}/history?order=${order}`));
      const found: Entry[] = [];
      let next: string | undefined = `${path}/history?order=${order}&count=1`;
      while (next !== undefined) {
        const page: History = historyIn(await client.get(next.replace('/api/rest/', '')));
        found.push(...page.items);
        next = page._links.next?.href;
      }
      expect(found).toEqual(whole.items);
      expect(whole.items).toHaveLength(3);
    }
    const span = historyIn(await client.get(`${path}/history?from=${first}&to=${Number(last) - 1}`));
    expect(told(span)).toEqual([['changed', { path: ['size'], before: null, after: 2 }]]);
  });

  it.each([
    ['Site/Site/nobody/history', 404],
    ['Net/Network/1/history', 404],
    ['Site/Site/outer/history?count=0', 400],
    ['Site/Site/outer/history?count=201', 400],
    ['Site/Site/outer/history?order=up', 400],
    ['Site/Site/outer/history?from=5&to=4', 400],
    ['Site/Site/outer/history?at=4', 400],
  ])('%s is answered %d', async (path, status) => {
    expect((await client.get(path)).status).toBe(status);
  });
});

describe('what is different between two moments', () => {
  it('of an object', async () => {
    const { path, first, last } = await lived();
    const between = answerIn(await client.get(`diff/${path}?from=${first}&to=${last}`));
    expect(between).toMatchObject({ from: Number(first), to: Number(last), change: 'changed' });
    expect(between.differences.map(({ path: where }) => where.join('.'))).toEqual(
      expect.arrayContaining(['size', 'config_values.a', 'config_values.b', 'config_values.c']),
    );
    expect(answerIn(await client.get(`diff/${path}?from=${last}`))).toMatchObject({ change: 'none' });
    expect(answerIn(await client.get(`diff/${path}?from=0`))).toMatchObject({ change: 'created' });
    expect((await client.get(`diff/${path}`)).status).toBe(400);
    expect((await client.get(`diff/Site/Site/nobody?from=0`)).status).toBe(404);
  });

  it('of a list, of all objects or those a filter finds', async () => {
    const kept = await client.fresh();
    const gone = await client.fresh();
    const from = gone.position;
    const changed = await client.patch(kept.path, { size: 9 });
    const made = await client.fresh();
    await client.ask('DELETE', gone.path);
    const names = ({ added, removed, changed: others }: ListAnswer) => [
      added.map(({ name }) => name),
      removed.map(({ name }) => name),
      others.map(({ id }) => id),
    ];
    const nameOf = (path: string) => path.split('/')[2];
    const expected = [[nameOf(made.path)], [nameOf(gone.path)], [nameOf(kept.path)]];
    expect(names(listAnswerIn(await client.get(`diff/Site/Site?from=${from}`)))).toEqual(expected);
    const filtered = await client.get(`diff/Site/Site?from=${from}&filter=level&level=hard`);
    expect(names(listAnswerIn(filtered))).toEqual(expected);
    const until = await client.get(`diff/Site/Site?from=${from}&to=${positionIn(changed)}`);
    expect(names(listAnswerIn(until))).toEqual([[], [], [nameOf(kept.path)]]);
    expect((await client.get(`diff/Site/Site?from=${from}&count=1`)).status).toBe(400);
  });
});
