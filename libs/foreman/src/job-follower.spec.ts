import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { silentLogger } from '#kernel';
import type { Key, ReadStore } from '#read-store';
import { until } from '#testing';
import { JobFollower } from './job-follower.ts';
import type { ForemanTerm } from './foreman-term.ts';
import type { JobTarget } from './job-target.ts';
import { JobTargetRegistry } from './job-target.ts';
import type { JobRow } from './jobs.ts';
import { StepTimes } from './step-times.ts';

const COUNT = 100_000;

describe('the foreman begins with 100,000 jobs that wait', () => {
  it('reads them page by page, asks few at a time what they wait for, and looks at those first that have begun', async () => {
    /** The last three have begun. */
    const rowOf = (id: number) =>
      ({
        target: { kind: 'Thing', id: `t${id}` },
        script: 'create',
        stage: id > COUNT - 3 ? 'queued' : 'waiting',
      }) as JobRow;
    let most = 0;
    let pages = 0;
    const reads = {
      now: {
        keys: async () => ({ keys: Array.from({ length: COUNT }, (_, n) => n + 1), total: COUNT }),
        many: async (_: unknown, keys: readonly Key[]) => {
          pages += 1;
          most = Math.max(most, keys.length);
          return new Map(keys.map((key) => [key, rowOf(Number(key))]));
        },
      },
    } as unknown as ReadStore;
    let asking = 0;
    let mostAsking = 0;
    let asked = 0;
    const target = {
      kind: 'Thing',
      category: 'thing',
      waitsFor: async () => {
        asking += 1;
        mostAsking = Math.max(mostAsking, asking);
        await turn();
        asking -= 1;
        asked += 1;
        return ['thing-base'];
      },
    } as unknown as JobTarget;
    const first: number[] = [];
    const later: number[] = [];
    let term: ForemanTerm | undefined;
    const follower = new JobFollower({
      targets: new JobTargetRegistry().add(target),
      reads,
      steps: new StepTimes({} as Pool, 10),
      log: silentLogger,
      term: () => term,
    });
    const told: number[] = [];
    await follower.start((id) => told.push(id));
    expect([told.length, pages, most]).toEqual([COUNT, COUNT / 200, 200]);

    term = {
      look: (id: number) => first.push(id),
      lookLater: (id: number) => later.push(id),
      watchStep: () => undefined,
    } as unknown as ForemanTerm;
    follower.termBegan(term);
    expect(first).toEqual([COUNT - 2, COUNT - 1, COUNT]);
    expect(later.length).toBeGreaterThanOrEqual(COUNT - 3);
    await until(() => asked === COUNT - 3);
    expect([asked, mostAsking]).toEqual([COUNT - 3, 8]);
    // An agent that begins to serve a module is of no concern to those that wait.
    first.length = 0;
    follower.lookAtBegun();
    expect(first).toHaveLength(3);
  }, 60_000);
});
