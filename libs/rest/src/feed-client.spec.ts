import { describe, expect, it } from '@jest/globals';
import { until } from '#testing';
import type { FeedSelection } from '#api';
import { ExampleBody, ExampleFeed, told } from '../test/example-feed.ts';
import { FeedClient, MAX_PENDING_BYTES } from './feed-client.ts';
import { toldJobs } from './told-jobs.ts';

const caller = { source: '' };

/** A client of a feed that has begun. */
function client(
  feed: ExampleFeed,
  {
    after = 0,
    snapshot = false,
    selection = {},
  }: { after?: number; snapshot?: boolean; selection?: FeedSelection } = {},
) {
  const body = new ExampleBody();
  const errors: unknown[] = [];
  const made = new FeedClient(body, caller, {
    told: toldJobs(feed, selection, (_, { kind }) => kind !== 'Hidden'),
    after: BigInt(after),
    snapshot,
    onError: (error) => errors.push(error),
  });
  feed.listen((page) => made.hear(page));
  return { body, errors, made, started: made.start() };
}

const feedOf = (count: number): ExampleFeed => {
  const feed = new ExampleFeed();
  for (let n = 1; n <= count; n += 1) feed.append(told(n));
  return feed;
};

describe('a client of the feed', () => {
  it.each([0, 1, 2, 3, 4, 5])('is told once what lies behind position %d, and what comes', async (after) => {
    const feed = feedOf(5);
    const { body, started } = client(feed, { after });
    await started;
    feed.hear();
    feed.append(told(6), told(7));
    feed.hear();
    expect(body.ids).toEqual([1, 2, 3, 4, 5, 6, 7].filter((n) => n > after));
    expect(body.text.startsWith('retry: 2000\n\n')).toBe(true);
  });

  it('misses nothing that is heard while it reads the log', async () => {
    const feed = feedOf(3);
    const { body, started } = client(feed);
    feed.append(told(4), told(5), told(6));
    feed.hear();
    await started;
    feed.append(told(7));
    feed.hear();
    expect(body.ids).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('reads from the log what was left out', async () => {
    const feed = feedOf(1);
    const { body, started } = client(feed);
    await started;
    feed.append(told(2), told(3), told(4));
    feed.leaveOut();
    await until(() => body.ids.length === 4);
    feed.append(told(5));
    feed.hear();
    expect(body.ids).toEqual([1, 2, 3, 4, 5]);
  });

  it('is told first what is now, and only then where to go on', async () => {
    const feed = feedOf(2);
    feed.append(told(3, { job: 2, over: true }));
    const { body, started } = client(feed, { after: 3, snapshot: true });
    await started;
    expect(body.text).toBe('retry: 2000\n\nevent: snapshot\ndata: {"n":2}\n\nid: 3\n\n');
  });

  it('is told of its job, until that is over', async () => {
    const feed = new ExampleFeed();
    feed.append(told(1), told(2, { job: 2, over: true }), told(3, { over: true }), told(4));
    feed.hear();
    const { body, started } = client(feed, { selection: { job: 1 } });
    await started;
    expect([body.ids, body.closed]).toEqual([[1, 3], true]);
    expect(body.text.endsWith('event: end\ndata: {"reason":"job-over"}\n\n')).toBe(true);
  });

  it('is told of its site, and of what it may see', async () => {
    const feed = new ExampleFeed();
    const { body, started } = client(feed, { selection: { site: 'a' } });
    await started;
    feed.append(told(1), told(2, { site: 'b' }), told(3, { kind: 'Hidden' }), told(4));
    feed.hear();
    expect(body.ids).toEqual([1, 4]);
  });

  it('is told anew what is now of its job, where that has changed without an event', async () => {
    const feed = feedOf(1);
    const { body, made, started } = client(feed, { after: 1, snapshot: true, selection: { job: 1 } });
    await started;
    await made.refresh();
    expect(body.text.match(/snapshot/g)).toHaveLength(1);
    feed.log[0] = told(1, { data: '{"n":"changed"}' });
    await made.refresh();
    await made.refresh();
    expect(body.text.endsWith('id: 1\n\nevent: snapshot\ndata: {"n":"changed"}\n\n')).toBe(true);
  });

  it('reads no more of the log than it takes', async () => {
    const feed = feedOf(10);
    feed.hear();
    const { body, made, started } = client(feed);
    body.taking = false;
    await until(() => body.ids.length === 2);
    made.beat();
    expect(feed.reads).toEqual([0n]);
    body.taking = true;
    await started;
    expect(body.ids).toHaveLength(10);
  });

  it('is cut off where too much waits for it', async () => {
    const feed = new ExampleFeed();
    const { body, errors, started } = client(feed);
    await started;
    body.taking = false;
    const data = 'x'.repeat(MAX_PENDING_BYTES / 4);
    feed.append(...[1, 2, 3].map((n) => told(n, { data })));
    feed.hear();
    expect(body.destroyed).toBe(false);
    feed.append(told(4, { data }), told(5, { data }));
    feed.hear();
    expect([body.destroyed, body.ids]).toEqual([true, [1, 2, 3, 4]]);
    expect(errors.map(String)).toEqual(['Error: a client is too slow']);
  });

  it('is cut off where it has taken nothing from one beat to the next', async () => {
    const feed = feedOf(1);
    const { body, made, started } = client(feed);
    await started;
    made.beat();
    expect([body.text.endsWith(': beat\nid: 1\n\n'), body.closed]).toEqual([true, false]);
    body.taking = false;
    made.beat();
    expect(body.closed).toBe(false);
    made.beat();
    expect(body.destroyed).toBe(true);
  });

  it('is cut off where the log cannot be read, so that it comes again', async () => {
    const feed = feedOf(1);
    const fault = new Error('no database');
    feed.read = () => Promise.reject(fault);
    const { body, errors, started } = client(feed);
    await started;
    expect([body.destroyed, errors]).toEqual([true, [fault]]);
  });
});
