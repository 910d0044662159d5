import { describe, expect, it } from '@jest/globals';
import { StalledJobs } from './stalled-jobs.ts';

describe('jobs that wait for the database', () => {
  it('tell what they wait for, and how often they have tried, until they go on', () => {
    const jobs = new StalledJobs();
    expect(jobs.stall(1, new Error('the database system is starting up'))).toBe(1);
    expect(jobs.stall(1, Object.assign(new Error(''), { code: 'ECONNREFUSED' }))).toBe(2);
    expect(jobs.stall(2, new Error('no space'))).toBe(1);
    expect([1, 2, 3].map((id) => jobs.reasonOf(id))).toEqual([
      'Waiting for the database: ECONNREFUSED',
      'Waiting for the database: no space',
      undefined,
    ]);
    jobs.goesOn(1);
    expect([jobs.reasonOf(1), jobs.size]).toEqual([undefined, 1]);
    expect(jobs.stall(1, new Error('again'))).toBe(1);
    jobs.clear();
    expect(jobs.size).toBe(0);
  });
});
