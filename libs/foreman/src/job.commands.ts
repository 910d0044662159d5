import { Inject } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import type { CommandContext } from '#event-store';
import { NamedCommand, UnitOfWorkHandler } from '#event-store';
import type { UnitOfWork } from '#kernel';
import { refuseAs } from '#kernel';
import type { Key } from '#read-store';
import { clearDispatched } from '#tscript';
import { cancelJob } from './cancel-job.ts';
import type { Job } from './job-messages.ts';
import { job } from './job.ts';
import { JobTargetRegistry, targetOf } from './job-target.ts';
import { endJob } from './run-until-blocked.ts';

/** Makes a job of a script for a target; results in the id of the job, or null where there is nothing to run. */
export class CreateJob extends NamedCommand<number | null> {
  constructor(
    /** Kind of the target: `Foundation`. */
    readonly kind: string,
    readonly target: string,
    /** `create`, `destroy` or the name of a utility script. */
    readonly script: string,
  ) {
    super();
  }
}

/** Makes a job of a utility script; `create` and `destroy` are none. */
export class CreateUtilityJob extends CreateJob {}

/** Something that is wanted of one job. */
abstract class JobAction extends NamedCommand {
  readonly job: number;

  constructor(key: Key) {
    super();
    this.job = Number(key);
  }
}

export class PauseJob extends JobAction {}
export class ResumeJob extends JobAction {}
/** Lets a job in error try again. */
export class ResetJob extends JobAction {}
/** Has the task of a queued job sent again. */
export class ClearDispatched extends JobAction {}
/** Ends a job wherever it stands, without its effect; its target is free again. */
export class CancelJob extends JobAction {}
/** Takes a queued job for done, wherever its script stands: its target is then as if the script had come to its end. */
export class FinishJob extends JobAction {}
/** Has a waiting job begin whatever the maintenance windows of its site say. */
export class IgnoreWindow extends JobAction {}
/** Puts a job into error. */
export class FailJob extends JobAction {
  constructor(
    job: number,
    readonly message: string,
  ) {
    super(job);
  }
}

/** Says in a job that its step takes much longer than it usually does. */
export class NoteSlowStep extends JobAction {
  constructor(
    job: number,
    readonly cookie: string,
    readonly message: string,
  ) {
    super(job);
  }
}

@CommandHandler(PauseJob)
class PauseJobHandler extends UnitOfWorkHandler<PauseJob> {
  async decide(work: UnitOfWork, { job: id }: PauseJob) {
    await work.decide(job, id, { type: 'PauseJob', data: {} });
  }
}

@CommandHandler(ResumeJob)
class ResumeJobHandler extends UnitOfWorkHandler<ResumeJob> {
  async decide(work: UnitOfWork, { job: id }: ResumeJob) {
    await work.decide(job, id, { type: 'ResumeJob', data: {} });
  }
}

/** The machine of a job that has begun, set free to send its task again. */
const freed = (state: Job | undefined) => (state?.machine ? { machine: clearDispatched(state.machine) } : {});

@CommandHandler(ResetJob)
class ResetJobHandler extends UnitOfWorkHandler<ResetJob> {
  async decide(work: UnitOfWork, { job: id }: ResetJob, { now }: CommandContext) {
    const state = await work.load(job, id);
    const granted = await work.decide(job, id, { type: 'ResetJob', data: freed(state) });
    // Those who have not released it in time are asked once more.
    if (granted && state && state.holds.length > 0) {
      await work.decide(job, id, { type: 'RenewHolds', data: { now: Date.parse(now) } });
    }
  }
}

@CommandHandler(ClearDispatched)
class ClearDispatchedHandler extends UnitOfWorkHandler<ClearDispatched> {
  async decide(work: UnitOfWork, { job: id }: ClearDispatched) {
    await work.decide(job, id, { type: 'ClearDispatched', data: freed(await work.load(job, id)) });
  }
}

@CommandHandler(CancelJob)
class CancelJobHandler extends UnitOfWorkHandler<CancelJob> {
  constructor(@Inject(JobTargetRegistry) private readonly targets: JobTargetRegistry) {
    super();
  }

  async decide(work: UnitOfWork, { job: id }: CancelJob, { metadata: { actor: by } }: CommandContext) {
    await cancelJob(work, this.targets.all, { id, by });
  }
}

@CommandHandler(FinishJob)
class FinishJobHandler extends UnitOfWorkHandler<FinishJob> {
  constructor(@Inject(JobTargetRegistry) private readonly targets: JobTargetRegistry) {
    super();
  }

  async decide(work: UnitOfWork, { job: id }: FinishJob) {
    const state = await work.load(job, id);
    if (state?.stage !== 'queued' || !state.machine) {
      throw refuseAs('ForemanException', 'NOT_QUEUED', 'Can only "done" a job if it is queued');
    }
    const target = targetOf(this.targets.all, state.target);
    await endJob(work, id, state, { machine: state.machine, target });
  }
}

@CommandHandler(IgnoreWindow)
class IgnoreWindowHandler extends UnitOfWorkHandler<IgnoreWindow> {
  async decide(work: UnitOfWork, { job: id }: IgnoreWindow, { metadata: { actor: by } }: CommandContext) {
    await work.decide(job, id, { type: 'IgnoreWindow', data: { by } });
  }
}

@CommandHandler(FailJob)
class FailJobHandler extends UnitOfWorkHandler<FailJob> {
  /** A job that is over, or in error already, stays as it is. */
  async decide(work: UnitOfWork, { job: id, message }: FailJob) {
    await work.attempt(job, id, { type: 'FailJob', data: { message } });
  }
}

@CommandHandler(NoteSlowStep)
class NoteSlowStepHandler extends UnitOfWorkHandler<NoteSlowStep> {
  /** A step that has ended meanwhile is not slow. */
  async decide(work: UnitOfWork, { job: id, cookie, message }: NoteSlowStep) {
    await work.attempt(job, id, { type: 'NoteSlowStep', data: { cookie, message } });
  }
}

export const jobHandlers = [
  PauseJobHandler,
  ResumeJobHandler,
  ResetJobHandler,
  ClearDispatchedHandler,
  CancelJobHandler,
  FinishJobHandler,
  IgnoreWindowHandler,
  FailJobHandler,
  NoteSlowStepHandler,
];
