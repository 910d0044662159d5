import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CinpClient } from '#cinp';
import type { TestContractor, TestDatabase } from '#testing';
import { ADMIN_PASSWORD, manualFoundation, startContractor, testDatabase } from '#testing';

jest.setTimeout(600_000);

/** An event of a stream, or a bare id. */
interface Told {
  readonly id: string | undefined;
  readonly event: string | undefined;
  readonly data: Readonly<Record<string, unknown>> | undefined;
}

/** Reads a stream of events, one after the other, until the server ends it or the reader has enough. */
async function* events(response: Response): AsyncGenerator<Told> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const bytes of response.body ?? []) {
    const parts = (rest + decoder.decode(bytes as Uint8Array, { stream: true })).split('\n\n');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(part)?.[1];
      const data = field('data');
      yield {
        id: field('id'),
        event: field('event'),
        data: data === undefined ? undefined : (JSON.parse(data) as Record<string, unknown>),
      };
    }
  }
}

/** What is told up to the first that is meant, which is the last. */
async function until(stream: AsyncIterable<Told>, meant: (told: Told) => boolean): Promise<Told[]> {
  const all: Told[] = [];
  for await (const told of stream) {
    all.push(told);
    if (meant(told)) break;
  }
  return all;
}

const SCRIPT = `begin( description="all of it" )
  test.act( name="one" )
  test.act( name="two", delay_ms=300 )
  pause( msg="look at it" )
  test.act( name="three" )
end
`;
const isEvent = (type: string) => (told: Told) => told.data?.['event'] === type;
const idsOf = (all: readonly Told[]) => all.flatMap(({ event, id }) => (event === 'job' ? [id] : []));

describe('the progress of jobs, over two servers', () => {
  let database: TestDatabase;
  let directory: string;
  let first: TestContractor;
  let second: TestContractor;
  let client: CinpClient;
  let token: string;

  beforeAll(async () => {
    database = await testDatabase();
    directory = await mkdtemp(path.join(os.tmpdir(), 'contractor-feed-'));
    const settings = {
      DATABASE_URL: database.url,
      CONTRACTOR_DATA: directory,
      SUBCONTRACTOR_TEST_LEDGER: path.join(directory, 'effects'),
    };
    first = await startContractor(settings);
    second = await startContractor(settings);
    client = new CinpClient(first.url);
    token = await client.login('root', ADMIN_PASSWORD);
    for (const name of ['site1', 'site2']) await client.create('/api/v1/Site/Site', { name, description: 'x' });
  });
  afterAll(async () => {
    await first.stop();
    await second.stop();
    await database.drop();
    await rm(directory, { recursive: true, force: true });
  });

  const follow = (
    server: TestContractor,
    query: string,
    { headers = {}, as = token, ...rest }: { headers?: Record<string, string>; as?: string; signal?: AbortSignal } = {},
  ) =>
    fetch(`${server.url}/api/rest/feed${query}`, {
      headers: { Authorization: `Bearer root:${as}`, ...headers },
      ...rest,
    });
  const positionsOf = async (job: number): Promise<string[]> => {
    const { rows } = await database.pool.query<{ position: string }>(
      'SELECT position::text FROM log.events WHERE stream = $1 ORDER BY position',
      [`job-${job}`],
    );
    return rows.map(({ position }) => position);
  };

  it('is told once, whichever server a client comes back to, and ends with the job', async () => {
    const uri = await manualFoundation(client, 'site1', 'host1', SCRIPT);
    const leaving = new AbortController();
    const response = await follow(first, '?site=site1', { signal: leaving.signal });
    const names = ['content-type', 'cache-control', 'x-accel-buffering'];
    expect([response.status, ...names.map((name) => response.headers.get(name))]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
      'no-store',
      'no',
    ]);
    const job = Number(await client.call(`${uri}(doCreate)`));
    const before = await until(events(response), isEvent('JobStepCompleted'));
    leaving.abort();
    const head = { job, site: 'site1', target: { kind: 'Foundation', id: 'host1' }, name: 'host1', script: 'create' };
    expect(before.find(isEvent('JobCreated'))?.data).toMatchObject({
      ...head,
      state: 'waiting',
      percent: 0,
      line: null,
    });
    expect(before.find(isEvent('JobStepRequested'))?.data).toMatchObject({ ...head, state: 'queued', line: 2 });

    // What happens while nobody listens is told by the other server, and then what comes.
    const lastId = before.at(-1)?.id ?? '';
    const again = await follow(second, '?site=site1', { headers: { 'Last-Event-ID': lastId } });
    const paused = until(events(again), isEvent('JobEnded'));
    const its = await until(events(await follow(second, `?job=${job}&after=${lastId}`)), isEvent('JobPaused'));
    expect(its.at(-1)?.data).toMatchObject({ ...head, state: 'paused', message: 'look at it', line: 4 });
    await client.call(`/api/v1/Foreman/FoundationJob:${job}:(resume)`);
    const after = await paused;
    expect(after.at(-1)?.data).toMatchObject({ ...head, state: 'done', percent: 100, remaining: 0 });
    const positions = await positionsOf(job);
    expect([...idsOf(before), ...idsOf(after)]).toEqual(positions);

    // The whole of it can be told again, and ends; behind its end nothing comes.
    const whole = await until(events(await follow(first, `?job=${job}&after=0`)), () => false);
    expect(idsOf(whole)).toEqual(positions);
    expect(whole.at(-1)).toEqual({ id: undefined, event: 'end', data: { reason: 'job-over' } });
    expect(whole.some(({ data }) => typeof data?.['remaining'] === 'number' && data['event'] !== 'JobEnded')).toBe(
      true,
    );
    expect((await follow(second, `?job=${job}`, { headers: { 'Last-Event-ID': positions.at(-1) ?? '' } })).status).toBe(
      204,
    );
  });

  it('begins with what is now, says why a job does not move, and ends with the session', async () => {
    const uri = await manualFoundation(client, 'site2', 'host2', 'pause( msg="wait" )\n');
    const job = Number(await client.call(`${uri}(doCreate)`));
    await until(events(await follow(first, `?job=${job}&after=0`)), isEvent('JobPaused'));
    const opened = new CinpClient(second.url);
    const as = await opened.login('root', ADMIN_PASSWORD);
    const stream = events(await follow(second, '?site=site2', { as }));
    const begun = await until(stream, ({ event }) => event === 'snapshot');
    expect(begun.at(-1)?.data).toMatchObject({
      job,
      state: 'paused',
      event: null,
      conditions: [{ name: 'paused', text: 'It is paused: wait. Resume it' }],
    });
    const ends = until(events(await follow(second, '', { as })), () => false);
    await opened.call('/api/v1/Auth/User(logout)', {});
    expect((await ends).at(-1)).toEqual({ id: undefined, event: 'end', data: { reason: 'session' } });
    expect((await follow(second, '', { as })).status).toBe(401);
  });

  it.each([
    ['?job=999999', 404],
    ['?site=nowhere', 404],
    ['?job=x', 400],
    ['?job=1&site=site1', 400],
    ['?after=999999999', 400],
    ['?after=x', 400],
    ['?other=1', 400],
  ])('%s is refused with %d', async (query, status) => {
    const response = await follow(first, query);
    expect([response.status, response.headers.get('content-type')]).toEqual([status, 'application/problem+json']);
  });

  it('needs a session', async () => {
    expect((await fetch(`${first.url}/api/rest/feed`)).status).toBe(401);
  });

  describe('public events', () => {
    type Public = Readonly<Record<string, unknown>> & { readonly position: string; readonly kind: string };
    interface Page {
      readonly events: readonly Public[];
      readonly end: string;
      readonly more: boolean;
    }
    const ask = (query: string, headers: Record<string, string> = {}, server = first) =>
      fetch(`${server.url}/api/rest/events${query}`, {
        headers: { Authorization: `Bearer root:${token}`, ...headers },
      });
    const page = async (query: string, headers: Record<string, string> = {}, server = first) =>
      (await (await ask(query, headers, server)).json()) as Page;
    /** All pages from a position on. */
    const all = async (query: string, headers: Record<string, string> = {}): Promise<Public[]> => {
      const found: Public[] = [];
      for (let after = '0', more = true; more;) {
        const { events: some, end, ...rest } = await page(`?after=${after}${query}`, headers);
        found.push(...some);
        [after, more] = [end, rest.more];
      }
      return found;
    };
    const kinds = (events: readonly Public[]) => events.map(({ kind }) => kind);
    const stream = (query: string, headers: Record<string, string> = {}, server = first) =>
      ask(query, { Accept: 'text/event-stream', ...headers }, server);

    it('are told page by page, the same by every server, with every object they touch', async () => {
      const whole = await all('');
      expect(await all('&count=7')).toEqual(whole);
      expect(whole.map(({ position }) => Number(position))).toEqual(
        whole.map(({ position }) => Number(position)).toSorted((one, other) => one - other),
      );
      const built = whole.find(({ kind }) => kind === 'foundation.built');
      expect(built).toMatchObject({
        version: 1,
        object: { model: 'Building/Foundation', id: 'host1' },
        objects: [{ model: 'Building/Foundation', id: 'host1' }],
        site: 'site1',
        blueprint: 'host1',
      });
      const made = whole.find(({ kind }) => kind === 'job.created');
      expect(made?.['objects']).toEqual([
        { model: 'Foreman/FoundationJob', id: 1 },
        { model: 'Foreman/JobLog', id: 1 },
      ]);
      // Without a position it is told where the log is now.
      const now = await page('', {}, second);
      expect([now.events, now.more]).toEqual([[], false]);
      expect(Number(now.end)).toBeGreaterThanOrEqual(Number(whole.at(-1)?.position));
    });

    it('are told of the kinds, sites, blueprints and objects that are asked for', async () => {
      expect(new Set(kinds(await all('&kind=foundation.*&kind=site.created')))).toContain('site.created');
      expect(new Set(kinds(await all('&kind=foundation.built')))).toEqual(new Set(['foundation.built']));
      await client.create('/api/v1/Site/Site', {
        name: 'rack2',
        description: 'x',
        parent: '/api/v1/Site/Site:site2:',
      });
      const sites = new Set((await all('&site=site2')).map(({ site }) => site));
      expect(sites).toEqual(new Set(['site2', 'rack2']));
      const made = await all('&blueprint=host1');
      expect(kinds(made)).toEqual(expect.arrayContaining(['foundation.created', 'foundation.built', 'job.ended']));
      const its = await all('&model=Manual/ManualFoundation&id=host2');
      expect(new Set(kinds(its))).toEqual(
        new Set(['foundation.created', 'foundation.job_begun', 'foundation.located']),
      );
    });

    it('go on behind the last id, whichever server a client comes back to, and move the position on', async () => {
      const { end } = await page('');
      const leaving = new AbortController();
      const response = await fetch(`${first.url}/api/rest/events?kind=site.*`, {
        headers: { Authorization: `Bearer root:${token}`, Accept: 'text/event-stream' },
        signal: leaving.signal,
      });
      expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
      await client.create('/api/v1/Site/Site', { name: 'site3', description: 'x' });
      const told = await until(events(response), ({ data }) => data !== undefined);
      leaving.abort();
      expect(told.find(({ id }) => id !== undefined)).toEqual({ id: end, event: undefined, data: undefined });
      expect(told.at(-1)).toMatchObject({ event: undefined, data: { kind: 'site.created', site: 'site3' } });
      const { id = '' } = told.at(-1) ?? {};
      expect(told.at(-1)?.data?.['position']).toBe(id);
      await client.delete('/api/v1/Site/Site:site3:');
      const next = await stream('?kind=site.*', { 'Last-Event-ID': id }, second);
      const after = await until(events(next), ({ data }) => data !== undefined);
      expect(after.at(-1)?.data).toMatchObject({ kind: 'site.deleted', object: { model: 'Site/Site', id: 'site3' } });
    });

    it('are told to nobody who may not see the object', async () => {
      const rest = (path: string, body: object) =>
        fetch(`${first.url}/api/rest/${path}`, {
          method: 'POST',
          headers: { Authorization: `Bearer root:${token}`, 'Content-Type': 'application/json' },
          body: JSON.stringify(body),
        });
      await rest('Auth/Service', {
        name: 'robot',
        sites: ['site2'],
        permissions: ['Building.view_foundation', 'Foreman.view_foundationjob', 'Site.view_site'],
      });
      const renewed = (await (await rest('Auth/Service/robot/renewToken', {})).json()) as { value: string };
      const robot = { Authorization: `Bearer robot:${renewed.value}` };
      const seen = await all('', robot);
      expect(new Set(seen.map(({ site }) => site))).toEqual(new Set(['site2']));
      expect(new Set(kinds(seen).map((kind) => kind.split('.')[0]))).toEqual(new Set(['site', 'foundation', 'job']));
      for (const [query, status] of [
        ['?site=site1', 403],
        ['?model=Building/Structure', 403],
      ] as const) {
        expect([query, (await ask(query, robot)).status]).toEqual([query, status]);
      }
      expect((await fetch(`${first.url}/api/rest/events`)).status).toBe(401);
    });

    it.each([
      ['?site=nowhere', 404],
      ['?kind=foundation.bilt', 400],
      ['?kind=', 400],
      ['?model=No/Model', 400],
      ['?id=host1', 400],
      ['?count=0', 400],
      ['?count=501', 400],
      ['?after=999999999', 400],
      ['?after=x', 400],
      ['?other=1', 400],
      [`?kind=${Array.from({ length: 51 }, () => 'job.*').join()}`, 400],
    ])('%s is refused with %d', async (query, status) => {
      const response = await ask(query);
      expect([response.status, response.headers.get('content-type')]).toEqual([status, 'application/problem+json']);
    });
  });

  it('ends at once when the server stops', async () => {
    const ends = until(events(await follow(second, '?site=site1')), () => false);
    await second.stop();
    expect((await ends).at(-1)?.data).toEqual({ reason: 'stopping' });
    await second.start();
  });
});
