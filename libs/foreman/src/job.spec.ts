import { describe, expect, it } from '@jest/globals';
import { given, stateAfter } from '#testing';
import type { Place } from '../test/example-jobs.ts';
import {
  atWork,
  created,
  dispatch,
  dispatched,
  EVERYWHERE,
  later,
  machine,
  NOT_THERE,
  OBSERVED,
  order,
  PLACES,
  QUEUED,
  under,
  waiting,
  was,
  withTask,
} from '../test/example-jobs.ts';
import type { JobCommand, JobEvent } from './job-messages.ts';
import { job, nextTask } from './job.ts';

const DISPATCHED: readonly Place[] = ['dispatched', 'paused, dispatched', 'error, dispatched', ...OBSERVED];
const PAUSED: readonly Place[] = ['paused', 'paused, dispatched', 'observed, paused'];
const ERROR: readonly Place[] = ['error', 'lost', 'error, dispatched', 'error, not begun'];
const UNDER_WAY = EVERYWHERE.filter((place) => !NOT_THERE.includes(place));

describe('a job', () => {
  const TAKEN: readonly [JobCommand, readonly Place[], JobEvent][] = [
    [{ type: 'CreateJob', data: created }, ['nowhere'], was.created],
    [{ type: 'StartJob', data: { machine } }, ['waiting'], was.started],
    [{ type: 'WaitJob', data: under }, QUEUED, was.waited],
    [{ type: 'OrderTask', data: { ...under, order } }, QUEUED, was.ordered],
    [{ type: 'DispatchTask', data: { ...dispatch, task: '12-1' } }, ['ordered', 'asked'], was.dispatched],
    [
      { type: 'CompleteTask', data: { cookie: 'c1', outcome: 'o', machine: later, message: '' } },
      DISPATCHED,
      was.completed,
    ],
    [{ type: 'FailTask', data: { cookie: 'c1', outcome: 'o', message: 'no' } }, DISPATCHED, was.stepFailed],
    [{ type: 'LapseTask', data: { cookie: 'c1', reason: 'silence' } }, DISPATCHED, was.lapsed],
    [{ type: 'ObserveTask', data: { message: 'asking' } }, ['ordered'], was.asked],
    [
      { type: 'TellOfTask', data: { cookie: 'c1', outcome: 'o', state: 'not-done', message: 'not done' } },
      OBSERVED,
      was.told,
    ],
    [{ type: 'PauseJob', data: {} }, QUEUED, was.paused],
    [{ type: 'ResumeJob', data: {} }, PAUSED, was.resumed],
    [{ type: 'FailJob', data: { message: 'broken' } }, ['waiting', ...QUEUED, ...PAUSED], was.failed],
    [
      { type: 'RetryTask', data: { ...under, cookie: 'c1', outcome: 'o', message: 'once more' } },
      ['dispatched', 'observed'],
      was.retried,
    ],
    [{ type: 'ResetJob', data: { machine: later } }, ERROR, was.reset],
    [{ type: 'RollBackJob', data: { machine: later, answer: 'Done' } }, ERROR, was.rolledBack],
    [{ type: 'ClearDispatched', data: { machine: later } }, QUEUED, was.cleared],
    [{ type: 'AwaitSignal', data: { pxe: 'disk-wipe' } }, QUEUED, was.awaited],
    [{ type: 'SignalComplete', data: {} }, UNDER_WAY, { type: 'JobSignalReceived', data: { pxe: null } }],
    [
      { type: 'SignalAlert', data: { message: 'no disk' } },
      UNDER_WAY.filter((place) => !QUEUED.includes(place) && !PAUSED.includes(place)),
      was.alerted,
    ],
    [{ type: 'PostMessage', data: { message: 'half way' } }, UNDER_WAY, was.posted],
    [{ type: 'AbortJob', data: { machine: later, message: 'over' } }, QUEUED, was.aborted],
    [{ type: 'EndJob', data: { machine: later } }, QUEUED, was.ended],
    [{ type: 'CancelJob', data: { by: 'root' } }, UNDER_WAY, was.canceled],
  ];
  it.each(TAKEN.map((row) => [row[0].type, row[1].join(', or '), row] as const))(
    'takes %s where it is %s',
    (...all) => {
      const [command, places, event] = all[2];
      for (const place of places) {
        given(job, ...PLACES[place])
          .when(command)
          .yields(event);
      }
    },
  );

  const REFUSED: readonly [JobCommand, readonly Place[], string][] = [
    [{ type: 'StartJob', data: { machine } }, ['waiting'], 'NOT_QUEUED'],
    [{ type: 'WaitJob', data: under }, QUEUED, 'NOT_QUEUED'],
    [{ type: 'OrderTask', data: { ...under, order } }, QUEUED, 'NOT_QUEUED'],
    [{ type: 'PauseJob', data: {} }, QUEUED, 'NOT_PAUSEABLE'],
    [{ type: 'ResumeJob', data: {} }, PAUSED, 'NOT_PAUSED'],
    [{ type: 'FailJob', data: { message: 'broken' } }, ['waiting', ...QUEUED, ...PAUSED], 'NOT_QUEUED'],
    [{ type: 'ResetJob', data: { machine: later } }, ERROR, 'NOT_ERRORED'],
    [{ type: 'RollBackJob', data: { machine: later, answer: 'Done' } }, ERROR, 'NOT_ERRORED'],
    [{ type: 'ClearDispatched', data: { machine: later } }, QUEUED, 'NOT_ERRORED'],
    [{ type: 'AwaitSignal', data: { pxe: 'disk-wipe' } }, QUEUED, 'NOT_QUEUED'],
    [{ type: 'SignalComplete', data: {} }, UNDER_WAY, 'JOB_NOT_FOUND'],
    [{ type: 'SignalAlert', data: { message: 'no disk' } }, UNDER_WAY, 'JOB_NOT_FOUND'],
    [{ type: 'PostMessage', data: { message: 'half way' } }, UNDER_WAY, 'JOB_NOT_FOUND'],
    [{ type: 'AbortJob', data: { machine: later, message: 'over' } }, QUEUED, 'NOT_QUEUED'],
    [{ type: 'EndJob', data: { machine: later } }, QUEUED, 'NOT_QUEUED'],
    [{ type: 'CancelJob', data: { by: 'root' } }, UNDER_WAY, 'JOB_NOT_FOUND'],
  ];
  it.each(REFUSED.map((row) => [row[0].type, row[2], row] as const))('refuses %s anywhere else: %s', (...all) => {
    const [command, places, code] = all[2];
    for (const place of EVERYWHERE.filter((place) => !places.includes(place))) {
      given(job, ...PLACES[place])
        .when(command)
        .refuses('', NOT_THERE.includes(place) ? 'JOB_NOT_FOUND' : code);
    }
  });

  it('goes into error with an alert where it could go on, and keeps what it hears twice once', () => {
    for (const place of [...QUEUED, ...PAUSED]) {
      given(job, ...PLACES[place])
        .when({ type: 'SignalAlert', data: { message: 'no disk' } })
        .yields(was.alerted, { type: 'JobFailed', data: { message: 'no disk' } });
    }
    given(job, ...atWork, was.alerted, was.failed, was.alerted)
      .when({ type: 'SignalAlert', data: { message: 'no disk' } })
      .yieldsNothing();
    given(job, ...atWork, was.posted)
      .when({ type: 'PostMessage', data: { message: 'half way' } })
      .yieldsNothing();
    given(job, ...atWork, was.awaited, was.signalled)
      .when({ type: 'SignalComplete', data: {} })
      .yieldsNothing();
    given(job, ...atWork, was.awaited, was.signalled, was.awaited)
      .when({ type: 'SignalComplete', data: {} })
      .yields(was.signalled);
  });

  it('cuts what it is told', () => {
    for (const type of ['SignalAlert', 'PostMessage'] as const) {
      given(job, ...PLACES['error'])
        .when({ type, data: { message: 'x'.repeat(3000) } })
        .yields({
          type: type === 'SignalAlert' ? 'JobAlerted' : 'JobMessagePosted',
          data: { message: 'x'.repeat(1024) },
        });
    }
  });

  it('is not rolled back where its script refuses', () => {
    for (const place of ERROR) {
      given(job, ...PLACES[place])
        .when({ type: 'RollBackJob', data: { machine: later, answer: 'Rollback not possible' } })
        .refuses('', 'ROLLBACK_REFUSED');
    }
  });

  it('orders another task when it was rolled back, and the same when it was reset', () => {
    const failed = [...dispatched, was.stepFailed];
    const after = (event: JobEvent) => stateAfter(job, ...failed, event)!;
    expect(nextTask(12, after(was.reset))).toBe('12-1');
    expect(nextTask(12, after(was.rolledBack))).toBe('12-2');
    expect(after(was.rolledBack)).toMatchObject({ stage: 'queued', machine: later, ready: true, order: undefined });
  });

  it('goes on with a signal where its script waits for one, and not while a task of it is open', () => {
    expect(stateAfter(job, ...atWork, was.waited, was.awaited, was.signalled)).toMatchObject({ ready: true });
    expect(stateAfter(job, ...withTask, was.signalled)).toMatchObject({ ready: false });
    expect(stateAfter(job, ...waiting, was.signalled)).toMatchObject({ ready: false });
  });

  it('has a number of its own', () => {
    for (const place of EVERYWHERE.filter((place) => place !== 'nowhere')) {
      given(job, ...PLACES[place])
        .when({ type: 'CreateJob', data: created })
        .refuses('id', 'TAKEN');
    }
  });

  it('takes no task to be dispatched that is not open', () => {
    for (const place of EVERYWHERE.filter((place) => place !== 'ordered' && place !== 'asked')) {
      given(job, ...PLACES[place])
        .when({ type: 'DispatchTask', data: { ...dispatch, task: '12-1' } })
        .refuses('', 'NOT_QUEUED');
    }
    given(job, ...withTask)
      .when({ type: 'DispatchTask', data: { ...dispatch, task: '12-2' } })
      .refuses('', 'NOT_QUEUED');
    given(job, ...withTask, was.paused)
      .when({ type: 'DispatchTask', data: { ...dispatch, task: '12-1' } })
      .refuses('', 'NOT_QUEUED');
  });

  it.each<[string, readonly Place[], string]>([
    ['of no dispatch', EVERYWHERE.filter((place) => !DISPATCHED.includes(place)), 'c1'],
    ['of another dispatch', DISPATCHED, 'c0'],
  ])('takes no report %s', (_, places, cookie) => {
    for (const place of places) {
      const then = (command: JobCommand) => given(job, ...PLACES[place]).when(command);
      then({ type: 'CompleteTask', data: { cookie, outcome: 'o', machine, message: '' } }).refuses('', 'BAD_COOKIE');
      then({ type: 'FailTask', data: { cookie, outcome: 'o', message: '' } }).refuses('', 'BAD_COOKIE');
      then({ type: 'LapseTask', data: { cookie, reason: '' } }).yieldsNothing();
    }
  });

  it('notes that a step is slow while an agent has its task, and nothing otherwise', () => {
    for (const place of EVERYWHERE) {
      const then = given(job, ...PLACES[place]).when({ type: 'NoteSlowStep', data: { cookie: 'c1', message: 'slow' } });
      if (DISPATCHED.includes(place)) then.yields(was.slow);
      else then.yieldsNothing();
    }
    given(job, ...dispatched, was.slow)
      .when({ type: 'NoteSlowStep', data: { cookie: 'c1', message: 'slow' } })
      .yieldsNothing();
    given(job, ...dispatched)
      .when({ type: 'NoteSlowStep', data: { cookie: 'c0', message: 'slow' } })
      .yieldsNothing();
  });

  it('counts how often its task was ordered once more, until it is done or somebody resets it', () => {
    const after = (...events: readonly JobEvent[]) => stateAfter(job, ...dispatched, was.retried, ...events)?.retries;
    expect([after(), after(was.ordered, was.dispatched, was.retried)]).toEqual([1, 1]);
    given(job, ...dispatched, was.retried, was.ordered, was.dispatched)
      .when({ type: 'RetryTask', data: { ...under, cookie: 'c1', outcome: 'o', message: 'm' } })
      .yields({ ...was.retried, data: { ...was.retried.data, message: 'm', retry: 2 } });
    expect([after(was.ordered, was.dispatched, was.completed), after(was.failed, was.reset)]).toEqual([0, 0]);
    expect(stateAfter(job, ...dispatched, was.retried)).toMatchObject({
      stage: 'queued',
      order: undefined,
      dispatch: undefined,
      retry: '12-1',
      ready: false,
      wakeAt: under.wakeAt,
    });
  });

  it('cuts messages at 1024 characters', () => {
    const long = 'x'.repeat(2000);
    const cut = 'x'.repeat(1024);
    const at = (events: readonly JobEvent[]) => given(job, ...events);
    at(atWork)
      .when({ type: 'FailJob', data: { message: long } })
      .yields({ type: 'JobFailed', data: { message: cut } });
    at(atWork)
      .when({ type: 'WaitJob', data: { machine, message: long } })
      .yields({ type: 'JobWaited', data: { machine, message: cut } });
    at(dispatched)
      .when({ type: 'FailTask', data: { cookie: 'c1', outcome: 'o', message: long } })
      .yields({ type: 'JobStepFailed', data: { task: '12-1', cookie: 'c1', outcome: 'o', message: cut } });
  });
});
