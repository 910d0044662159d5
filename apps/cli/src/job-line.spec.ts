import { describe, expect, it } from '@jest/globals';
import type { JobProgress } from './feed-events.ts';
import { barText, durationText, hasFailed, isSettled, jobBars, jobLine, reasonText } from './job-line.ts';
import { whyText } from './why-commands.ts';

const job = (more: Partial<JobProgress> = {}): JobProgress => ({
  job: 12,
  site: 'site1',
  target: { kind: 'Foundation', id: 'host1' },
  name: 'host1',
  script: 'create',
  state: 'queued',
  percent: 40,
  line: 7,
  message: '',
  remaining: 95,
  conditions: [],
  ...more,
});

describe('a job', () => {
  it.each([
    [0, '0:00'],
    [59.6, '1:00'],
    [95, '1:35'],
    [7210, '2:00:10'],
    [-3, '0:00'],
  ])('has %d seconds left', (seconds, text) => {
    expect(durationText(seconds)).toBe(text);
  });

  it.each([
    [0, '[..........]'],
    [40, '[####......]'],
    [100, '[##########]'],
    [140, '[##########]'],
    [-5, '[..........]'],
  ])('has a bar of %d percent', (percent, text) => {
    expect(barText(percent, 10)).toBe(text);
  });

  it.each([
    [{}, '#12 create foundation host1: 40 %, queued, line 7, 1:35 left'],
    [{ remaining: null, line: null }, '#12 create foundation host1: 40 %, queued'],
    [
      { message: 'Waiting for\nport 22' },
      '#12 create foundation host1: 40 %, queued, line 7, 1:35 left, Waiting for port 22',
    ],
    [{ state: 'done', percent: 97, line: null }, '#12 create foundation host1: 100 %, done'],
    [{ state: 'error', message: 'out of memory' }, '#12 create foundation host1: 40 %, error, out of memory'],
    [
      { conditions: [{ text: 'a is not built' }, { text: 'b' }] },
      '#12 create foundation host1: 40 %, queued, line 7, 1:35 left, a is not built; b',
    ],
  ])('is told on a line: %j', (more, text) => {
    expect(jobLine(job(more))).toBe(text);
  });

  it.each([
    ['queued', false, false],
    ['paused', false, false],
    ['done', true, false],
    ['canceled', true, true],
    ['error', true, true],
    ['aborted', true, true],
  ])('that is %s has settled, or failed', (state, settled, failed) => {
    expect([isSettled({ state }), hasFailed({ state })]).toEqual([settled, failed]);
  });

  it('says why it does not move, before what keeps it', () => {
    expect(reasonText({ message: 'slow', conditions: [{ text: 'x' }] })).toBe('slow');
    expect(reasonText({ message: '', conditions: null })).toBe('');
  });
});

describe('jobs on a terminal', () => {
  it('have bars below each other', () => {
    expect(jobBars([job(), job({ job: 3, state: 'done', percent: 100, line: null })], 10)).toEqual([
      '#12 create foundation host1  [########............]  40 %  queued, line 7, 1:35 left',
      '#3 create foundation host1   [####################] 100 %  done',
      '2 jobs, 1 done',
    ]);
    expect(jobBars([job()], 10)).toHaveLength(1);
    expect(jobBars([], 10)).toEqual([]);
  });

  it('are no more than fit: those under way, then those that failed', () => {
    const many = [
      ...Array.from({ length: 50 }, (_, n) => job({ job: n, state: 'done' })),
      job({ job: 50, state: 'error' }),
      job({ job: 51 }),
    ];
    const bars = jobBars(many, 4);
    expect(bars).toHaveLength(4);
    expect(bars.map((bar) => bar.slice(0, 9))).toEqual(['#51 creat', '#50 creat', '#0 create', '52 jobs, ']);
    expect(bars[3]).toBe('52 jobs, 50 done, 1 failed');
  });
});

describe('why a job does not move', () => {
  it('is told with what it is about, and since when', () => {
    const conditions = [
      {
        text: 'complex c1 is not built',
        links: [{ model: 'Building/Complex', id: 'c1' }],
        since: '2026-01-01T00:00:00Z',
        until: null,
      },
      { text: 'waits until 2026-01-02T00:00:00Z', links: [], since: null, until: '2026-01-02T00:00:00Z' },
    ];
    expect(whyText(job({ message: 'waits', state: 'waiting', conditions }))).toBe(
      `job 12, create of Foundation host1: waiting, 40 %, line 7, 1:35 left, usually
  complex c1 is not built [Building/Complex/c1] (since 2026-01-01T00:00:00Z)
  waits until 2026-01-02T00:00:00Z`,
    );
    expect(whyText(job({ message: 'hello', remaining: null }))).toMatch(/ line 7\n {2}it says: hello$/);
    expect(whyText(job())).toMatch(/\n {2}nothing keeps it$/);
  });
});
