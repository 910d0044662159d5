import { describe, expect, it } from '@jest/globals';
import type { BoardJob, FeedJob } from '../job.ts';
import type { Course } from './course.ts';
import { jobNow } from './course.ts';
import { NO_TRAIL } from './job-trail.ts';

const T1 = '2026-01-01T00:00:01.000Z';
const T2 = '2026-01-01T00:00:02.000Z';
const why = [{ name: 'window', text: 'closed', links: [], since: null, until: null }];
const course = (now: Partial<BoardJob> | null, more: Partial<Course> = {}): Course =>
  ({
    state: 'queued',
    ended: null,
    now: now && {
      state: 'queued',
      percent: 10,
      line: 1,
      message: '',
      remaining: 9,
      conditions: [],
      updated: T1,
      ...now,
    },
    ...more,
  }) as Course;
const last = (more: Partial<FeedJob>) =>
  ({
    state: 'queued',
    percent: 20,
    line: 2,
    message: 'm',
    remaining: 5,
    conditions: null,
    at: T2,
    seen: 7,
    ...more,
  }) as FeedJob & { readonly seen: number };

describe('a job at the moment', () => {
  it('is what was told last', () => {
    expect(jobNow(course({}), 5, NO_TRAIL)).toMatchObject({ line: 1, percent: 10, seen: 5 });
    expect(jobNow(course({}), 5, { ...NO_TRAIL, last: last({}) })).toMatchObject({ line: 2, percent: 20, seen: 7 });
    expect(jobNow(course({ updated: T2, line: 3 }), 5, { ...NO_TRAIL, last: last({ at: T1 }) }).line).toBe(3);
  });

  it('stands still for the reasons that are known of its state', () => {
    const asked = course({ state: 'waiting', conditions: why, updated: T2 });
    const told = { ...NO_TRAIL, last: last({ state: 'waiting' }) };
    expect(jobNow(asked, 5, told).conditions).toEqual(why);
    expect(jobNow(asked, 5, { ...told, conditions: [] }).conditions).toEqual([]);
    expect(jobNow(asked, 5, { ...NO_TRAIL, last: last({ at: '2026-01-01T00:00:03.000Z' }) }).conditions).toEqual([]);
  });

  it('is over as soon as either says so', () => {
    const ended = { ...NO_TRAIL, last: last({ state: 'canceled' }), isOver: true };
    expect(jobNow(course({}), 5, ended)).toMatchObject({ isOver: true, state: 'canceled', line: null });
    expect(jobNow(course(null, { state: 'done', ended: T2 }), 5, NO_TRAIL)).toMatchObject({
      isOver: true,
      state: 'done',
    });
  });
});
