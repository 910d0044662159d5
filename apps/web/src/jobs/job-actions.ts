/** Something that can be done with a job. */
export interface JobAction {
  /** As the API calls it. */
  readonly name: string;
  readonly label: string;
  /** What is told when it is done: `Job Paused`. */
  readonly done: string;
  /** What is told when it is refused. */
  readonly failed: string;
  /** The states in which the server does it. */
  readonly states: readonly string[];
  /** Whether it is an action of jobs of any kind alone. */
  readonly ofAny?: true;
  /** What is lost by it: somebody has to say why, and to mean it. */
  readonly asks?: string;
  /** Whether it is offered for many jobs at once. */
  readonly bulk?: true;
}

const UNDER_WAY = ['waiting', 'queued', 'paused', 'error', 'aborted'];

/** What can be done with jobs, in the order of its buttons. */
export const jobActions: readonly JobAction[] = [
  { name: 'pause', label: 'Pause', done: 'Job Paused', failed: 'Error Pausing job', states: ['queued'], bulk: true },
  {
    name: 'resume',
    label: 'Resume',
    done: 'Job Resumed',
    failed: 'Error Resuming job',
    states: ['paused'],
    bulk: true,
  },
  { name: 'reset', label: 'Reset', done: 'Job Reset', failed: 'Error Resetting job', states: ['error'], bulk: true },
  {
    name: 'rollback',
    label: 'Rollback',
    done: 'Job Rollback',
    failed: 'Error Rolling Back job',
    states: ['error'],
    asks: 'The call at which the script stands is undone, and made again.',
  },
  {
    name: 'cancel',
    label: 'Cancel',
    done: 'Job Cancelled',
    failed: 'Error Cancelling job',
    states: UNDER_WAY,
    asks: 'The job ends wherever it stands. Its target stays as it is, half done perhaps, and is free for another job. An agent that is at work on its task is told to stop where it can.',
    bulk: true,
  },
  {
    name: 'done',
    label: 'Force',
    done: 'Job Taken For Done',
    failed: 'Error Forcing job',
    states: ['queued'],
    ofAny: true,
    asks: 'The job is taken for done, whatever its script has still to do; its target is built, or planned, from then on.',
  },
  {
    name: 'clearDispatched',
    label: 'Clear dispatched',
    done: 'Dispatch Cleared',
    failed: 'Error Clearing dispatched task',
    states: ['queued'],
    ofAny: true,
    asks: 'The task is sent again, to whichever agent takes it. One that is at work on it may do it a second time.',
  },
  {
    name: 'ignoreWindow',
    label: 'Ignore window',
    done: 'Window Ignored',
    failed: 'Error Ignoring window',
    states: ['waiting'],
    asks: 'The job begins at once, whatever the maintenance windows of its site say. The job log keeps who did so.',
  },
];

/** The reasons for which a job waits that an action takes away; others need not offer it. */
export const isUseful = ({ name }: JobAction, conditions: readonly { readonly name: string }[]): boolean =>
  name !== 'ignoreWindow' || conditions.some((one) => one.name === 'window');
