import { describe, expect, it } from '@jest/globals';
import { given, stateAfter } from '#testing';
import {
  dispatch,
  dispatched,
  EVERYWHERE,
  later,
  lost,
  NOT_THERE,
  OBSERVED,
  PLACES,
  QUEUED,
  was,
} from '../test/example-jobs.ts';
import type { JobCommand, JobEvent, Settlement } from './job-messages.ts';
import { job } from './job.ts';

describe('a job whose task may be lost', () => {
  it('is told what became of a task, in one step with what follows', () => {
    const tell = (state: 'done' | 'failed' | 'unknown', more = {}) =>
      ({ type: 'TellOfTask', data: { cookie: 'c1', outcome: 'o', state, message: 'm', ...more } }) as const;
    const told = (state: 'done' | 'failed' | 'unknown') =>
      ({ type: 'JobTaskObserved', data: { task: '12-1', cookie: 'c1', outcome: 'o', state, message: 'm' } }) as const;
    for (const place of OBSERVED) {
      const then = (command: JobCommand) => given(job, ...PLACES[place]).when(command);
      const done = { task: '12-1', cookie: 'c1', outcome: 'o', machine: later, message: 'm' };
      then(tell('failed')).yields(told('failed'), {
        type: 'JobStepFailed',
        data: { task: '12-1', cookie: 'c1', outcome: 'o', message: 'm' },
      });
      then(tell('done', { machine: later })).yields(told('done'), { type: 'JobStepCompleted', data: done });
      then(tell('done')).yields(told('done'), {
        type: 'JobStepCompleted',
        data: { task: '12-1', cookie: 'c1', outcome: 'o', message: 'm' },
      });
      // The dispatch that was lost is the one before: that of the agent which had the task.
      const lost = { task: '12-1', cookie: 'c1' };
      then(tell('unknown')).yields(told('unknown'), { type: 'JobFailed', data: { message: 'm', lost } });
    }
    given(job, ...PLACES.observed, was.failed)
      .when(tell('unknown'))
      .yields(told('unknown'), { type: 'JobFailed', data: { message: 'm', lost: { task: '12-1', cookie: 'c1' } } });
  });

  it('is not told of a task that is being done, or by an agent that is late', () => {
    const data = { cookie: 'c1', outcome: 'o', state: 'not-done', message: '' } as const;
    for (const place of EVERYWHERE.filter((place) => !OBSERVED.includes(place)))
      given(job, ...PLACES[place])
        .when({ type: 'TellOfTask', data })
        .refuses('', 'BAD_COOKIE');
    given(job, ...PLACES.observed)
      .when({ type: 'TellOfTask', data: { ...data, cookie: 'c0' } })
      .refuses('', 'BAD_COOKIE');
  });

  it('has no agent that polls asked what became of a task', () => {
    given(job, ...PLACES.asked)
      .when({ type: 'DispatchTask', data: { ...dispatch, transport: 'poll', task: '12-1' } })
      .refuses('', 'NOT_QUEUED');
  });

  it('is in error with the task that was lost, and not while an agent has it', () => {
    const lose: JobCommand = { type: 'LoseTask', data: { message: 'gone' } };
    given(job, ...dispatched, was.lapsed)
      .when(lose)
      .yields(was.lost);
    given(job, ...dispatched)
      .when(lose)
      .yieldsNothing();
    for (const place of EVERYWHERE.filter((one) => !QUEUED.includes(one) && !NOT_THERE.includes(one))) {
      given(job, ...PLACES[place])
        .when(lose)
        .refuses('', 'NOT_QUEUED');
    }
  });

  it('is told what became of a task that was lost, once', () => {
    const settle = (answer: Settlement, machine = {}): JobCommand => ({
      type: 'SettleTask',
      data: { answer, message: 'm', cookie: 'c9', outcome: 'o', ...machine },
    });
    const settled = (answer: Settlement): JobEvent => ({
      type: 'JobTaskSettled',
      data: { task: '12-1', answer, message: 'm' },
    });
    const data = { task: '12-1', cookie: 'c9', outcome: 'o', message: 'm' };
    const then = (command: JobCommand) => given(job, ...PLACES.lost).when(command);
    then(settle('done')).yields(settled('done'), { type: 'JobStepCompleted', data });
    then(settle('failed')).yields(settled('failed'), { type: 'JobStepFailed', data });
    then(settle('again', { machine: later })).yields(settled('again'), was.reset);
    given(job, ...PLACES.lost, settled('failed'), was.stepFailed)
      .when(settle('done'))
      .refuses('', 'NOT_LOST');
    for (const place of EVERYWHERE.filter((one) => one !== 'lost')) {
      given(job, ...PLACES[place])
        .when(settle('done'))
        .refuses('', NOT_THERE.includes(place) ? 'JOB_NOT_FOUND' : 'NOT_LOST');
    }
    // What else ends the error ends the question.
    for (const event of [was.reset, was.rolledBack])
      expect(stateAfter(job, ...lost, event)).toMatchObject({ lost: undefined });
    expect(stateAfter(job, ...lost, was.alerted)).toMatchObject({ lost: { task: '12-1', cookie: 'c1' } });
  });
});
