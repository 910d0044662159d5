import { describe, expect, it } from '@jest/globals';
import { stateAfter } from '#testing';
import {
  atWork,
  dispatch,
  dispatched,
  later,
  machine,
  order,
  PLACES,
  under,
  waiting,
  was,
  withTask,
} from '../test/example-jobs.ts';
import type { JobEvent } from './job-messages.ts';
import { job, nextTask } from './job.ts';

describe('the state of a job', () => {
  it.each<[string, readonly JobEvent[], object]>([
    ['waits first', waiting, { stage: 'waiting', ready: false, steps: 0, message: '' }],
    ['is ready to go on once it has begun', atWork, { stage: 'queued', ready: true, machine }],
    ['waits for a time', [...atWork, was.waited], { ready: false, ...under }],
    ['has an open task', withTask, { order, steps: 1, dispatch: undefined, ready: false, message: 'waiting' }],
    ['has a task in the hands of an agent', dispatched, { order, dispatch }],
    ['has an open task again when that lapses', [...dispatched, was.lapsed], { order, dispatch: undefined }],
    ['asks what became of its task', PLACES.asked, { order, dispatch: undefined, observing: true, message: 'asking' }],
    [
      'has its task done again where it was not done',
      [...PLACES.observed, was.told],
      { order, dispatch: undefined, observing: false, spent: [{ cookie: 'c1', outcome: 'o' }] },
    ],
    [
      'goes on where its task was done',
      [...PLACES.observed, was.told, was.completed],
      { order: undefined, observing: false, ready: true, machine: later, spent: [{ cookie: 'c1', outcome: 'o' }] },
    ],
    [
      'does its task again after a reset',
      [...PLACES.asked, was.failed, was.reset],
      { observing: false, retry: '12-1' },
    ],
    [
      'is ready to go on when the task is done',
      [...dispatched, was.completed],
      { ready: true, order: undefined, dispatch: undefined, wakeAt: undefined, message: '', machine: later },
    ],
    [
      'has no task left when it failed, but knows which to do again',
      [...dispatched, was.stepFailed],
      { stage: 'error', order: undefined, dispatch: undefined, retry: '12-1', message: 'no' },
    ],
    ['keeps its message in a pause', [...withTask, was.paused], { stage: 'paused', message: 'waiting', order }],
    ['takes a result in a pause', [...dispatched, was.paused, was.completed], { stage: 'paused', ready: true }],
    [
      'is ready to go on after a pause',
      [...withTask, was.paused, was.resumed],
      { stage: 'queued', ready: true, order },
    ],
    ['keeps its machine in error', [...withTask, was.failed], { stage: 'error', machine: later, message: 'broken' }],
    [
      'is to do its task again after a reset',
      [...dispatched, was.failed, was.reset],
      { stage: 'queued', ready: true, order: undefined, dispatch: undefined, retry: '12-1', message: 'broken' },
    ],
    [
      'waits for its turn again after a reset, where it had not begun',
      [...waiting, was.failed, { type: 'JobReset', data: {} }],
      { stage: 'waiting', ready: false, machine: undefined },
    ],
    [
      'is to do its task again when the dispatch is cleared',
      [...dispatched, was.cleared],
      { stage: 'queued', ready: true, order: undefined, dispatch: undefined, retry: '12-1' },
    ],
    [
      'has no task left when it is aborted',
      [...dispatched, was.aborted],
      { stage: 'aborted', order: undefined, dispatch: undefined },
    ],
    [
      'has no task left when it ends',
      [...dispatched, was.ended],
      { stage: 'ended', order: undefined, dispatch: undefined },
    ],
    [
      'has no task left when it is cancelled',
      [...dispatched, was.canceled],
      { stage: 'ended', order: undefined, dispatch: undefined },
    ],
  ])('%s', (_, events, state) => {
    expect(stateAfter(job, ...events)).toMatchObject(state);
  });

  const next = (...events: readonly JobEvent[]) => {
    const state = stateAfter(job, ...events);
    return state && nextTask(12, state);
  };
  const again: JobEvent = { type: 'JobStepRequested', data: { ...under, order } };
  it.each<[string, string, readonly JobEvent[]]>([
    ['12-1', 'first', atWork],
    ['12-2', 'after the first', [...dispatched, was.completed]],
    ['12-1', 'again after it failed', [...dispatched, was.stepFailed, was.reset]],
    ['12-1', 'again when nobody knows what became of it', [...dispatched, was.lapsed, was.failed, was.reset]],
    ['12-1', 'again, also after a wait', [...dispatched, was.stepFailed, was.reset, was.waited]],
    [
      '12-2',
      'after it was done again',
      [...dispatched, was.stepFailed, was.reset, again, was.dispatched, was.completed],
    ],
    ['12-2', 'after a result that came in error', [...dispatched, was.failed, was.completed, was.reset]],
  ])('calls the task %s that is ordered %s', (id, _, events) => {
    expect(next(...events)).toBe(id);
  });

  it('is the same where the machine stood in every event, as in older logs', () => {
    const { machine: _, ...without } = was.completed.data;
    const told = (...events: readonly JobEvent[]) => stateAfter(job, ...events, was.ordered);
    const started: JobEvent = { type: 'JobStarted', data: {} };
    expect(told(...waiting, started)).toEqual(told(...atWork));
    const completed: JobEvent = { type: 'JobStepCompleted', data: without };
    expect(told(...dispatched, completed)).toEqual(told(...dispatched, was.completed));
  });

  it('remembers the last eight dispatches that are over', () => {
    const rounds = Array.from({ length: 10 }, (_, n): JobEvent[] => [
      was.ordered,
      { type: 'JobTaskDispatched', data: { ...dispatch, task: '12-1', cookie: `c${n}` } },
      { type: 'JobStepCompleted', data: { task: '12-1', cookie: `c${n}`, outcome: `o${n}`, machine, message: '' } },
    ]);
    const spent = stateAfter(job, ...atWork, ...rounds.flat())?.spent;
    expect(spent).toEqual([2, 3, 4, 5, 6, 7, 8, 9].map((n) => ({ cookie: `c${n}`, outcome: `o${n}` })));
  });
});
