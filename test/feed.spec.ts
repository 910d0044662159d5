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

  it('ends at once when the server stops', async () => {
    const ends = until(events(await follow(second, '?site=site1')), () => false);
    await second.stop();
    expect((await ends).at(-1)?.data).toEqual({ reason: 'stopping' });
    await second.start();
  });
});
