import { NamedCommand } from '#event-store';
import type { JsonMap } from '#kernel';
import type { Outcome, TaskPlace } from '#wire';
import type { Job } from './job-messages.ts';
import type { SaidOfTask } from './settle-task.ts';

/** Looks at a job and decides whatever can be decided now; results in how it stands. */
export class ReconcileJob extends NamedCommand<Job | undefined> {
  constructor(readonly job: number) {
    super();
  }
}

/** Takes what an agent says about a task; results in how the job stands. */
export class ReportTask extends NamedCommand<Job | undefined> {
  constructor(
    readonly job: number,
    readonly cookie: string,
    readonly outcome: Outcome,
    /** The user by which an agent that polls says it; nobody: it came over the wire, which knows who holds a task. */
    readonly user?: string,
  ) {
    super();
  }
}

/** Has a job in error undo the call at which its script stands, and make it again. */
export class RollBackJob extends NamedCommand {
  constructor(readonly job: number) {
    super();
  }
}

/** Says what became of a task of which nobody knew it. */
export class SettleTask extends NamedCommand {
  constructor(
    readonly job: number,
    readonly said: SaidOfTask,
  ) {
    super();
  }
}

/**
 * Changes nothing; results in the secrets of the task of a job, in the order of their places, where this dispatch of it is
 * the pending one.
 */
export class ReadTaskSecrets extends NamedCommand<readonly string[] | undefined> {
  constructor(readonly dispatch: TaskPlace & { readonly job: number; readonly cookie: string }) {
    super();
  }
}

/** Changes nothing; results in what the script of a job can read, by name. */
export class ReadRunnerVariables extends NamedCommand<JsonMap> {
  constructor(readonly job: number) {
    super();
  }
}
