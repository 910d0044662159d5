import type { Recorded } from '#event-store';
import type { Created, TaskOrder } from '../job-messages.ts';
import type { JobRow } from '../jobs.ts';
import type { Limit } from './limit.ts';

/** A job under way, as far as limits are concerned. */
export interface CountedJob {
  readonly site: string;
  readonly target: Created['target'];
  /** It has begun, and may go on at any time. */
  begun: boolean;
  /** The module of its task. */
  module: string | undefined;
  /** Its task is at an agent, or on its way there. */
  atAgent: boolean;
}

/** What an event of a job changes in what limits count. */
export type CountChange = 'task-dispatched' | 'task-over' | 'job-over';

/** Which jobs have begun, and whose tasks are at agents, by the log. It holds an entry for each job under way. */
export class CountedJobs {
  readonly #jobs = new Map<number, CountedJob>();

  get size(): number {
    return this.#jobs.size;
  }

  has(id: number): boolean {
    return this.#jobs.has(id);
  }

  /** A job that was under way when the process began. */
  startWith(id: number, { site, target, stage, machine, order, dispatch }: JobRow): void {
    this.#jobs.set(id, {
      site,
      target,
      // What failed before it had begun has no machine.
      begun: stage === 'queued' || stage === 'paused' || (stage === 'error' && machine !== null),
      module: order?.module,
      atAgent: dispatch !== null,
    });
  }

  /**
   * Something has happened to a job.
   * @param changed told of each change, with the job as it is then
   */
  heard(id: number, { type, data }: Recorded, changed: (what: CountChange, job: CountedJob) => void): void {
    if (type === 'JobCreated') {
      const { site, target } = data as Created;
      if (!this.#jobs.has(id)) this.#jobs.set(id, { site, target, begun: false, module: undefined, atAgent: false });
      return;
    }
    const job = this.#jobs.get(id);
    if (!job) return;
    if (type === 'JobStarted') job.begun = true;
    else if (type === 'JobStepRequested') job.module = (data as { readonly order: TaskOrder }).order.module;
    else if (type === 'JobTaskDispatched') {
      job.atAgent = true;
      changed('task-dispatched', job);
    } else if (ENDS_TASK.has(type)) {
      job.atAgent = false;
      changed('task-over', job);
    }
    if (ENDS_JOB.has(type)) {
      job.begun = false;
      changed('job-over', job);
    }
    if (type === 'JobEnded' || type === 'JobCanceled') this.#jobs.delete(id);
  }

  /** Whether a limit counts a job that belongs to what it is a limit of. */
  isCounted(id: number, { module }: Pick<Limit, 'module'>): boolean {
    const job = this.#jobs.get(id);
    if (!job) return false;
    return module === null ? job.begun : job.atAgent && job.module === module;
  }

  /** The jobs that a limit counts if they belong to what it is a limit of, by their ids. */
  countedBy(of: Pick<Limit, 'module'>): readonly (readonly [number, CountedJob])[] {
    return [...this.#jobs].filter(([id]) => this.isCounted(id, of));
  }
}

/** Types of events after which the task of a job is at no agent. */
export const ENDS_TASK: ReadonlySet<string> = new Set([
  'JobStepCompleted',
  'JobStepFailed',
  'JobTaskLapsed',
  'JobTaskObserved',
  'JobRetryScheduled',
  'JobReset',
  'JobRolledBack',
  'JobDispatchCleared',
  'JobAborted',
  'JobEnded',
  'JobCanceled',
]);

/** Types of events after which a job does not go on. */
export const ENDS_JOB: ReadonlySet<string> = new Set(['JobAborted', 'JobEnded', 'JobCanceled']);
