import { describe, expect, it } from '@jest/globals';
import { doWithMany } from './do-with-many.ts';

describe('something that is done with many jobs', () => {
  it('is done with each once, and tells who refused', async () => {
    const asked: number[] = [];
    const jobs = Array.from({ length: 20 }, (_, id) => ({ id }));
    const { done, refused } = await doWithMany(jobs, async ({ id }) => {
      asked.push(id);
      if (id % 10 === 3) throw new Error(`job ${id} is not paused`);
    });
    expect(asked.toSorted((a, b) => a - b)).toEqual(jobs.map(({ id }) => id));
    expect(done).toBe(18);
    expect(refused).toEqual([
      [3, 'job 3 is not paused'],
      [13, 'job 13 is not paused'],
    ]);
  });
});
