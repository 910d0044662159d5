import type { JsonMap, Message } from '#kernel';
import type { Machine, RollbackAnswer } from '#tscript';

/** What a job works on. */
export interface Target {
  /** Which job target it is: `Foundation`. */
  readonly kind: string;
  readonly id: string;
}

/** What a script wants an agent to do. */
export interface TaskOrder {
  /** Task id: job and step; stable over every redispatch. */
  readonly task: string;
  readonly module: string;
  readonly function: string;
  readonly parameters: JsonMap;
}

/** An agent that polls. A new session of the same user from the same address is the same agent, started again. */
export interface Holder {
  readonly user: string;
  readonly source: string;
  readonly session: string;
}

/** A task in the hands of an agent. */
export interface Dispatch {
  /** Fresh per dispatch: the fence. */
  readonly cookie: string;
  /** Over the wire, or fetched by an agent that polls. */
  readonly transport: 'wire' | 'poll';
  /** Who polled: user, source address and session; none on the wire. */
  readonly holder?: Holder;
  /** End of the lease unless the agent shows itself, ISO 8601. */
  readonly deadline: string;
}

/** A dispatch that is over, with a digest of how it ended, to recognise what is reported twice. */
export interface FinishedDispatch {
  readonly cookie: string;
  readonly outcome: string;
}

/** A dispatch of a task that lapsed or was taken back: its agent may report after all, and what it says may be no news. */
export interface ReplacedDispatch {
  readonly task: string;
  readonly cookie: string;
  /** Whether its agent was to tell what became of the task, instead of doing it. */
  readonly asked: boolean;
  /** Digest of what others have said since, and what counts; none while nobody has. */
  readonly outcome?: string;
}

/** The signal that the script of a job waits for: that a machine which was booted is done with what it was booted for. */
export interface BootSignal {
  /** The PXE that the script has named; null before it has named any. */
  readonly pxe: string | null;
  readonly complete: boolean;
}

/** What an agent that was asked has told of a task whose agent was lost. */
export interface ToldOfTask extends FinishedDispatch {
  readonly state: 'done' | 'not-done' | 'failed' | 'unknown';
  readonly message: string;
}

/** A dispatch whose agent was lost. */
export interface LostDispatch {
  readonly cookie: string;
  /** Who polled for it; none on the wire. */
  readonly user?: string;
}

/** A task of which nobody knows what became of it, with the dispatch it was lost with: should its agent report, that settles it. */
export interface LostTask extends LostDispatch {
  readonly task: string;
}

/** What is said in the end of a task of which nobody knew what became of it. */
export type Settlement = 'done' | 'failed' | 'again';

/** The answer, with the dispatch it is kept as. */
export interface Settled extends FinishedDispatch {
  readonly answer: Settlement;
  readonly message: string;
}

/** Somebody is to be heard before a job begins. */
export interface Hold {
  /** Its own id, of all holds there are: those of the job and the rule, `12-3`. */
  readonly hold: string;
  /** Id of the rule that asks for it. */
  readonly rule: number;
  /** What the rule says of itself. */
  readonly description: string;
  /** The user or service that alone may release it; null: anybody with the permission. */
  readonly holder: string | null;
  /** How long it lasts, in seconds. */
  readonly seconds: number;
  /** When its time is up, ISO 8601. */
  readonly until: string;
  /** What becomes of the job then: it goes on, or is in error. */
  readonly whenOver: 'proceed' | 'fail';
}

/** A hold that is placed, with what whoever is to release it has to know of the job. */
export interface PlacedHold extends Hold {
  readonly job: number;
  readonly site: string;
  readonly target: Target;
  /** Blueprint of the target. */
  readonly blueprint: string;
  readonly script: string;
  /** What stands on the target, where the rule asks to be heard for that; not there where it does for the target itself. */
  readonly carried?: Target;
}

/** A hold that is over, with its rule and holder. */
export type EndedHold = Pick<PlacedHold, 'hold' | 'rule' | 'holder' | 'job'>;

/** A hold of a job: open, or overdue, where its time is up and the job is in error for it. */
export interface KeptHold extends PlacedHold {
  readonly overdue: boolean;
}

/** Where a job that has begun stands. */
export interface Under {
  readonly machine: Machine;
  readonly message: string;
  /** When to look at the script again at the latest, ISO 8601; none: when something happens. */
  readonly wakeAt?: string;
}

export interface Created {
  readonly site: string;
  readonly target: Target;
  readonly description: string;
  /** The slot: `create`, `destroy` or the name of a utility script. */
  readonly script: string;
  /** Hash of the program; the job goes on with it whatever becomes of the script. */
  readonly program: string;
  readonly creator: string;
  /** What its script needs from its target before it starts; none where it needs nothing. */
  readonly needs?: readonly string[];
  /** What is to be said of it from the beginning, in words: that there is nothing to run. */
  readonly note?: string;
}

/** `waiting`: may not start yet; `queued`: at work; `error` can be reset, `aborted` is final; `ended`: over. */
export type Stage = 'waiting' | 'queued' | 'paused' | 'error' | 'aborted' | 'ended';

export interface Job extends Created {
  readonly stage: Stage;
  readonly machine: Machine | undefined;
  readonly message: string;
  readonly wakeAt: string | undefined;
  /** Something has happened since the script blocked, so it may go on. */
  readonly ready: boolean;
  /** Number of tasks ordered so far. */
  readonly steps: number;
  readonly order: TaskOrder | undefined;
  readonly dispatch: Dispatch | undefined;
  /** The agent of the order was lost: the next dispatch asks what became of the task instead of doing it. */
  readonly observing: boolean;
  /** Cookie of the dispatch that was said to take unusually long. */
  readonly slow: string | undefined;
  /** The dispatch that lapsed last: its agent had the task, and was lost. */
  readonly lapsed: LostDispatch | undefined;
  /** The operator is to say what became of the task. */
  readonly lost: LostTask | undefined;
  /** How often the task has failed and was ordered once more by itself. */
  readonly retries: number;
  /** Id of the task that is to be ordered once more: it keeps its id, so that the platform can tell. */
  readonly retry: string | undefined;
  /** The last few dispatches that are over. */
  readonly spent: readonly FinishedDispatch[];
  /** The last few dispatches that lapsed or were taken back. */
  readonly replaced: readonly ReplacedDispatch[];
  readonly signal: BootSignal;
  /** It begins whatever the maintenance windows of its site say. */
  readonly ignoresWindow: boolean;
  /** What holds it back before it begins, until every hold is released, overridden or out of time. */
  readonly holds: readonly KeptHold[];
  /** It is over because it was cancelled. */
  readonly canceled: boolean;
}

/**
 * The machine stands in the last event of a step alone: where the script goes on in the same append, `JobStarted` and
 * `JobStepCompleted` have none. Where it does not go on, because the job is paused or in error, they have it, and so they
 * do in older logs.
 */
export type JobCommand =
  | Message<'CreateJob', Created>
  | Message<'StartJob', { readonly machine?: Machine }>
  | Message<'WaitJob', Under>
  | Message<'OrderTask', Under & { readonly order: TaskOrder }>
  | Message<'DispatchTask', Dispatch & { readonly task: string }>
  | Message<'CompleteTask', FinishedDispatch & { readonly machine?: Machine; readonly message: string }>
  | Message<'FailTask', FinishedDispatch & { readonly message: string }>
  | Message<'LapseTask', { readonly cookie: string; readonly reason: string }>
  | Message<'ObserveTask', { readonly message: string }>
  /** `direct`: digest of what the agent that had the task itself would say of the same outcome. */
  | Message<'TellOfTask', ToldOfTask & { readonly machine?: Machine; readonly direct?: string }>
  | Message<'LoseTask', { readonly message: string }>
  | Message<'SettleTask', Settled & { readonly machine?: Machine }>
  | Message<'RetryTask', Under & FinishedDispatch>
  | Message<'PauseJob', Partial<Under>>
  | Message<'ResumeJob', object>
  | Message<'FailJob', { readonly machine?: Machine; readonly message: string }>
  | Message<'ResetJob', { readonly machine?: Machine }>
  | Message<'RollBackJob', { readonly machine?: Machine; readonly answer: RollbackAnswer }>
  | Message<'ClearDispatched', { readonly machine?: Machine }>
  | Message<'AbortJob', { readonly machine: Machine; readonly message: string }>
  | Message<'EndJob', { readonly machine: Machine }>
  | Message<'NoteSlowStep', { readonly cookie: string; readonly message: string }>
  | Message<'AwaitSignal', { readonly pxe: string }>
  | Message<'SignalComplete', object>
  | Message<'SignalAlert', { readonly message: string }>
  | Message<'PostMessage', { readonly message: string }>
  | Message<'IgnoreWindow', { readonly by: string }>
  | Message<'HoldJob', { readonly holds: readonly PlacedHold[] }>
  | Message<'ReleaseHold', { readonly hold: string; readonly by: string; readonly reason: string }>
  | Message<'DropHold', { readonly hold: string; readonly reason: string }>
  | Message<'OverrideHold', { readonly hold: string; readonly by: string; readonly reason: string }>
  | Message<'TimeOutHolds', { readonly now: number }>
  | Message<'RenewHolds', { readonly now: number }>
  | Message<'CancelJob', { readonly by: string }>;

export type JobEvent =
  | Message<'JobCreated', Created>
  | Message<'JobStarted', { readonly machine?: Machine }>
  | Message<'JobWaited', Under>
  | Message<'JobStepRequested', Under & { readonly order: TaskOrder }>
  | Message<'JobTaskDispatched', Dispatch & { readonly task: string }>
  | Message<
      'JobStepCompleted',
      FinishedDispatch & { readonly task: string; readonly machine?: Machine; readonly message: string }
    >
  | Message<'JobStepFailed', FinishedDispatch & { readonly task: string; readonly message: string }>
  | Message<'JobTaskLapsed', { readonly task: string; readonly cookie: string; readonly reason: string }>
  | Message<'JobObservationRequested', { readonly task: string; readonly message: string }>
  | Message<'JobTaskObserved', ToldOfTask & { readonly task: string }>
  | Message<'JobTaskSettled', { readonly task: string; readonly answer: Settlement; readonly message: string }>
  | Message<'JobRetryScheduled', Under & FinishedDispatch & { readonly task: string; readonly retry: number }>
  | Message<'JobPaused', Partial<Under>>
  | Message<'JobResumed', object>
  | Message<'JobFailed', { readonly machine?: Machine; readonly message: string; readonly lost?: LostTask }>
  | Message<'JobReset', { readonly machine?: Machine }>
  | Message<'JobRolledBack', { readonly machine: Machine }>
  | Message<'JobDispatchCleared', { readonly machine?: Machine }>
  | Message<'JobAborted', { readonly machine: Machine; readonly message: string }>
  | Message<'JobEnded', { readonly machine: Machine }>
  | Message<'JobStepSlow', { readonly task: string; readonly cookie: string; readonly message: string }>
  | Message<'JobSignalAwaited', { readonly pxe: string }>
  | Message<'JobSignalReceived', { readonly pxe: string | null }>
  | Message<'JobAlerted', { readonly message: string }>
  | Message<'JobMessagePosted', { readonly message: string }>
  | Message<'JobWindowIgnored', { readonly by: string }>
  | Message<'JobHeld', PlacedHold>
  | Message<'JobHoldReleased', EndedHold & { readonly by: string; readonly reason: string }>
  | Message<'JobHoldOverridden', EndedHold & { readonly by: string; readonly reason: string }>
  | Message<'JobHoldTimedOut', EndedHold & { readonly outcome: 'proceed' | 'fail' }>
  | Message<'JobCanceled', { readonly by: string }>;
