import type { Machine } from '#tscript';
import { begin, compile } from '#tscript';
import type { Created, JobEvent } from '../src/job-messages.ts';

/** A job as the specs of this module make it. */
export const created: Created = {
  site: 'site1',
  target: { kind: 'Foundation', id: 'host1' },
  description: 'host1',
  script: 'create',
  program: 'hash',
  creator: 'root',
};
export const machine: Machine = begin(compile('begin()\nend\n'));
export const later: Machine = { ...machine, pc: 1 };
export const order = { task: '12-1', module: 'lab', function: 'work', parameters: { n: 1 } };
export const dispatch = { cookie: 'c1', transport: 'wire', deadline: '2026-01-01T00:00:30.000Z' } as const;
export const under = { machine: later, message: 'waiting', wakeAt: '2026-01-01T00:01:00.000Z' };

/** What can happen to a job. */
export const was = {
  created: { type: 'JobCreated', data: created },
  started: { type: 'JobStarted', data: { machine } },
  waited: { type: 'JobWaited', data: under },
  ordered: { type: 'JobStepRequested', data: { ...under, order } },
  dispatched: { type: 'JobTaskDispatched', data: { ...dispatch, task: '12-1' } },
  lapsed: { type: 'JobTaskLapsed', data: { task: '12-1', cookie: 'c1', reason: 'silence' } },
  asked: { type: 'JobObservationRequested', data: { task: '12-1', message: 'asking' } },
  told: {
    type: 'JobTaskObserved',
    data: { task: '12-1', cookie: 'c1', outcome: 'o', state: 'not-done', message: 'not done' },
  },
  lost: { type: 'JobFailed', data: { message: 'gone', lost: { task: '12-1', cookie: 'c1' } } },
  settled: { type: 'JobTaskSettled', data: { task: '12-1', answer: 'done', message: 'm' } },
  retried: {
    type: 'JobRetryScheduled',
    data: { ...under, task: '12-1', cookie: 'c1', outcome: 'o', message: 'once more', retry: 1 },
  },
  completed: {
    type: 'JobStepCompleted',
    data: { task: '12-1', cookie: 'c1', outcome: 'o', machine: later, message: '' },
  },
  stepFailed: { type: 'JobStepFailed', data: { task: '12-1', cookie: 'c1', outcome: 'o', message: 'no' } },
  paused: { type: 'JobPaused', data: {} },
  resumed: { type: 'JobResumed', data: {} },
  failed: { type: 'JobFailed', data: { message: 'broken' } },
  reset: { type: 'JobReset', data: { machine: later } },
  cleared: { type: 'JobDispatchCleared', data: { machine: later } },
  aborted: { type: 'JobAborted', data: { machine: later, message: 'over' } },
  ended: { type: 'JobEnded', data: { machine: later } },
  slow: { type: 'JobStepSlow', data: { task: '12-1', cookie: 'c1', message: 'slow' } },
  rolledBack: { type: 'JobRolledBack', data: { machine: later } },
  awaited: { type: 'JobSignalAwaited', data: { pxe: 'disk-wipe' } },
  signalled: { type: 'JobSignalReceived', data: { pxe: 'disk-wipe' } },
  alerted: { type: 'JobAlerted', data: { message: 'no disk' } },
  posted: { type: 'JobMessagePosted', data: { message: 'half way' } },
  canceled: { type: 'JobCanceled', data: { by: 'root' } },
} as const satisfies Record<string, JobEvent>;

export const waiting = [was.created];
export const atWork = [...waiting, was.started];
export const withTask = [...atWork, was.ordered];
export const dispatched = [...withTask, was.dispatched];
export const lost = [...dispatched, was.lapsed, was.lost];
export const asked = [...dispatched, was.lapsed, was.asked];
export const observed = [...asked, was.dispatched];

/** Every place a job can stand at, and how it came there. */
export const PLACES = {
  nowhere: [],
  waiting,
  queued: atWork,
  ordered: withTask,
  dispatched,
  asked,
  observed,
  'observed, paused': [...observed, was.paused],
  paused: [...atWork, was.paused],
  'paused, dispatched': [...dispatched, was.paused],
  error: [...atWork, was.failed],
  lost,
  'error, dispatched': [...dispatched, was.failed],
  'error, not begun': [...waiting, was.failed],
  aborted: [...dispatched, was.aborted],
  ended: [...dispatched, was.ended],
  canceled: [...dispatched, was.canceled],
} as const satisfies Record<string, readonly JobEvent[]>;
export type Place = keyof typeof PLACES;
export const EVERYWHERE = Object.keys(PLACES) as Place[];

/** Where a job goes on. */
export const QUEUED: readonly Place[] = ['queued', 'ordered', 'dispatched', 'asked', 'observed'];
/** Where an agent is asked what became of its task. */
export const OBSERVED: readonly Place[] = ['observed', 'observed, paused'];
/** Where there is no job. */
export const NOT_THERE: readonly Place[] = ['nowhere', 'ended', 'canceled'];
