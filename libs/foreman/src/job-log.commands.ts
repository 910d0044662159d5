import { CommandHandler } from '@nestjs/cqrs';
import type { UnitOfWork } from '#kernel';
import { NamedCommand, UnitOfWorkHandler } from '#event-store';
import { JOB_LOG_ALL, jobLogPruning } from './job-log-pruning.ts';

/** Takes jobs that have ended off the job log. */
export class PruneJobLog extends NamedCommand {
  constructor(readonly jobs: readonly number[]) {
    super();
  }
}

@CommandHandler(PruneJobLog)
class PruneJobLogHandler extends UnitOfWorkHandler<PruneJobLog> {
  async decide(work: UnitOfWork, { jobs }: PruneJobLog): Promise<void> {
    await work.decide(jobLogPruning, JOB_LOG_ALL, { type: 'PruneJobLog', data: { jobs } });
  }
}

export const jobLogHandlers = [PruneJobLogHandler];
