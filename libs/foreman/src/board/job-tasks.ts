import type { Recorded } from '#event-store';
import type { JsonMap } from '#kernel';
import { maskSecrets } from '#kernel';
import type { Machine } from '#tscript';
import { line } from '#tscript';
import type { Dispatch, Settlement, TaskOrder, ToldOfTask } from '../job-messages.ts';

/** How a task stands: nobody has it, an agent does, or it is over. */
export type TaskState = 'waiting' | 'dispatched' | 'done' | 'failed' | 'lost' | 'dropped';

/** One dispatch of a task. */
export interface TaskAttempt {
  readonly transport: Dispatch['transport'];
  /** Who had it, where that is known. */
  readonly agent: string | null;
  /** Whether the agent is only asked what became of the task. */
  readonly asked: boolean;
  readonly dispatched: string;
  readonly deadline: string;
  readonly ended: string | null;
  /** `running`, `done`, `failed`, `lapsed` (its agent fell silent), `not-done`, `unknown`, `withdrawn`. */
  readonly outcome: string;
  readonly message: string;
}

/** A task of a job with what was done with it, made from the events of the job. */
export interface JobTask {
  readonly task: string;
  readonly module: string;
  readonly function: string;
  /** Secrets are masked. */
  readonly parameters: JsonMap;
  /** Line of the script that wanted it. */
  readonly line: number | null;
  readonly state: TaskState;
  /** When it was first wanted, ISO 8601. */
  readonly requested: string;
  readonly ended: string | null;
  readonly message: string;
  readonly attempts: readonly TaskAttempt[];
}

interface Said {
  readonly task?: string;
  readonly message?: string;
  readonly reason?: string;
  readonly order?: TaskOrder;
  readonly machine?: Machine;
  readonly lost?: { readonly task: string };
  readonly answer?: Settlement;
  readonly state?: ToldOfTask['state'];
}

/** Events after which no dispatch of the job counts any more. */
const DROPS: ReadonlySet<string> = new Set([
  'JobReset',
  'JobRolledBack',
  'JobDispatchCleared',
  'JobAborted',
  'JobCanceled',
  'JobEnded',
]);

/** The tasks of a job in the order in which they were first wanted. A task that is ordered once more keeps its place. */
export function tasksOf(events: readonly Recorded[]): readonly JobTask[] {
  const tasks = new Map<string, JobTask>();
  /** The task of which an agent is to tell what became of it. */
  let observed: string | undefined;
  for (const event of events) {
    const said = event.data as Said;
    const id = said.order?.task ?? said.task ?? said.lost?.task;
    const known = id === undefined ? undefined : tasks.get(id);
    if (event.type === 'JobObservationRequested') observed = id;
    if (DROPS.has(event.type)) for (const [key, one] of tasks) tasks.set(key, dropped(one, event.at));
    else if (said.order) tasks.set(said.order.task, wanted(known, said.order, event));
    else if (id !== undefined && known) tasks.set(id, after(known, event, observed === id));
    if (event.type !== 'JobObservationRequested' && event.type !== 'JobTaskLapsed') observed = undefined;
  }
  return [...tasks.values()];
}

const wanted = (
  before: JobTask | undefined,
  { task, module, function: name, parameters }: TaskOrder,
  { data, at }: Recorded,
): JobTask => {
  const { machine, message = '' } = data as Said;
  const place = machine ? line(machine) : null;
  return {
    task,
    module,
    function: name,
    parameters: maskSecrets(parameters) as JsonMap,
    line: place ?? before?.line ?? null,
    state: 'waiting',
    requested: before?.requested ?? at,
    ended: null,
    message,
    attempts: before?.attempts ?? [],
  };
};

/** A task after an event that speaks of it. */
function after(task: JobTask, { type, data, at }: Recorded, asked: boolean): JobTask {
  const { message = '', reason = '', state: told = 'unknown', answer, lost } = data as Said;
  const ended = (outcome: string, why: string) => endAttempt(task.attempts, { outcome, message: why, ended: at });
  switch (type) {
    case 'JobTaskDispatched':
      return {
        ...task,
        state: 'dispatched',
        attempts: [...task.attempts, begun(data as Dispatch, at, asked)],
      };
    case 'JobStepCompleted':
      return { ...task, state: 'done', ended: at, message, attempts: ended('done', message) };
    case 'JobStepFailed':
      return { ...task, state: 'failed', ended: at, message, attempts: ended('failed', message) };
    case 'JobRetryScheduled':
      return { ...task, state: 'waiting', message, attempts: ended('failed', message) };
    case 'JobTaskLapsed':
      return { ...task, state: 'waiting', message: reason, attempts: ended('lapsed', reason) };
    case 'JobTaskObserved':
      return { ...task, state: 'waiting', message, attempts: ended(told, message) };
    case 'JobTaskSettled':
      return { ...task, state: answer === 'done' ? 'done' : 'failed', ended: at, message };
    default:
      return lost ? { ...task, state: 'lost', message } : { ...task, message: message || task.message };
  }
}

const begun = ({ transport, holder, deadline }: Dispatch, at: string, asked: boolean): TaskAttempt => ({
  transport,
  agent: holder ? `${holder.user} at ${holder.source}` : null,
  asked,
  dispatched: at,
  deadline,
  ended: null,
  outcome: 'running',
  message: '',
});

/** The attempts of a task after the last one has ended, where it had not. */
function endAttempt(
  attempts: readonly TaskAttempt[],
  end: Pick<TaskAttempt, 'outcome' | 'message' | 'ended'>,
): readonly TaskAttempt[] {
  const last = attempts.at(-1);
  return last?.ended === null ? [...attempts.slice(0, -1), { ...last, ...end }] : attempts;
}

/** A task that was not over, and does not count any more. */
const dropped = (task: JobTask, at: string): JobTask =>
  ['done', 'failed', 'dropped'].includes(task.state)
    ? task
    : {
        ...task,
        state: 'dropped',
        ended: at,
        attempts: endAttempt(task.attempts, { outcome: 'withdrawn', message: '', ended: at }),
      };
