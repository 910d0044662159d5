import { describe, expect, it } from '@jest/globals';
import type { FeedMessage, FeedPage } from '#api';
import type { Position, ReadAllOptions, ReadStreamOptions, Recorded, StoredEvent } from '#event-store';
import { EventLog, recorded } from '#event-store';
import type { ReadModel, View } from '#read-store';
import { moment, recordedLog, until } from '#testing';
import { begin, compile } from '#tscript';
import { created, was } from '../test/example-jobs.ts';
import { condition } from './condition.ts';
import { JobFeed, MAX_UNTOLD } from './job-feed.ts';
import { JobFold } from './job-fold.ts';
import type { JobProgress } from './job-progress.ts';

const source = 'begin()\nend\n';
const program = compile(source);
const machine = begin(program);

/** A log in memory. */
class ExampleLog {
  readonly events: StoredEvent[] = [];
  /** Streams that were read. */
  readonly read: string[] = [];
  fault: Error | undefined;

  append(stream: string, ...events: readonly { readonly type: string; readonly data: unknown }[]): Recorded[] {
    return events.map(({ type, data }) => {
      const revision = this.events.filter((event) => event.stream === stream).length;
      const position = BigInt(this.events.length + 1);
      const meta = { v: 1, at: moment(Number(position)), actor: 'root', correlation: 'c' };
      const event = {
        type,
        data: JSON.stringify(data),
        stream,
        revision,
        position,
        id: '',
        meta: JSON.stringify(meta),
      };
      this.events.push(event);
      return recorded(event, {});
    });
  }

  async head(): Promise<Position> {
    return BigInt(this.events.length);
  }

  async readStream(stream: string, { from, direction, limit }: ReadStreamOptions = {}): Promise<StoredEvent[]> {
    if (this.fault) throw this.fault;
    this.read.push(stream);
    const its = this.events.filter((event) => event.stream === stream);
    const found = direction === 'backwards' ? its.toReversed() : its.slice(from ?? 0);
    return found.slice(0, limit);
  }

  async readAt(positions: readonly Position[]): Promise<StoredEvent[]> {
    return this.events.filter(({ position }) => positions.includes(position));
  }

  async readAll(after: Position, { categories = [], limit = 1000 }: ReadAllOptions = {}) {
    const meant = this.events.filter(
      ({ position, stream }) => position > after && categories.some((category) => stream.startsWith(`${category}-`)),
    );
    const events = meant.slice(0, limit);
    return { events, end: events.length === limit ? (events.at(-1)?.position ?? after) : await this.head() };
  }
}

const begun = [was.created, { type: 'JobStarted', data: { machine } }];
const JOB = condition('why', 'because');

function example() {
  const log = new ExampleLog();
  log.append('program-hash', { type: 'ProgramStored', data: { source, program } });
  const { log: logger, lines } = recordedLog();
  const feed = new JobFeed({
    events: new EventLog(log),
    reads: {
      now: { get: async (_: ReadModel, key: string) => (key === 'site1' ? {} : undefined) } as unknown as View,
      projector: { caughtUp: async () => undefined },
    } as never,
    insight: { takerOf: async () => undefined, conditionsOf: async () => [JOB], messageOf: () => undefined },
    targets: () => new Map(),
    sites: {} as ReadModel,
    usualMs: () => undefined,
    now: () => 0,
    log: logger,
  });
  const heard: (FeedPage | undefined)[] = [];
  const hear = (events: readonly Recorded[]) => feed.heard(events, events.at(-1)?.position ?? 0n);
  const follow = () => feed.listen((page) => heard.push(page));
  return { log, feed, heard, hear, follow, lines };
}
const dataOf = ({ data }: FeedMessage) => JSON.parse(data) as JobProgress;
const summary = (message: FeedMessage) => {
  const { state, event } = dataOf(message);
  return [Number(message.position), message.job, state, event];
};
const told = (heard: readonly (FeedPage | undefined)[]) => heard.flatMap((page) => page?.messages ?? []);

describe('the feed of jobs', () => {
  it('tells of each event of a job, and how far it has heard', async () => {
    const { log, feed, heard, hear, follow } = example();
    feed.heard([], 1n);
    expect(feed.reached).toBe(1n);
    follow();
    hear([...log.append('job-12', ...begun), ...log.append('site-site1', { type: 'SiteCreated', data: {} })]);
    hear(log.append('job-12', was.paused, was.canceled));
    await until(() => heard.length === 2);
    expect(told(heard).map(summary)).toEqual([
      [2, 12, 'waiting', 'JobCreated'],
      [3, 12, 'queued', 'JobStarted'],
      [5, 12, 'paused', 'JobPaused'],
      [6, 12, 'canceled', 'JobCanceled'],
    ]);
    expect(told(heard).map(({ site, kind, over }) => [site, kind, over])).toEqual([
      ['site1', 'Foundation', false],
      ['site1', 'Foundation', false],
      ['site1', 'Foundation', false],
      ['site1', 'Foundation', true],
    ]);
    expect([heard[0]?.end, feed.reached]).toEqual([4n, 6n]);
    expect(told(heard).map((message) => dataOf(message).conditions)).toEqual([[JOB], [JOB], [JOB], []]);
  });

  it('tells the same from the log, of a job, a site or all, but not why jobs did not move then', async () => {
    const { log, feed } = example();
    log.append('job-12', ...begun);
    log.append('job-13', { type: 'JobCreated', data: { ...created, site: 'site2' } });
    log.append('job-12', was.paused, { type: 'JobEnded', data: { machine } });
    const positions = async (...args: Parameters<JobFeed['read']>) => {
      const { messages, end } = await feed.read(...args);
      return [messages.map(({ position }) => Number(position)), Number(end)];
    };
    expect(await positions({}, 0n)).toEqual([[2, 3, 4, 5, 6], 6]);
    expect(await positions({ site: 'site1' }, 2n)).toEqual([[3, 5, 6], 6]);
    expect(await positions({ job: 12 }, 3n)).toEqual([[5, 6], 6]);
    expect(await positions({ job: 13 }, 4n)).toEqual([[], 6]);
    const { messages } = await feed.read({ job: 12 }, 3n);
    expect(messages.map((message) => [...summary(message), dataOf(message).conditions])).toEqual([
      [5, 12, 'paused', 'JobPaused', null],
      [6, 12, 'done', 'JobEnded', null],
    ]);
    expect([(await feed.last(12))?.over, (await feed.last(13))?.over, await feed.last(14)]).toEqual([
      true,
      false,
      undefined,
    ]);
    expect([await feed.hasSite('site1'), await feed.hasSite('site2')]).toEqual([true, false]);
  });

  it('reads long streams in pages', async () => {
    const { log, feed } = example();
    log.append('job-12', ...begun, ...Array.from({ length: 250 }, () => was.posted));
    const ids: bigint[] = [];
    for (let after = 0n, more = true; more;) {
      const { messages, end } = await feed.read({ job: 12 }, after);
      ids.push(...messages.map(({ position }) => position ?? 0n));
      more = messages.length > 0;
      after = end;
    }
    expect(ids).toEqual(log.events.slice(1).map(({ position }) => position));
  });

  it('does nothing while nobody listens', async () => {
    const { log, feed, hear, follow, heard } = example();
    hear(log.append('job-12', ...begun));
    expect([feed.untold, feed.reached, log.read]).toEqual([0, 3n, []]);
    const leave = follow();
    leave();
    hear(log.append('job-12', was.paused));
    expect([feed.reached, heard]).toEqual([4n, []]);
  });

  it('holds a bounded number of events, and has the others read from the log', async () => {
    const { log, feed, heard, hear, follow } = example();
    follow();
    hear(log.append('job-12', ...begun));
    hear(log.append('job-12', ...Array.from({ length: MAX_UNTOLD }, () => was.posted)));
    expect([feed.untold, heard, feed.reached]).toEqual([0, [undefined], BigInt(MAX_UNTOLD + 3)]);
    hear(log.append('job-12', was.paused));
    await until(() => heard.length === 2);
    expect(told(heard).map(summary)).toEqual([[MAX_UNTOLD + 4, 12, 'paused', 'JobPaused']]);
  });

  it('has events read from the log where they cannot be told', async () => {
    const { log, heard, hear, follow, lines } = example();
    follow();
    log.append('job-12', ...begun);
    log.fault = new Error('no database');
    hear(log.append('job-12', was.paused));
    await until(() => heard.length === 1);
    expect([heard, lines.map(({ level }) => level)]).toEqual([[undefined], ['warn']]);
    log.fault = undefined;
    hear(log.append('job-12', was.resumed));
    await until(() => heard.length === 2);
    expect(told(heard).map(summary)).toEqual([[5, 12, 'queued', 'JobResumed']]);
  });
});

describe('the fold of jobs', () => {
  it('knows a job at each of its events, and keeps a bounded number', async () => {
    const log = new ExampleLog();
    const fold = new JobFold(new EventLog(log), { maxFolded: 2 });
    const stages = async (events: readonly Recorded[]) => {
      const found: unknown[] = [];
      for (const event of events) {
        const { before, after } = await fold.at(event);
        found.push([before?.stage, after?.stage]);
      }
      return found;
    };
    const all = [1, 2, 3].map((id) => log.append(`job-${id}`, ...begun, was.paused));
    for (const events of all) {
      expect(await stages(events)).toEqual([
        [undefined, 'waiting'],
        ['waiting', 'queued'],
        ['queued', 'paused'],
      ]);
    }
    expect([fold.size, log.read]).toEqual([2, []]);
    // One that is not kept is read again, and so is one that is looked at out of turn.
    expect(await stages(log.append('job-1', was.resumed))).toEqual([['paused', 'queued']]);
    expect(await stages((all[0] ?? []).slice(1, 2))).toEqual([['waiting', 'queued']]);
    expect(log.read).toEqual(['job-1', 'job-1']);
    expect(await stages(log.append('job-1', was.canceled))).toEqual([['queued', undefined]]);
    expect(fold.size).toBe(1);
  });
});
