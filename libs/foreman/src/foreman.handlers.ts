import { Inject } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import { UnitOfWorkHandler } from '#event-store';
import type { UnitOfWork } from '#kernel';
import {
  ReadRunnerVariables,
  ReadTaskSecrets,
  ReconcileJob,
  ReportTask,
  RollBackJob,
  SettleTask,
} from './foreman.commands.ts';
import { secretsIn } from '#wire';
import { Foreman } from './foreman.ts';
import { job } from './job.ts';
import { reconcile } from './reconcile.ts';
import { takeReport } from './report.ts';
import { rollBackJob } from './roll-back-job.ts';
import { runnerVariables } from './runner-insight.ts';
import { settleTask } from './settle-task.ts';
import { agentsOf } from './task-secrets.ts';

@CommandHandler(ReconcileJob)
class ReconcileJobHandler extends UnitOfWorkHandler<ReconcileJob> {
  constructor(@Inject(Foreman) private readonly foreman: Foreman) {
    super();
  }

  async decide(work: UnitOfWork, { job: id }: ReconcileJob) {
    await reconcile(work, id, this.foreman.context());
    return work.load(job, id);
  }
}

@CommandHandler(ReportTask)
class ReportTaskHandler extends UnitOfWorkHandler<ReportTask> {
  constructor(@Inject(Foreman) private readonly foreman: Foreman) {
    super();
  }

  async decide(work: UnitOfWork, report: ReportTask) {
    await takeReport(work, report, this.foreman.context());
    return work.load(job, report.job);
  }
}

@CommandHandler(RollBackJob)
class RollBackJobHandler extends UnitOfWorkHandler<RollBackJob> {
  constructor(@Inject(Foreman) private readonly foreman: Foreman) {
    super();
  }

  async decide(work: UnitOfWork, { job: id }: RollBackJob) {
    await rollBackJob(work, id, this.foreman.context());
  }
}

@CommandHandler(SettleTask)
class SettleTaskHandler extends UnitOfWorkHandler<SettleTask> {
  constructor(@Inject(Foreman) private readonly foreman: Foreman) {
    super();
  }

  async decide(work: UnitOfWork, { job: id, said }: SettleTask) {
    await settleTask(work, id, said, this.foreman.context());
  }
}

@CommandHandler(ReadTaskSecrets)
class ReadTaskSecretsHandler extends UnitOfWorkHandler<ReadTaskSecrets> {
  constructor(@Inject(Foreman) private readonly foreman: Foreman) {
    super();
  }

  async decide(work: UnitOfWork, { dispatch: { job: id, cookie, site, module } }: ReadTaskSecrets) {
    const state = await work.load(job, id);
    const { order, dispatch } = state ?? {};
    if (!order || dispatch?.cookie !== cookie || state?.site !== site || order.module !== module) return undefined;
    const { parameters, secrets, erased } = await this.foreman
      .context()
      .resolveSecrets(order.parameters, agentsOf(site, module));
    return erased.length > 0 ? undefined : secretsIn(parameters, secrets);
  }
}

@CommandHandler(ReadRunnerVariables)
class ReadRunnerVariablesHandler extends UnitOfWorkHandler<ReadRunnerVariables> {
  constructor(@Inject(Foreman) private readonly foreman: Foreman) {
    super();
  }

  async decide(work: UnitOfWork, { job: id }: ReadRunnerVariables) {
    return runnerVariables(work, id, this.foreman.context());
  }
}

export const foremanHandlers = [
  ReadRunnerVariablesHandler,
  ReadTaskSecretsHandler,
  ReconcileJobHandler,
  ReportTaskHandler,
  RollBackJobHandler,
  SettleTaskHandler,
];
