import { afterEach, describe, expect, it } from '@jest/globals';
import type { Catalogue, EventListener, EventMessage, EventPage, EventSource, Model } from '#api';
import { text } from '#api';
import type { Principal } from '#kernel';
import { ExampleBody } from '../test/example-feed.ts';
import { EventFeedAdapter } from './event-feed-adapter.ts';

const UUID = { grant: 'Building.view_config_uuid' };
const MODELS: readonly Model[] = [
  { path: 'Building/Structure', sites: { index: 'site' }, fields: { config_uuid: text(36, { shownTo: UUID }) } },
  { path: 'Site/Site', sites: 'itself', fields: {} },
  { path: 'BluePrint/PXE', sites: 'none', fields: {} },
];

/** What has happened to an object, in the order in which it is given. */
const about = (position: number, model: string, site: string | null): EventMessage => ({
  position: BigInt(position),
  kind: `${model.split('/')[1]?.toLowerCase()}.changed`,
  object: { model, id: 'one' },
  objects: [
    { model, id: 'one' },
    { model: 'Site/Site', id: 'a' },
  ],
  site,
  sites: site === null ? [] : [site],
  blueprints: [],
  event: { position: String(position) },
  data: { configUuid: 'secret', n: 1 },
});

/** Events in memory; what is appended is heard at once. */
class Example implements EventSource {
  readonly kinds = ['structure.changed', 'site.changed', 'pxe.changed'];
  readonly models = MODELS.map(({ path }) => path);
  readonly log: EventMessage[] = [];
  readonly listeners = new Set<EventListener>();

  get reached(): bigint {
    return BigInt(this.log.length);
  }

  matches(pattern: string, kind: string): boolean {
    return pattern === '*' || pattern === kind;
  }

  append(model: string, site: string | null): void {
    const message = about(this.log.length + 1, model, site);
    this.log.push(message);
    for (const listener of this.listeners) listener.hear({ messages: [message], end: message.position });
  }

  async head(): Promise<bigint> {
    return this.reached;
  }

  async hasSite(): Promise<boolean> {
    return true;
  }

  async read(after: bigint, wants: (kind: string) => boolean): Promise<EventPage> {
    const behind = this.log.slice(Number(after));
    return { messages: behind.filter(({ kind }) => wants(kind)), end: this.reached };
  }

  async listen(listener: EventListener): Promise<() => void> {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }
}

const adapters: EventFeedAdapter[] = [];
afterEach(() => {
  for (const adapter of adapters.splice(0)) adapter.clients.stop();
});

function example() {
  const people = new Map<string, Principal>();
  const person = (name: string, permissions: readonly string[], sites?: readonly string[]): void => {
    const serviceScope = sites ? { serviceScope: { sites, modules: ['*'] } } : {};
    people.set(name, { name, superuser: false, permissions: new Set(permissions), session: name, ...serviceScope });
  };
  const views = ['Building.view_structure', 'Site.view_site', 'BluePrint.view_pxe'];
  person('all', [...views, UUID.grant]);
  person('most', views);
  person('site', ['Site.view_site']);
  person('none', []);
  person('robot', views, ['a']);
  const feed = new Example();
  for (const site of ['a', 'b']) feed.append('Building/Structure', site);
  feed.append('BluePrint/PXE', null);
  feed.append('Site/Site', 'a');
  const catalogue = {
    models: MODELS,
    model: (path: string) => MODELS.find((one) => one.path === path),
    family: (path: string) => path,
  } as unknown as Catalogue;
  const timing = { beatMs: 1_000_000, refreshMs: 1_000_000, checkMs: 1_000_000 };
  const log = { error: () => undefined, warn: () => undefined };
  const adapter = new EventFeedAdapter({
    feed,
    catalogue,
    identify: async (name) => people.get(name),
    // One event a day.
    positionAt: async (time) => BigInt(time.slice(8, 10)),
    log,
    ...timing,
  });
  adapters.push(adapter);
  const ask = async (as: string, query = '?after=0', accept = 'application/json') => {
    const headers: Record<string, string> = { authorization: `Bearer ${as}:token`, accept };
    const answer = await adapter.handle({
      verb: 'GET',
      target: `/api/rest/events${query}`,
      source: '192.0.2.1',
      hasBody: false,
      header: (name) => headers[name],
      body: async () => Buffer.alloc(0),
    });
    if (!answer) throw new Error('there is no answer');
    return answer;
  };
  const told = async (as: string, query?: string) =>
    (JSON.parse((await ask(as, query)).text ?? '{}') as { events: Readonly<Record<string, unknown>>[] }).events;
  const positions = async (as: string, query?: string) => (await told(as, query)).map(({ position }) => position);
  return { adapter, ask, feed, people, told, positions };
}
/** What a stream does at once is done. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('public events', () => {
  it('are told to those who may see what they are about, with the objects that they may see', async () => {
    const { ask, positions, told } = example();
    expect(await positions('all')).toEqual(['1', '2', '3', '4']);
    expect(await positions('site')).toEqual(['4']);
    expect(await positions('robot')).toEqual(['1', '3', '4']);
    expect((await ask('none')).status).toBe(403);
    expect((await ask('robot', '?site=b')).status).toBe(403);
    expect((await told('all'))[0]?.['objects']).toHaveLength(2);
    expect((await told('robot'))[0]?.['objects']).toEqual([{ model: 'Building/Structure', id: 'one' }]);
  });

  it('are masked where a field takes a permission of its own', async () => {
    const { told } = example();
    expect((await told('all'))[0]?.['data']).toEqual({ configUuid: 'secret', n: 1 });
    expect((await told('most'))[0]?.['data']).toEqual({ configUuid: '********', n: 1 });
    expect((await told('most'))[2]?.['data']).toEqual({ configUuid: 'secret', n: 1 });
  });

  it('are selected by site, kind and object', async () => {
    const { positions } = example();
    expect(await positions('all', '?after=0&site=a')).toEqual(['1', '4']);
    expect(await positions('all', '?after=1&kind=pxe.changed,site.changed')).toEqual(['3', '4']);
    expect(await positions('all', '?after=0&model=Site/Site&id=a')).toEqual(['1', '2', '3', '4']);
    expect(await positions('robot', '?after=0&model=Site/Site&id=a')).toEqual([]);
  });

  it('are told from a time on', async () => {
    const { ask, positions } = example();
    expect(await positions('all', '?after=2026-01-03T00:00:00Z')).toEqual(['4']);
    expect((await ask('all', '?after=yesterday')).status).toBe(400);
  });

  it('are told as they happen, until the session or the right to see them ends', async () => {
    const { adapter, ask, feed, people } = example();
    const follow = async (as: string, query: string) => {
      const body = new ExampleBody();
      (await ask(as, query, 'text/event-stream')).stream?.(body);
      return body;
    };
    const [mine, others] = [await follow('all', '?after=3'), await follow('site', '')];
    await settled();
    feed.append('Site/Site', 'b');
    const idsOf = ({ text: told }: ExampleBody) => [...told.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
    expect([idsOf(mine), idsOf(others)]).toEqual([
      [3, 4, 5],
      [4, 5],
    ]);
    people.delete('all');
    const { site } = Object.fromEntries(people);
    if (site) people.set('site', { ...site, permissions: new Set() });
    await adapter.clients.checkAll();
    const reasons = [mine, others].map((body) => /"reason":"(.+)"/.exec(body.text)?.[1]);
    expect(reasons).toEqual(['session', 'permission']);
    expect([adapter.clients.size, feed.listeners.size]).toEqual([0, 0]);
  });
});
