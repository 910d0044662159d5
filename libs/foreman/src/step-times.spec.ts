import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestDatabase } from '#testing';
import { testDatabase } from '#testing';
import { dispatch, order } from '../test/example-jobs.ts';
import { MAX_FUNCTIONS, MIN_SLOW_MS, StepTimes, USUAL_MS } from './step-times.ts';

const FACTOR = 10;

describe('the times of steps', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.drop());

  const times = (): StepTimes => new StepTimes(database.pool, FACTOR);
  /** A step is ordered, dispatched at a time, and done after a while. */
  const step = (steps: StepTimes, job: number, at: number, took?: number, name = 'work') => {
    steps.heard({ type: 'JobStepRequested', data: { order: { ...order, function: name } } }, job, at);
    steps.heard({ type: 'JobTaskDispatched', data: dispatch }, job, at);
    return took === undefined ? undefined : steps.heard({ type: 'JobStepCompleted', data: {} }, job, at + took);
  };

  it('are slow after a multiple of the usual time, which is learnt', () => {
    const steps = times();
    expect(steps.slowAt(1)).toBeUndefined();
    step(steps, 1, 0);
    expect(steps.slowAt(1)).toBe(FACTOR * USUAL_MS);
    expect(step(steps, 1, 0, 5000)).toBe('lab.work');
    step(steps, 1, 10_000);
    expect(steps.slowAt(1)).toBe(10_000 + FACTOR * 5000);
    expect(step(steps, 2, 0, 15_000)).toBe('lab.work');
    step(steps, 2, 0);
    expect(steps.slowAt(2)).toBe(FACTOR * 7000);
  });

  it('are written when they have changed by much, and not more often than every ten seconds', () => {
    const steps = times();
    expect(step(steps, 1, 0, 5000)).toBe('lab.work');
    expect(step(steps, 1, 1000, 20_000)).toBe('lab.work');
    expect(step(steps, 1, 2000, 25_000)).toBeUndefined();
    expect(step(steps, 1, 60_000, 12_000)).toBe('lab.work');
    expect(step(steps, 1, 90_000, 12_000)).toBeUndefined();
    // The same to a tenth of a second.
    expect(step(steps, 2, 0, 3, 'fast')).toBe('lab.fast');
    expect(step(steps, 2, 20_000, 400, 'fast')).toBeUndefined();
  });

  it('are never slow at once', () => {
    const steps = times();
    step(steps, 1, 0, 1);
    step(steps, 1, 0);
    expect(steps.slowAt(1)).toBe(MIN_SLOW_MS);
  });

  it('say what is slow, with whom, and what may be done', () => {
    const steps = times();
    step(steps, 1, 0, 5000);
    step(steps, 1, 0);
    expect(steps.slow(1, FACTOR * 5000 - 1)).toBeUndefined();
    expect(steps.slow(1, FACTOR * 5000)).toEqual({
      cookie: 'c1',
      message:
        'lab.work (task 12-1) is with an agent since 1970-01-01T00:00:00.000Z, and usually takes 5 s: where the agent has lost it, clear the dispatch',
    });
    const holder = { user: 'sub', source: '10.0.0.1', session: 's' };
    steps.dispatched(1, { ...dispatch, transport: 'poll', holder }, 0);
    expect(steps.slow(1, FACTOR * 5000)?.message).toContain('is with sub at 10.0.0.1 since');
  });

  it.each(['JobTaskLapsed', 'JobTaskObserved', 'JobStepFailed', 'JobReset', 'JobDispatchCleared', 'JobCanceled'])(
    'are those of steps in the hands of agents: not after %s',
    (type) => {
      const steps = times();
      step(steps, 1, 0);
      steps.heard({ type, data: {} }, 1, 0);
      expect(steps.slowAt(1)).toBeUndefined();
    },
  );

  it('hold a step of each job under way, and a bounded number of functions', () => {
    const steps = times();
    for (let n = 0; n < MAX_FUNCTIONS + 10; n += 1) {
      step(steps, n, 0, 5000, `work${n}`);
      step(steps, n, 0);
    }
    expect(steps.size).toEqual({ steps: MAX_FUNCTIONS + 10, functions: MAX_FUNCTIONS });
    for (let n = 0; n < MAX_FUNCTIONS + 10; n += 1) steps.heard({ type: 'JobEnded', data: {} }, n, 0);
    expect(steps.size.steps).toBe(0);
  });

  it('are kept over a restart', async () => {
    const steps = times();
    await steps.start();
    step(steps, 1, 0, 5000);
    await steps.keep('lab.work');
    await steps.keep('lab.unknown');
    const again = times();
    await again.start();
    step(again, 1, 0);
    expect(again.slowAt(1)).toBe(FACTOR * 5000);
  });
});
