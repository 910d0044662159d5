import { describe, expect, it } from '@jest/globals';
import { array, assert, constantFrom, property } from 'fast-check';
import type { Message } from '#kernel';
import { evolve } from '#kernel';
import { moment, rowsAfter } from '#testing';
import {
  atWork,
  created,
  dispatch,
  dispatched,
  lost,
  machine,
  order,
  PLACES,
  under,
  waiting,
  was,
} from '../test/example-jobs.ts';
import type { JobEvent } from './job-messages.ts';
import { job } from './job.ts';
import { jobLog } from './job-log.ts';
import { jobs } from './jobs.ts';
import { program, programs } from './program.ts';

const events = (story: readonly JobEvent[]) => story.map((event) => [12, event] as const);
const row = (...story: readonly JobEvent[]) => rowsAfter(jobs, ...events(story)).get(12);

describe('the row of a job', () => {
  it('is its fold', () =>
    expect(row(...waiting)).toEqual({
      ...created,
      stage: 'waiting',
      message: '',
      openSince: null,
      wakeAt: null,
      signal: { pxe: null, complete: false },
      ignoresWindow: false,
      holds: [],
      machine: null,
      order: null,
      dispatch: null,
      dispatchedAt: null,
      slow: false,
      observing: false,
      lost: null,
      created: moment(1),
      updated: moment(1),
    }));

  it('has the task in the hands of an agent', () =>
    expect(row(...dispatched)).toMatchObject({
      stage: 'queued',
      message: under.message,
      order,
      dispatch,
      dispatchedAt: moment(4),
      updated: moment(4),
    }));

  it('is among those that were lost until somebody says what became of its task', () => {
    const found = (...story: readonly JobEvent[]) => {
      const one = row(...lost, ...story);
      return [one?.stage, one?.lost ?? null, one && jobs.indexes['lost']?.(one)];
    };
    expect(found()).toEqual(['error', { task: '12-1', cookie: 'c1', since: moment(6) }, 'yes']);
    expect(found(was.settled)).toEqual(['queued', null, null]);
    for (const event of [was.reset, was.rolledBack]) expect(found(event)).toEqual(['queued', null, null]);
    expect(found({ ...was.settled, data: { ...was.settled.data, answer: 'failed' } }, was.stepFailed)).toEqual([
      'error',
      null,
      null,
    ]);
  });

  it('waits, without a task, until it is ordered once more', () => {
    expect(row(...dispatched, was.retried)).toMatchObject({
      stage: 'queued',
      message: 'once more',
      order: null,
      dispatch: null,
      openSince: null,
      wakeAt: under.wakeAt,
    });
  });

  it('is slow as long as its step is said to be, and in the hands of an agent', () => {
    const slow = (...story: readonly JobEvent[]) => {
      const found = row(...story);
      return [found?.slow, found && jobs.indexes['slow']?.(found), found?.message];
    };
    expect(slow(...dispatched, was.slow)).toEqual([true, 'site1', 'slow']);
    expect(slow(...dispatched, was.slow, was.lapsed)).toEqual([false, null, 'slow']);
    expect(slow(...dispatched, was.slow, was.completed)).toEqual([false, null, '']);
  });

  it('has the agent that polled for it', () => {
    const holder = { user: 'subcontractor', source: '10.0.0.1', session: 's' };
    const polled = {
      type: 'JobTaskDispatched',
      data: { ...dispatch, transport: 'poll', holder, task: '12-1' },
    } as const;
    expect(row(...atWork, was.ordered, polled)?.dispatch).toEqual({ ...dispatch, transport: 'poll', holder });
  });

  it('goes when the job is over', () => {
    expect(row(...PLACES.ended)).toBeUndefined();
    expect(row(...PLACES.canceled)).toBeUndefined();
  });

  it('is found as open as long as its task waits for somebody', () => {
    const open = (...story: readonly JobEvent[]) => {
      const found = row(...story);
      return found && jobs.indexes['open']?.(found);
    };
    expect(open(...atWork)).toBeNull();
    expect(open(...PLACES.ordered)).toBe('site1/lab');
    expect(open(...dispatched)).toBeNull();
    expect(open(...dispatched, was.lapsed)).toBe('site1/lab');
    expect(open(...PLACES.ordered, was.paused)).toBeNull();
    // Agents that poll are not asked what became of a task.
    expect(open(...PLACES.asked)).toBeNull();
    expect(open(...dispatched, was.completed)).toBeNull();
  });

  it('says what the stream says, whatever happens', () => {
    const { created: first, started, ...rest } = was;
    const happenings = array(constantFrom<JobEvent>(...Object.values(rest)), { maxLength: 12 });
    assert(
      property(happenings, (told) => {
        // As far as the job is not over: then there is no row.
        const story = [first, started, ...told].filter(({ type }) => type !== 'JobEnded' && type !== 'JobCanceled');
        const state = story.reduce((before, event) => evolve(job, before, structuredClone(event)), job.initial());
        const { stage, message, machine: at, order: open = null, dispatch: out = null, observing } = state ?? {};
        expect(row(...story)).toMatchObject({ stage, message, machine: at, order: open, dispatch: out, observing });
      }),
    );
  });

  it('is there as long as the log of jobs says that the job is under way', () => {
    const { created: first, started, ...rest } = was;
    const happenings = array(constantFrom<JobEvent>(...Object.values(rest)), { maxLength: 12 });
    const isOver = ({ type }: JobEvent): boolean => type === 'JobEnded' || type === 'JobCanceled';
    assert(
      property(happenings, (told) => {
        const over = told.findIndex(isOver);
        const story = [first, started, ...told.slice(0, over === -1 ? undefined : over + 1)];
        const logged = rowsAfter(jobLog, ...events(story)).get(12);
        expect(logged && jobLog.indexes['open']?.(logged)).toBe(row(...story) ? 'yes' : null);
        expect(logged && jobLog.indexes['kind']?.(logged)).toBe(first.data.target.kind);
      }),
    );
  });

  it('listens to events of jobs alone, and to all of them', () =>
    expect(Object.keys(jobs.on).toSorted()).toEqual(Object.keys(job.evolve).toSorted()));
});

describe('the log of jobs', () => {
  const log = (...story: readonly JobEvent[]) => rowsAfter(jobLog, ...events(story)).get(12);

  it('tells who wanted what of which thing, when it began and when it was done', () =>
    expect(log(...waiting, was.started, was.ended)).toEqual({
      job: 12,
      site: 'site1',
      targetClass: 'Foundation',
      targetId: 'host1',
      description: 'host1',
      script: 'create',
      creator: 'root',
      startedAt: moment(2),
      finishedAt: moment(3),
      canceledBy: null,
      canceledAt: null,
      windowIgnoredBy: null,
      holdOverriddenBy: null,
      note: null,
      created: moment(1),
      updated: moment(3),
    }));

  it('tells who has cancelled it', () =>
    expect(log(...PLACES.aborted, was.canceled)).toMatchObject({
      finishedAt: null,
      canceledBy: 'root',
      canceledAt: moment(6),
      updated: moment(6),
    }));

  it('leaves open what is not done', () =>
    expect(log(...PLACES.aborted)).toMatchObject({ startedAt: moment(2), finishedAt: null }));

  it('says that there was nothing to run', () => {
    const nothing = { type: 'JobCreated', data: { ...created, note: 'nothing to run' } } as const;
    expect(log(nothing, was.started, was.ended)?.note).toBe('nothing to run');
    expect(row(nothing)?.message).toBe('nothing to run');
  });

  it('cuts descriptions at 120 characters', () => {
    const long = { type: 'JobCreated', data: { ...created, description: 'x'.repeat(200) } } as const;
    expect(log(long)?.description).toBe('x'.repeat(120));
  });
});

describe('a program', () => {
  const stored: Message<'ProgramStored', never> = {
    type: 'ProgramStored',
    data: { source: '#', program: {} } as never,
  };

  it('is kept as it was stored, once', () => {
    expect(program.decide.StoreProgram(stored.data, undefined)).toEqual(stored);
    expect(program.decide.StoreProgram(stored.data, stored.data)).toEqual([]);
    expect(evolve(program, undefined, stored)).toEqual(stored.data);
    expect(rowsAfter(programs, [machine.program, stored]).get(machine.program)).toEqual(stored.data);
  });
});
