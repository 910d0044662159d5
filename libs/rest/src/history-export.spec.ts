import { describe, expect, it } from '@jest/globals';
import type { ApiService, Catalogue, EventMessage, EventPage, EventSource, Model, NarrowedEvents } from '#api';
import { text } from '#api';
import type { Principal } from '#kernel';
import { NoHistory } from '#read-store';
import { until } from '#testing';
import { ExampleBody } from '../test/example-feed.ts';
import { HistoryExport } from './history-export.ts';

const UUID = { grant: 'Building.view_config_uuid' };
const MODELS: readonly Model[] = [
  { path: 'Building/Structure', sites: { index: 'site' }, fields: { config_uuid: text(36, { shownTo: UUID }) } },
  { path: 'Site/Site', sites: 'itself', fields: { description: text() } },
];

const about = (position: number, model: string, site: string): EventMessage => ({
  position: BigInt(position),
  kind: `${model.split('/')[1]?.toLowerCase()}.changed`,
  object: { model, id: site },
  objects: [{ model, id: site }],
  site,
  sites: [site],
  blueprints: [],
  event: { position: String(position), actor: 'ann', reason: 'because' },
  data: { configUuid: 'secret' },
});

/** A log in memory, read a few events at a time. */
class Example implements EventSource {
  readonly kinds = ['structure.changed', 'site.changed'];
  readonly models = MODELS.map(({ path }) => path);
  readonly log: EventMessage[] = [];
  readonly reads: { readonly after: bigint; readonly narrowed: NarrowedEvents | undefined }[] = [];
  readonly reached = 0n;
  beforeRead: (after: bigint) => void = () => undefined;

  matches(pattern: string, kind: string): boolean {
    return pattern === '*' || pattern === kind;
  }

  async head(): Promise<bigint> {
    return BigInt(this.log.length);
  }

  async hasSite(site: string): Promise<boolean> {
    return site !== 'none';
  }

  async read(after: bigint, wants: (kind: string) => boolean, narrowed?: NarrowedEvents): Promise<EventPage> {
    this.reads.push({ after, narrowed });
    this.beforeRead(after);
    const behind = this.log.slice(Number(after), Number(after) + 2);
    return { messages: behind.filter(({ kind }) => wants(kind)), end: behind.at(-1)?.position ?? after };
  }

  async listen(): Promise<() => void> {
    return () => undefined;
  }
}

function example({ checkMs = 0, stalledMs = 60_000 } = {}) {
  const people = new Map<string, Principal>();
  const person = (name: string, ...permissions: readonly string[]) =>
    people.set(name, { name, superuser: false, permissions: new Set(permissions), session: name });
  person('all', 'Building.view_structure', 'Site.view_site');
  person('site', 'Site.view_site');
  person('none');
  const feed = new Example();
  for (const [n, site] of ['a', 'b', 'a', 'a', 'b'].entries()) {
    feed.log.push(about(n + 1, n % 2 === 0 ? 'Site/Site' : 'Building/Structure', site));
  }
  const catalogue = {
    models: MODELS,
    model: (path: string) => MODELS.find((one) => one.path === path),
    family: (path: string) => path,
  } as unknown as Catalogue;
  const history = async (model: Model, key: unknown, { to }: { readonly to: bigint }) => {
    if (model.path === 'Building/Structure') throw new NoHistory('structures');
    return [
      { change: 'changed', differences: [{ path: ['description'], before: 'x', after: `${String(key)} ${to}` }] },
    ];
  };
  const failures: unknown[] = [];
  const exporter = new HistoryExport({
    feed,
    api: { catalogue, history } as unknown as ApiService,
    identify: async (name) => people.get(name),
    positionAt: async () => 3n,
    actorsCalled: async (name) => [name],
    log: { error: (_, error) => failures.push(error) },
    checkMs,
    stalledMs,
  });
  const ask = async (as: string, query = '') => {
    const answer = await exporter.handle({
      verb: 'GET',
      target: `/api/rest/history/export${query}`,
      source: '192.0.2.1',
      hasBody: false,
      header: (name) => (name === 'authorization' ? `Bearer ${as}:token` : undefined),
      body: async () => Buffer.alloc(0),
    });
    if (!answer) throw new Error('there is no answer');
    return answer;
  };
  const begin = async (as: string, query?: string, body = new ExampleBody()) => {
    (await ask(as, query)).stream?.(body);
    return body;
  };
  const lines = async (as: string, query?: string) => {
    const body = await begin(as, query);
    await until(() => body.closed);
    return linesOf(body);
  };
  return { ask, begin, exporter, failures, feed, lines, people };
}

const linesOf = ({ text: written }: ExampleBody) =>
  written
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
const positions = (all: readonly Readonly<Record<string, unknown>>[]) => all.map(({ position }) => position);

describe('the export of history', () => {
  it('tells every event the caller may see, a line each, and says at its end that it is complete', async () => {
    const { lines, ask } = example();
    const all = await lines('all');
    expect(positions(all.slice(0, -1))).toEqual(['1', '2', '3', '4', '5']);
    expect(all[1]).toMatchObject({ actor: 'ann', reason: 'because', data: { configUuid: '********' } });
    expect(all.at(-1)).toEqual({ complete: true, from: '0', to: '5', events: 5 });
    expect(positions((await lines('site')).slice(0, -1))).toEqual(['1', '3', '5']);
    const { status, headers } = await ask('all');
    expect([status, headers?.['Content-Type']]).toEqual([200, 'application/x-ndjson; charset=utf-8']);
    expect((await ask('none')).status).toBe(403);
  });

  it('is selected by site, kind, object, span and time; what can be left out early is', async () => {
    const { lines, feed } = example();
    expect(positions(await lines('all', '?site=b'))).toEqual(['2', '5', undefined]);
    expect(positions(await lines('all', '?kind=structure.changed&from=2'))).toEqual(['4', undefined]);
    expect(positions(await lines('all', '?model=Site/Site&id=a&actor=ann'))).toEqual(['1', '3', undefined]);
    expect(feed.reads.at(-1)?.narrowed).toEqual({ actors: ['ann'], model: 'Site/Site', id: 'a' });
    const some = await lines('all', '?from=1&to=2026-01-01');
    expect([positions(some), some.at(-1)]).toEqual([
      ['2', '3', undefined],
      { complete: true, from: '1', to: '3', events: 2 },
    ]);
  });

  it('tells how objects were before and after where that is asked for and known', async () => {
    const { lines } = example();
    const [site, structure] = await lines('all', '?differences');
    expect(site).toMatchObject({
      change: 'changed',
      differences: [{ path: ['description'], before: 'x', after: 'a 1' }],
    });
    expect(structure).not.toHaveProperty('differences');
  });

  it.each([
    ['?from=9', 400],
    ['?to=9', 400],
    ['?from=3&to=2', 400],
    ['?kind=nosuch', 400],
    ['?id=a', 400],
    ['?differences=perhaps', 400],
    ['?count=3', 400],
    ['?site=none', 404],
  ])('refuses %s with %d', async (query, status) => {
    expect((await example().ask('all', query)).status).toBe(status);
  });

  it('reads no further than the client takes, and cuts off one that takes nothing', async () => {
    const { begin, feed } = example({ stalledMs: 20 });
    const body = new ExampleBody();
    body.taking = false;
    await begin('all', '', body);
    await until(() => body.closed);
    expect([body.destroyed, feed.reads.length, linesOf(body).length]).toEqual([true, 1, 2]);
  });

  it('says that it is cut, and where to go on, when the session or the right ends, the server stops or something fails', async () => {
    const cut = async (act: (of: ReturnType<typeof example>) => void) => {
      const of = example({ checkMs: -1 });
      of.feed.beforeRead = (after) => (after === 2n ? act(of) : undefined);
      return (await of.lines('all')).at(-1);
    };
    expect([
      await cut(({ people }) => void people.delete('all')),
      await cut(({ people }) => people.set('all', { ...people.get('none')!, name: 'all' })),
      await cut(({ exporter }) => exporter.stop()),
      await cut(() => {
        throw new Error('no database');
      }),
    ]).toEqual([
      { complete: false, reason: 'session', position: '4' },
      { complete: false, reason: 'permission', position: '4' },
      { complete: false, reason: 'stopping', position: '4' },
      { complete: false, reason: 'failed', position: '2' },
    ]);
  });

  it('is so many at once at the most', async () => {
    const { ask, begin } = example();
    const slow = [new ExampleBody(), new ExampleBody()];
    for (const body of slow) {
      body.taking = false;
      await begin('all', '', body);
    }
    expect((await ask('all')).status).toBe(503);
    for (const body of slow) body.destroy();
    expect((await ask('all')).status).toBe(200);
  });
});
