import { describe, expect, it } from '@jest/globals';
import type { BoardJob, FeedJob } from '../job.ts';
import { LiveBoard, MAX_BOARD } from './live-board.ts';

const job = (id: number, more: Partial<BoardJob> = {}): BoardJob => ({
  id,
  model: 'Foreman/FoundationJob',
  site: 'site1',
  target: { model: 'Building/Foundation', id: `host${id}` },
  name: `host${id}`,
  script_name: 'create',
  creator: 'root',
  state: 'queued',
  percent: 10,
  line: 1,
  message: '',
  remaining: null,
  slow: false,
  conditions: [],
  task: null,
  created: '2026-01-01T00:00:00.000Z',
  updated: '2026-01-01T00:00:01.000Z',
  ...more,
});
const told = (id: number, more: Partial<FeedJob> = {}): FeedJob => ({
  job: id,
  site: 'site1',
  target: { kind: 'Foundation', id: `host${id}` },
  name: `host${id}`,
  script: 'create',
  state: 'queued',
  percent: 50,
  line: 3,
  message: '',
  remaining: 5,
  conditions: [],
  event: 'JobStepCompleted',
  at: '2026-01-01T00:00:02.000Z',
  ...more,
});

function boardOf(shows: (site: string) => boolean = () => true) {
  const waiting: (() => void)[] = [];
  let clock = 0;
  const board = new LiveBoard({ shows, later: (tell) => void waiting.push(tell), now: () => ++clock });
  const tell = (): void => waiting.splice(0).forEach((one) => one());
  return { board, tell, waiting };
}

describe('a live board', () => {
  it('is what the server says, and what the feed has told since', () => {
    const { board } = boardOf();
    board.take([job(1), job(2)]);
    board.hear(told(1));
    board.take([job(1)]);
    expect(board.jobs.map(({ id, percent }) => [id, percent])).toEqual([
      [1, 50],
      [2, 10],
    ]);
    board.hear(told(2, { at: '2026-01-01T00:00:00.500Z' }));
    expect(board.get(2)?.percent).toBe(10);
  });

  it('shows jobs that are new, and none that is over, also where an older answer names it', () => {
    const { board } = boardOf();
    board.hear(told(3, { event: 'JobCreated', state: 'waiting' }));
    expect(board.get(3)).toMatchObject({ state: 'waiting', created: '2026-01-01T00:00:02.000Z' });
    board.hear(told(3, { event: 'JobEnded', state: 'done' }));
    board.take([job(3)]);
    expect(board.jobs).toEqual([]);
  });

  it('shows the sites that are looked at alone', () => {
    const { board } = boardOf((site) => site === 'site1');
    board.hear(told(1, { site: 'site2' }));
    board.take([job(2, { site: 'site2' }), job(3)]);
    expect(board.jobs.map(({ id }) => id)).toEqual([3]);
  });

  it('lets go of what was not told when all was read, unless the feed has told of it since', () => {
    const { board } = boardOf();
    board.take([job(1), job(2)]);
    board.hear(told(4));
    board.keepOnly(new Set([2]), 3);
    expect(board.jobs.map(({ id }) => id)).toEqual([2, 4]);
  });

  it('keeps that a step is slow until the job moves', () => {
    const { board } = boardOf();
    board.hear(told(1, { event: 'JobStepSlow' }));
    board.hear(told(1, { event: null }));
    expect(board.get(1)?.slow).toBe(true);
    board.hear(told(1));
    expect(board.get(1)?.slow).toBe(false);
  });

  it('tells those who show one job of that job alone, and of many changes at once', () => {
    const { board, tell, waiting } = boardOf();
    const heard: string[] = [];
    const stop = board.watchJob(1, () => heard.push('job 1'));
    board.watchJob(2, () => heard.push('job 2'));
    board.watch(() => heard.push('board'));
    board.hear(told(1, { percent: 51 }));
    board.hear(told(1, { percent: 52 }));
    expect(waiting).toHaveLength(1);
    tell();
    expect(heard).toEqual(['job 1', 'board']);
    stop();
    board.hear(told(1, { percent: 53 }));
    tell();
    expect(heard).toEqual(['job 1', 'board', 'board']);
  });

  it('holds so many jobs and no more', () => {
    const { board } = boardOf();
    board.take(Array.from({ length: MAX_BOARD + 1 }, (_, id) => job(id)));
    board.hear(told(MAX_BOARD + 7));
    board.hear(told(1));
    expect(board.jobs).toHaveLength(MAX_BOARD);
    expect(board.isFull).toBe(true);
    expect(board.get(1)?.percent).toBe(50);
  });
});
