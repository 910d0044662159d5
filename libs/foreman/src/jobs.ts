import { streamName } from '#kernel';
import type { ReadModel, Recorded } from '#read-store';
import { change, rule } from '#read-store';
import type { Machine } from '#tscript';
import { afterHeld, afterTimeOut, without } from './holds/job-holds.ts';
import { jobLog } from './job-log.ts';
import type {
  BootSignal,
  Created,
  Dispatch,
  EndedHold,
  KeptHold,
  LostTask,
  PlacedHold,
  Settlement,
  Stage,
  TaskOrder,
} from './job-messages.ts';
import { agentOf } from './polling-agents.ts';

/** A job under way as it is shown; it goes when the job is over. */
export interface JobRow extends Created {
  readonly stage: Stage;
  readonly message: string;
  readonly machine: Machine | null;
  readonly order: TaskOrder | null;
  readonly dispatch: Dispatch | null;
  /** Since when nobody has had its task, ISO 8601; null where there is none, or it is in the hands of an agent. */
  readonly openSince: string | null;
  /** An agent is to tell what became of the task whose agent was lost. */
  readonly observing: boolean;
  /** Nobody knows what became of the task: the operator is to say it. */
  readonly lost: (LostTask & { readonly since: string }) | null;
  /** Since when the task is in the hands of an agent, or on its way there. */
  readonly dispatchedAt: string | null;
  /** The step takes much longer than it usually does. */
  readonly slow: boolean;
  /** When the script is looked at again at the latest, ISO 8601. */
  readonly wakeAt: string | null;
  readonly signal: BootSignal;
  /** It begins whatever the maintenance windows of its site say. */
  readonly ignoresWindow: boolean;
  /** What holds it back before it begins. */
  readonly holds: readonly KeptHold[];
  readonly created: string;
  readonly updated: string;
}

interface Progress {
  readonly machine?: Machine;
  readonly message?: string;
  readonly order?: TaskOrder;
  readonly wakeAt?: string;
  readonly lost?: LostTask;
}

/** A rule for an event that moves the job on: what it says about the script, and what it does to the rest. */
const moved = (then: Partial<JobRow> | ((data: Dispatch, at: string) => Partial<JobRow>) = {}) =>
  change<JobRow, Progress>((row, { data, at }: Recorded<Progress>) => ({
    ...row,
    machine: data.machine ?? row.machine,
    message: data.message ?? row.message,
    order: data.order ?? row.order,
    wakeAt: data.machine ? (data.wakeAt ?? null) : row.wakeAt,
    lost: data.lost ? { ...data.lost, since: at } : row.lost,
    ...(typeof then === 'function' ? then(data as unknown as Dispatch, at) : then),
    updated: at,
  }));

interface Said {
  readonly pxe?: string | null;
  readonly message?: string;
}

/** A rule for an event that tells something of the job and does not move it on. */
const signalled = (told: (data: Said, row: JobRow) => Partial<JobRow>) =>
  change<JobRow, Said>((row, { data, at }: Recorded<Said>) => ({ ...row, ...told(data, row), updated: at }));

/** A rule for an event after which a job waits for other holds. */
const holdEnded = (
  told: (holds: JobRow['holds'], data: EndedHold & { readonly outcome: 'proceed' | 'fail' }) => JobRow['holds'],
) =>
  change((row: JobRow, { data, at }: Recorded<EndedHold & { readonly outcome: 'proceed' | 'fail' }>) => ({
    ...row,
    holds: told(row.holds, data),
    updated: at,
  }));

/** Nobody has its task. */
const undispatched = { dispatch: null, dispatchedAt: null, slow: false } as const;
const taskless = { ...undispatched, order: null, openSince: null, observing: false, lost: null } as const;
const idle = { ...taskless, wakeAt: null } as const;

/** Jobs under way by id. They change all the time, so no history is kept: their own streams have it, and the job log knows which. */
export const jobs: ReadModel<JobRow> = {
  name: 'jobs',
  version: 9,
  key: 'integer',
  history: false,
  stream: (id) => streamName('job', id),
  past: { rows: jobLog, where: { open: 'yes' }, same: { site: 'site', kind: 'kind', target: 'target' } },
  indexes: {
    site: ({ site }) => site,
    kind: ({ target }) => target.kind,
    stage: ({ stage }) => stage,
    /** What it works on: `Foundation host1`. */
    target: ({ target }) => `${target.kind} ${target.id}`,
    /** The site of a job whose step takes much longer than it usually does. */
    slow: ({ site, slow }) => (slow ? site : null),
    /** `yes`: nobody knows what became of its task. */
    lost: ({ lost }) => (lost ? 'yes' : null),
    /** The agent that polled for the task it is at. */
    holder: ({ dispatch }) => (dispatch?.holder ? agentOf(dispatch.holder) : null),
    /** The session by which it polled. */
    session: ({ dispatch }) => dispatch?.holder?.session ?? null,
    /** `site/module` of a task that waits to be fetched or sent; agents that poll are not asked to observe. */
    open: ({ site, stage, order, dispatch, observing }) =>
      stage === 'queued' && order && !dispatch && !observing ? `${site}/${order.module}` : null,
  },
  on: {
    JobCreated: rule<JobRow, Created>((_, { data, at }) => ({
      ...data,
      ...idle,
      stage: 'waiting',
      message: data.note ?? '',
      machine: null,
      signal: { pxe: null, complete: false },
      ignoresWindow: false,
      holds: [],
      created: at,
      updated: at,
    })),
    JobStarted: moved({ stage: 'queued' }),
    JobWaited: moved(),
    JobStepRequested: moved((_, at) => ({ observing: false, openSince: at })),
    JobTaskDispatched: moved(({ cookie, transport, holder, deadline }, at) => ({
      dispatch: { cookie, transport, deadline, ...(holder ? { holder } : {}) },
      dispatchedAt: at,
      openSince: null,
    })),
    JobStepCompleted: moved(idle),
    JobStepFailed: moved({ ...idle, stage: 'error' }),
    JobTaskLapsed: moved((_, at) => ({ ...undispatched, openSince: at })),
    JobObservationRequested: moved({ observing: true }),
    JobTaskObserved: moved((_, at) => ({ ...undispatched, observing: false, openSince: at })),
    JobStepSlow: moved({ slow: true }),
    JobPaused: moved({ stage: 'paused' }),
    JobResumed: moved({ stage: 'queued', wakeAt: null }),
    JobTaskSettled: change<JobRow, { readonly answer: Settlement }>((row, { data, at }) => ({
      ...row,
      lost: null,
      stage: data.answer === 'done' ? 'queued' : row.stage,
      updated: at,
    })),
    JobRetryScheduled: moved(taskless),
    JobFailed: moved({ stage: 'error' }),
    JobReset: moved((data) => ({ ...idle, stage: 'machine' in data ? 'queued' : 'waiting' })),
    JobRolledBack: moved({ ...idle, stage: 'queued' }),
    JobDispatchCleared: moved(idle),
    JobAborted: moved({ ...idle, stage: 'aborted' }),
    JobSignalAwaited: signalled(({ pxe }) => ({ signal: { pxe: pxe ?? null, complete: false } })),
    JobSignalReceived: signalled((_, { signal }) => ({ signal: { ...signal, complete: true } })),
    JobAlerted: signalled(({ message = '' }) => ({ message })),
    JobMessagePosted: signalled(({ message = '' }) => ({ message })),
    JobWindowIgnored: signalled(() => ({ ignoresWindow: true })),
    JobHeld: change((row: JobRow, { data, at }: Recorded<PlacedHold>) => ({
      ...row,
      ...afterHeld(row, data),
      updated: at,
    })),
    JobHoldReleased: holdEnded(without),
    JobHoldOverridden: holdEnded(without),
    JobHoldTimedOut: holdEnded(afterTimeOut),
    JobEnded: rule<JobRow, unknown>(() => undefined),
    JobCanceled: rule<JobRow, unknown>(() => undefined),
  },
};
