import { afterEach, describe, expect, it } from '@jest/globals';
import type { Principal } from '#kernel';
import type { Model } from '#api';
import { ExampleBody, ExampleFeed, told } from '../test/example-feed.ts';
import { FeedAdapter } from './feed-adapter.ts';

const people: Record<string, Principal> = {};
const person = (name: string, permissions: readonly string[], sites?: readonly string[]): void => {
  people[name] = {
    name,
    superuser: false,
    permissions: new Set(permissions),
    session: name,
    ...(sites ? { serviceScope: { sites, modules: ['*'] } } : {}),
  };
};
const MODELS = ['Foundation', 'Structure'].map((kind): Model => ({
  path: `Foreman/${kind}Job`,
  fields: {},
  kind: { kind },
}));
const VIEW = 'Foreman.view_foundationjob';

const adapters: FeedAdapter[] = [];
afterEach(() => {
  for (const adapter of adapters.splice(0)) adapter.clients.stop();
});

function example(maxClients = { all: 3, user: 2 }) {
  for (const name of Object.keys(people)) delete people[name];
  person('ann', [VIEW]);
  person('bob', [VIEW]);
  person('carl', []);
  person('robot', [VIEW], ['a']);
  const feed = new ExampleFeed();
  feed.append(told(10), told(11, { job: 2, site: 'b' }), told(12, { job: 3, kind: 'Structure' }));
  feed.append(told(13, { job: 4, over: true }));
  feed.hear();
  const lines: string[] = [];
  const adapter = new FeedAdapter({
    feed,
    identify: async (name) => people[name],
    models: () => MODELS,
    log: { error: (message) => lines.push(message), warn: (message) => lines.push(message) },
    maxClients,
    beatMs: 1_000_000,
    refreshMs: 1_000_000,
    checkMs: 1_000_000,
  });
  adapters.push(adapter);
  const ask = async (query = '', as = 'ann', headers: Readonly<Record<string, string>> = {}, verb = 'GET') => {
    const all: Record<string, string> = { ...(as ? { authorization: `Bearer ${as}:token` } : {}), ...headers };
    const answer = await adapter.handle({
      verb,
      target: `/api/rest/feed${query}`,
      source: '192.0.2.1',
      hasBody: false,
      header: (name) => all[name],
      body: async () => Buffer.alloc(0),
    });
    if (!answer) throw new Error('there is no answer');
    const body = new ExampleBody();
    answer.stream?.(body);
    return { ...answer, body };
  };
  return { adapter, feed, lines, ask };
}
/** What a stream does at once is done. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the feed', () => {
  it('says that nothing may keep it or hold it back', async () => {
    const { ask } = example();
    const { status, headers } = await ask();
    expect([status, headers]).toMatchObject([
      200,
      {
        'Content-Type': 'text/event-stream; charset=utf-8',
        'Cache-Control': 'no-store',
        'X-Accel-Buffering': 'no',
      },
    ]);
    const head = await ask('', 'ann', {}, 'HEAD');
    expect([head.status, head.stream]).toEqual([200, undefined]);
    expect((await ask('', 'ann', {}, 'OPTIONS')).headers['Allow']).toBe('GET, HEAD, OPTIONS');
    expect((await ask('', 'ann', {}, 'POST')).status).toBe(405);
  });

  it.each<[string, string, string, number]>([
    ['nobody', '', '', 401],
    ['who may see no jobs', '', 'carl', 403],
    ['who may see no jobs of this kind', '?job=3', 'ann', 403],
    ['a service of another site', '?job=2', 'robot', 403],
    ['a service, of another site', '?site=b', 'robot', 403],
    ['a job that never was', '?job=5', 'ann', 404],
    ['a site that is not there', '?site=c', 'ann', 404],
    ['a position that is none', '?after=x', 'ann', 400],
    ['a position the log has not reached', '?after=14', 'ann', 400],
    ['a job that is none', '?job=0', 'ann', 400],
    ['what nobody asked for', '?x=1', 'ann', 400],
    ['both', '?job=1&site=a', 'ann', 400],
    ['a service of its site', '?site=a', 'robot', 200],
  ])('%s: %s as "%s" is %d', async (_, query, as, status) => {
    const answer = await example().ask(query, as);
    expect([answer.status, answer.stream !== undefined]).toEqual([status, status === 200]);
  });

  it('goes on behind the last id, whatever the address says', async () => {
    const { ask } = example();
    const { body } = await ask('?after=10', 'ann', { 'last-event-id': '12' });
    await settled();
    expect(body.ids).toEqual([13]);
    const other = await ask('?after=10');
    await settled();
    expect(other.body.ids).toEqual([11, 13]);
  });

  it('tells a service of its sites alone', async () => {
    const { ask } = example();
    const { body } = await ask('?after=0', 'robot');
    await settled();
    await settled();
    expect(body.ids).toEqual([10, 13]);
  });

  it('tells how a job has ended, and behind that nothing', async () => {
    const { ask } = example();
    const { body } = await ask('?job=4');
    await settled();
    expect([body.ids, body.closed]).toEqual([[13], true]);
    const after = await ask('?job=4', 'ann', { 'last-event-id': '13' });
    expect([after.status, after.stream]).toEqual([204, undefined]);
  });

  it('has a bounded number of clients, of one user and in all', async () => {
    const { adapter, ask } = example();
    const first = await ask();
    await ask('?site=a');
    const third = await ask();
    expect([third.status, third.headers['Retry-After'], third.headers['Content-Type']]).toEqual([
      503,
      '10',
      'application/problem+json',
    ]);
    expect((await ask('', 'bob')).status).toBe(200);
    expect((await ask('', 'robot')).status).toBe(503);
    expect(adapter.clients.size).toBe(3);
    first.body.destroy();
    expect(adapter.clients.size).toBe(2);
    expect((await ask('', 'robot')).status).toBe(200);
  });

  it('ends with the session, or the right to see it', async () => {
    const { adapter, feed, ask } = example({ all: 9, user: 9 });
    const [mine, ofJob, others] = [await ask(), await ask('?job=1'), await ask('', 'bob')];
    await settled();
    await adapter.clients.checkAll();
    expect([mine, ofJob, others].map(({ body }) => body.closed)).toEqual([false, false, false]);
    person('ann', []);
    delete people['bob'];
    await adapter.clients.checkAll();
    expect([mine, ofJob, others].map(({ body }) => /"reason":"(.+)"/.exec(body.text)?.[1])).toEqual([
      'permission',
      'permission',
      'session',
    ]);
    expect([adapter.clients.size, feed.listeners.size]).toEqual([0, 0]);
  });

  it('ends when the server stops, and takes no more', async () => {
    const { adapter, ask } = example();
    const { body } = await ask();
    adapter.clients.stop();
    expect(body.text.endsWith('event: end\ndata: {"reason":"stopping"}\n\n')).toBe(true);
    expect((await ask()).status).toBe(503);
  });
});
