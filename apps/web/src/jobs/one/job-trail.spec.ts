import { describe, expect, it } from '@jest/globals';
import type { FeedJob } from '../job.ts';
import { MAX_TRAIL, NO_TRAIL, trailAfter } from './job-trail.ts';

const job = (event: string | null, more: Partial<FeedJob> = {}): FeedJob => ({
  job: 1,
  site: 'site1',
  target: { kind: 'Foundation', id: 'host1' },
  name: 'host1',
  script: 'create',
  state: 'queued',
  percent: 0,
  line: 1,
  message: '',
  remaining: null,
  conditions: null,
  event,
  at: '2026-01-01T00:00:00.000Z',
  ...more,
});
const at = (position: number, told: FeedJob) => ({ position: String(position), job: told });

describe('the trail of a job', () => {
  it('is its events, each once, and how it is now', () => {
    const first = trailAfter(NO_TRAIL, [at(5, job('JobCreated')), at(9, job('JobStarted', { line: 2 }))], 1);
    const second = trailAfter(
      first,
      [
        at(9, job('JobStarted', { line: 2 })),
        { position: undefined, job: job(null, { line: 3, conditions: [] }) },
        at(10, job('JobWaited', { line: 4 })),
      ],
      2,
    );
    expect(second.events.map(({ event, position }) => [event, position])).toEqual([
      ['JobCreated', '5'],
      ['JobStarted', '9'],
      ['JobWaited', '10'],
    ]);
    expect(second.last).toMatchObject({ line: 4, seen: 2 });
    expect(first.events).toHaveLength(2);
  });

  it('tells why the job stands still as long as that is so', () => {
    const why = [{ name: 'window', text: 'closed', links: [], since: null, until: null }];
    const held = trailAfter(NO_TRAIL, [{ position: undefined, job: job(null, { conditions: why }) }], 1);
    expect(held.conditions).toEqual(why);
    expect(trailAfter(held, [at(3, job('JobStarted', { conditions: [] }))], 2).conditions).toEqual([]);
  });

  it('is over with its last event', () => {
    expect(trailAfter(NO_TRAIL, [at(1, job('JobCanceled', { state: 'canceled' }))], 1).isOver).toBe(true);
    expect(trailAfter(NO_TRAIL, [at(1, job('JobFailed', { state: 'error' }))], 1).isOver).toBe(false);
  });

  it('holds the last events of a long one', () => {
    const told = Array.from({ length: MAX_TRAIL + 5 }, (_, n) => at(n + 1, job('JobWaited')));
    const trail = trailAfter(NO_TRAIL, told, 1);
    expect(trail.events).toHaveLength(MAX_TRAIL);
    expect(trail.events[0]?.position).toBe('6');
    expect(trail.isCut).toBe(true);
  });
});
