import type { Decider } from '#kernel';
import { refuse, refuseAs } from '#kernel';
import { afterHeld, afterTimeOut, ended, placedAt, released, renewed, timedOut, without } from './holds/job-holds.ts';
import type { FinishedDispatch, Job, JobCommand, JobEvent, KeptHold, Stage, Under } from './job-messages.ts';

type State = Job | undefined;

/** Messages are cut at this many characters. */
const MESSAGE = 1024;
/** How many dispatches that are over are remembered. */
const REMEMBERED = 8;

const foreman = (code: string, text: string) => refuseAs('ForemanException', code, text);
const notFound = () => foreman('JOB_NOT_FOUND', 'Job Not Found');
const cut = <D extends { readonly message?: string }>(data: D): D =>
  data.message === undefined ? data : { ...data, message: data.message.slice(0, MESSAGE) };

/** A rule that asks for a job in one of these stages. */
const when =
  <D>(
    stages: readonly Stage[],
    refusal: () => ReturnType<typeof foreman>,
    event: (data: D, job: Job) => JobEvent | readonly JobEvent[] | ReturnType<typeof foreman>,
  ) =>
  (data: D, job: State) => {
    if (!job || job.stage === 'ended') return notFound();
    return stages.includes(job.stage) ? event(data, job) : refusal();
  };
/** A job that is not over. */
const UNDER_WAY: readonly Stage[] = ['waiting', 'queued', 'paused', 'error', 'aborted'];
const notQueued = () => foreman('NOT_QUEUED', 'the job is not queued');

const notLost = () => foreman('NOT_LOST', 'Nobody has to be told what became of a task of this job');
/** Nobody knows what became of the task of a job: it is in error until somebody says so. */
const lost = ({ lapsed = { cookie: '' } }: Job, task: string, message: string): JobEvent => ({
  type: 'JobFailed',
  data: { message: message.slice(0, MESSAGE), lost: { task, ...lapsed } },
});

/** Something is said about a hold of a job. */
const aboutHold = <D extends { readonly hold: string }>(
  say: (data: D, hold: KeptHold) => ReturnType<typeof foreman> | JobEvent,
) =>
  when<D>(UNDER_WAY, notQueued, (data, { holds }) => {
    const found = holds.find(({ hold }) => hold === data.hold);
    return found ? say(data, found) : foreman('HOLD_NOT_FOUND', `There is no hold ${data.hold}`);
  });

const put = <D>(change: (data: D, job: Job) => Partial<Job>) => {
  return (data: D, job: State): State => (job ? { ...job, ...change(data, job) } : job);
};
const under = ({ machine, message, wakeAt }: Under): Partial<Job> => ({ machine, message, wakeAt, ready: false });
/** The dispatch that is out, if any, counts no more. */
const replace = ({ replaced, order, dispatch, observing }: Job): Pick<Job, 'replaced'> => ({
  replaced:
    order && dispatch
      ? [...replaced, { task: order.task, cookie: dispatch.cookie, asked: observing }].slice(-REMEMBERED)
      : replaced,
});
/** What was said of a task is what agents that were to do it, or were asked about it, can only repeat. */
const said = (
  { replaced }: Job,
  { task, outcome }: { readonly task: string; readonly outcome: string },
  { asked }: { readonly asked: boolean },
): Pick<Job, 'replaced'> => ({
  replaced: replaced.map((one) => (one.task === task && one.asked === asked ? { ...one, outcome } : one)),
});
/** The task in the hands of an agent, if any, is ordered once more. */
const again = (job: Job): Partial<Job> => ({
  ...replace(job),
  retry: job.order?.task ?? job.retry,
  order: undefined,
  dispatch: undefined,
  observing: false,
  lost: undefined,
  retries: 0,
  wakeAt: undefined,
  ready: true,
});
const spend = ({ spent }: Job, { cookie, outcome }: FinishedDispatch): Pick<Job, 'spent'> => ({
  spent: spent.at(-1)?.cookie === cookie ? spent : [...spent, { cookie, outcome }].slice(-REMEMBERED),
});
const over = (job: Job, finished: FinishedDispatch & { readonly task: string }): Partial<Job> => ({
  ...spend(job, finished),
  ...said(job, finished, { asked: false }),
  order: undefined,
  dispatch: undefined,
  observing: false,
});

/** Id of the next task of a job: that of the one to be done again, else a new one. */
export const nextTask = (id: number, job: Job): string => job.retry ?? `${id}-${job.steps + 1}`;

export const job: Decider<State, JobCommand, JobEvent> = {
  category: 'job',
  snapshotVersion: 8,
  copies: true,
  creationCommands: ['CreateJob'],
  initial: () => undefined,
  decide: {
    CreateJob: (data, job) =>
      job ? refuse('id', 'TAKEN', 'Job with this Id already exists.') : { type: 'JobCreated', data },
    StartJob: when(['waiting'], notQueued, (data, { holds }) =>
      holds.length > 0 ? foreman('HELD', 'the job is held') : { type: 'JobStarted', data },
    ),
    WaitJob: when(['queued'], notQueued, (data) => ({ type: 'JobWaited', data: cut(data) })),
    OrderTask: when(['queued'], notQueued, (data) => ({ type: 'JobStepRequested', data: cut(data) })),
    DispatchTask: (data, job) =>
      job?.stage === 'queued' &&
      job.order?.task === data.task &&
      !job.dispatch &&
      !(job.observing && data.transport === 'poll')
        ? { type: 'JobTaskDispatched', data }
        : notQueued(),
    CompleteTask: (data, job) =>
      job?.order && job.dispatch?.cookie === data.cookie
        ? { type: 'JobStepCompleted', data: cut({ ...data, task: job.order.task }) }
        : foreman('BAD_COOKIE', 'Bad Cookie'),
    FailTask: (data, job) =>
      job?.order && job.dispatch?.cookie === data.cookie
        ? { type: 'JobStepFailed', data: cut({ ...data, task: job.order.task }) }
        : foreman('BAD_COOKIE', 'Bad Cookie'),
    LapseTask: ({ cookie, reason }, job) =>
      job?.order && job.dispatch?.cookie === cookie
        ? { type: 'JobTaskLapsed', data: { task: job.order.task, cookie, reason } }
        : [],
    ObserveTask: when(['queued', 'paused', 'error'], notQueued, (data, { order, dispatch, observing }) =>
      order && !dispatch && !observing
        ? { type: 'JobObservationRequested', data: { task: order.task, ...cut(data) } }
        : [],
    ),
    TellOfTask: ({ machine, direct, ...told }, job) => {
      if (!job?.order || !job.observing || job.dispatch?.cookie !== told.cookie)
        return foreman('BAD_COOKIE', 'Bad Cookie');
      const { task } = job.order;
      const { cookie, message } = cut(told);
      const outcome = direct ?? told.outcome;
      const events: JobEvent[] = [{ type: 'JobTaskObserved', data: { ...cut(told), task } }];
      if (told.state === 'done') {
        const data = { task, cookie, outcome, ...(machine ? { machine } : {}), message };
        events.push({ type: 'JobStepCompleted', data });
      }
      if (told.state === 'failed') events.push({ type: 'JobStepFailed', data: { task, cookie, outcome, message } });
      if (told.state === 'unknown') events.push(lost(job, task, message));
      return events;
    },
    LoseTask: when(['queued'], notQueued, ({ message }, job) =>
      job.order && !job.dispatch ? lost(job, job.order.task, message) : [],
    ),
    SettleTask: when(['error'], notLost, ({ machine, answer, ...said }, job) => {
      if (!job.lost) return notLost();
      const { task } = job.lost;
      const { cookie, outcome, message } = cut(said);
      const settled: JobEvent = { type: 'JobTaskSettled', data: { task, answer, message } };
      if (answer === 'done') {
        return [settled, { type: 'JobStepCompleted', data: { task, cookie, outcome, message } }];
      }
      if (answer === 'failed') return [settled, { type: 'JobStepFailed', data: { task, cookie, outcome, message } }];
      return [settled, { type: 'JobReset', data: machine ? { machine } : {} }];
    }),
    RetryTask: when(['queued'], notQueued, (data, job) =>
      job.order && job.dispatch?.cookie === data.cookie
        ? { type: 'JobRetryScheduled', data: { ...cut(data), task: job.order.task, retry: job.retries + 1 } }
        : foreman('BAD_COOKIE', 'Bad Cookie'),
    ),
    PauseJob: when(
      ['queued'],
      () => foreman('NOT_PAUSEABLE', 'Can only pause a job if it is queued'),
      (data) => ({ type: 'JobPaused', data: cut(data) }),
    ),
    ResumeJob: when(
      ['paused'],
      () => foreman('NOT_PAUSED', 'Can only resume a job if it is paused'),
      () => ({ type: 'JobResumed', data: {} }),
    ),
    FailJob: when(['waiting', 'queued', 'paused'], notQueued, (data) => ({ type: 'JobFailed', data: cut(data) })),
    ResetJob: when(
      ['error'],
      () => foreman('NOT_ERRORED', 'Can only reset a job if it is in error'),
      (data) => ({ type: 'JobReset', data }),
    ),
    RollBackJob: when(
      ['error'],
      () => foreman('NOT_ERRORED', 'Can only rollback a job if it is in error'),
      ({ machine, answer }) =>
        machine && answer === 'Done'
          ? { type: 'JobRolledBack', data: { machine } }
          : foreman('ROLLBACK_REFUSED', `Unable to rollback "${answer}"`),
    ),
    ClearDispatched: when(
      ['queued'],
      () => foreman('NOT_ERRORED', 'Can only clear the dispatched flag a job if it is in queued state'),
      (data) => ({ type: 'JobDispatchCleared', data }),
    ),
    AbortJob: when(['queued'], notQueued, (data) => ({ type: 'JobAborted', data: cut(data) })),
    EndJob: when(['queued'], notQueued, (data) => ({ type: 'JobEnded', data })),
    NoteSlowStep: ({ cookie, message }, job) =>
      job?.order && job.dispatch?.cookie === cookie && job.slow !== cookie
        ? { type: 'JobStepSlow', data: cut({ task: job.order.task, cookie, message }) }
        : [],
    AwaitSignal: when(['queued'], notQueued, (data) => ({ type: 'JobSignalAwaited', data })),
    SignalComplete: when(UNDER_WAY, notQueued, (_, { signal: { pxe, complete } }) =>
      complete ? [] : { type: 'JobSignalReceived', data: { pxe } },
    ),
    SignalAlert: when(UNDER_WAY, notQueued, (data, { stage, message }) => {
      const said = cut(data);
      const fails = stage === 'queued' || stage === 'paused';
      if (!fails && said.message === message) return [];
      return [{ type: 'JobAlerted', data: said }, ...(fails ? [{ type: 'JobFailed' as const, data: said }] : [])];
    }),
    PostMessage: when(UNDER_WAY, notQueued, (data, { message }) => {
      const said = cut(data);
      return said.message === message ? [] : { type: 'JobMessagePosted', data: said };
    }),
    IgnoreWindow: when(
      ['waiting'],
      () => foreman('NOT_WAITING', 'Only a job that waits to begin can ignore the window of its site'),
      (data, { ignoresWindow }) => (ignoresWindow ? [] : { type: 'JobWindowIgnored', data }),
    ),
    HoldJob: when(['waiting'], notQueued, ({ holds }) => holds.map((data) => ({ type: 'JobHeld' as const, data }))),
    ReleaseHold: aboutHold(({ by, reason }, hold) =>
      hold.holder !== null && hold.holder !== by
        ? foreman('NOT_HOLDER', `Hold ${hold.hold} is released by ${hold.holder}; others override it`)
        : released(hold, by, reason),
    ),
    DropHold: aboutHold(({ reason }, hold) => released(hold, 'system', reason)),
    OverrideHold: aboutHold(({ by, reason }, hold) => ({
      type: 'JobHoldOverridden',
      data: { ...ended(hold), by, reason },
    })),
    TimeOutHolds: when(['waiting'], notQueued, ({ now }, { holds }) => timedOut(holds, now)),
    RenewHolds: when(UNDER_WAY, notQueued, ({ now }, { holds }) => renewed(holds, now)),
    CancelJob: when(UNDER_WAY, notQueued, (data, { holds }) => [
      ...holds.map((hold) => released(hold, data.by, 'its job was cancelled')),
      { type: 'JobCanceled', data },
    ]),
  },
  evolve: {
    JobCreated: (data) => ({
      ...data,
      stage: 'waiting',
      machine: undefined,
      message: data.note ?? '',
      wakeAt: undefined,
      ready: false,
      steps: 0,
      order: undefined,
      dispatch: undefined,
      observing: false,
      slow: undefined,
      lapsed: undefined,
      lost: undefined,
      retries: 0,
      retry: undefined,
      spent: [],
      replaced: [],
      signal: { pxe: null, complete: false },
      ignoresWindow: false,
      holds: [],
      canceled: false,
    }),
    JobStarted: put(({ machine }, job) => ({ stage: 'queued', machine: machine ?? job.machine, ready: true })),
    JobWaited: put(under),
    JobStepRequested: put((data, job) => ({
      ...under(data),
      order: data.order,
      steps: job.steps + (job.retry === data.order.task ? 0 : 1),
      observing: false,
      retry: undefined,
    })),
    JobTaskDispatched: put(({ task: _, ...dispatch }) => ({ dispatch })),
    JobStepCompleted: put((data, job) => ({
      ...over(job, data),
      machine: data.machine ?? job.machine,
      wakeAt: undefined,
      ready: true,
      retries: 0,
      message: data.message,
    })),
    JobStepFailed: put((data, job) => ({
      retry: data.task,
      ...over(job, data),
      stage: 'error',
      message: data.message,
      wakeAt: undefined,
    })),
    // An agent that was asked had not the task itself.
    JobTaskLapsed: put(({ cookie }, job) => {
      const { observing, lapsed, dispatch } = job;
      return {
        ...replace(job),
        dispatch: undefined,
        lapsed: observing ? lapsed : { cookie, ...(dispatch?.holder ? { user: dispatch.holder.user } : {}) },
      };
    }),
    JobObservationRequested: put(({ message }) => ({ observing: true, message })),
    JobTaskObserved: put((data, job) => ({
      ...spend(job, data),
      ...said(job, data, { asked: true }),
      dispatch: undefined,
      observing: false,
      message: data.message,
    })),
    JobTaskSettled: put(({ answer }) => ({
      lost: undefined,
      ...(answer === 'done' ? { stage: 'queued' as const } : {}),
    })),
    // The task is ordered once more, as after a reset, but not before its time.
    JobRetryScheduled: put((data, job) => ({
      ...over(job, data),
      ...under(data),
      retry: data.task,
      retries: data.retry,
    })),
    JobPaused: put(({ machine, message }, job) => ({
      stage: 'paused',
      machine: machine ?? job.machine,
      message: message ?? job.message,
    })),
    // While its task is out, the script is stopped when its time is over, as before.
    JobResumed: put((_, { order, wakeAt }) => ({ stage: 'queued', wakeAt: order && wakeAt, ready: true })),
    JobFailed: put(({ machine, message, lost: task }, job) => ({
      stage: 'error',
      machine: machine ?? job.machine,
      message,
      lost: task ?? job.lost,
    })),
    // A job that had not begun waits for its turn again.
    JobReset: put(({ machine }, job) => (machine ? { ...again(job), stage: 'queued', machine } : { stage: 'waiting' })),
    // What is sent next is another task than the one that failed.
    JobRolledBack: put(({ machine }, job) => ({ ...again(job), stage: 'queued', machine, retry: undefined })),
    JobDispatchCleared: put(({ machine }, job) => ({ ...again(job), machine: machine ?? job.machine })),
    JobAborted: put(({ machine, message }) => ({
      stage: 'aborted',
      machine,
      message,
      order: undefined,
      dispatch: undefined,
      observing: false,
    })),
    JobEnded: put(({ machine }) => ({
      stage: 'ended',
      machine,
      order: undefined,
      dispatch: undefined,
      observing: false,
    })),
    JobStepSlow: put(({ message, cookie }) => ({ message, slow: cookie })),
    JobSignalAwaited: put(({ pxe }) => ({ signal: { pxe, complete: false } })),
    // The script may go on; where it does not wait for the signal, it stops where it stood.
    JobSignalReceived: put((_, { machine, order, ready, signal }) => ({
      signal: { ...signal, complete: true },
      ready: ready || (machine !== undefined && order === undefined),
    })),
    JobAlerted: put(({ message }) => ({ message })),
    JobMessagePosted: put(({ message }) => ({ message })),
    JobWindowIgnored: put(() => ({ ignoresWindow: true })),
    JobHeld: put((data, job) => afterHeld(job, data)),
    JobHoldReleased: put((data, { holds }) => ({ holds: without(holds, data) })),
    JobHoldOverridden: put((data, { holds }) => ({ holds: without(holds, data) })),
    JobHoldTimedOut: put((data, { holds }) => ({ holds: afterTimeOut(holds, data) })),
    JobCanceled: put(() => ({
      canceled: true,
      stage: 'ended',
      order: undefined,
      dispatch: undefined,
      observing: false,
    })),
  },
  redate: {
    JobHeld: (hold, { appended }) => placedAt(hold, Date.parse(appended)),
  },
};
