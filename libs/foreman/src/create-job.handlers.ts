import { Inject } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import type { CommandContext } from '#event-store';
import { UnitOfWorkHandler } from '#event-store';
import type { UnitOfWork } from '#kernel';
import { refuse } from '#kernel';
import { Ids } from '#read-store';
import { createJob } from './create-job.ts';
import { destroyedWith } from './destroyed-with.ts';
import { Foreman } from './foreman.ts';
import { CreateJob, CreateUtilityJob } from './job.commands.ts';
import type { TargetId } from './job-target.ts';
import { JobTargetRegistry, targetOf } from './job-target.ts';

class Creation<C extends CreateJob> extends UnitOfWorkHandler<C> {
  constructor(
    @Inject(Ids) private readonly ids: Ids,
    @Inject(JobTargetRegistry) private readonly targets: JobTargetRegistry,
    @Inject(Foreman) private readonly foreman: Foreman,
  ) {
    super();
  }

  async decide(work: UnitOfWork, { kind, target, script }: C, context: CommandContext) {
    const job = await this.#create(work, { kind, id: target }, script, context);
    if (script === 'destroy') await this.#destroyWith(work, { kind, id: target }, context);
    if (job !== null) await this.foreman.beginNew(work, job);
    return job as never;
  }

  async #create(work: UnitOfWork, { kind, id: target }: TargetId, script: string, { metadata, now }: CommandContext) {
    const id = await this.ids.next('job');
    const wanted = { target, script, creator: metadata.actor, id, now };
    return createJob(work, targetOf(this.targets.all, { kind }), wanted);
  }

  /** Makes the jobs that destroy what is destroyed with a target, and what with that. */
  async #destroyWith(work: UnitOfWork, target: TargetId, context: CommandContext): Promise<void> {
    for (const other of await destroyedWith(work, this.targets.all, target)) {
      await this.#create(work, other, 'destroy', context);
    }
  }
}

@CommandHandler(CreateJob)
class CreateJobHandler extends Creation<CreateJob> {}

@CommandHandler(CreateUtilityJob)
class CreateUtilityJobHandler extends Creation<CreateUtilityJob> {
  override async decide(work: UnitOfWork, command: CreateUtilityJob, context: CommandContext) {
    const { script } = command;
    if (script === 'create' || script === 'destroy') throw refuse('', 'INVALID_JOB_NAME', 'Invalid Job Name');
    return super.decide(work, command, context);
  }
}

export const createJobHandlers = [CreateJobHandler, CreateUtilityJobHandler];
