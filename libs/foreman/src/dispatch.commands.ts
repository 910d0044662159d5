import { randomUUID } from 'node:crypto';
import { Inject } from '@nestjs/common';
import type { ICommandHandler } from '@nestjs/cqrs';
import { CommandHandler } from '@nestjs/cqrs';
import type { Clock, CommandResult } from '#event-store';
import { CLOCK, CommandContext, CommandGateway, NamedCommand, UnitOfWorkHandler } from '#event-store';
import type { Caller, JsonMap, UnitOfWork } from '#kernel';
import { Conflict, refuse } from '#kernel';
import type { ReadStore } from '#read-store';
import { READ_STORE } from '#read-store';
import type { Outcome } from '#wire';
import { ReportTask } from './foreman.commands.ts';
import type { ForemanOptions } from './foreman-options.ts';
import { FOREMAN_OPTIONS } from './foreman-options.ts';
import { Foreman } from './foreman.ts';
import type { Holder, TaskOrder } from './job-messages.ts';
import { job } from './job.ts';
import { jobs } from './jobs.ts';
import { agentOf } from './polling-agents.ts';
import { SiteCheck } from './site-check.ts';
import { SubcontractorPresence } from './subcontractor/subcontractor-presence.ts';

/** At most this many tasks are given out by one poll. */
const MAX_TASKS = 100;

/** What an agent that polls is handed; `paramaters` is how its protocol spells them. */
export interface PolledTask {
  readonly module: string;
  readonly function: string;
  readonly cookie: string;
  readonly paramaters: JsonMap;
  readonly job_id: number;
}

/** Hands open tasks of a site to an agent that polls; results in them. */
export class FetchTasks extends NamedCommand<readonly PolledTask[]> {
  constructor(
    readonly site: string,
    readonly modules: readonly string[],
    readonly max: number,
  ) {
    super();
  }
}

/** Gives the open task of a job to an agent that polls; results in the task, or nothing where somebody was faster. */
export class ClaimTask extends NamedCommand<TaskOrder | undefined> {
  constructor(
    readonly job: number,
    readonly modules: readonly string[],
    readonly cookie: string,
    readonly holder: Holder,
  ) {
    super();
  }
}

/** Takes what an agent that polls says about a task. */
export class ReportPolledTask extends NamedCommand<string> {
  constructor(
    readonly job: number,
    readonly cookie: string,
    readonly outcome: Outcome,
  ) {
    super();
  }
}

/** The agent that calls. @throws Refusal where nobody has logged in */
function holderOf(caller: Caller | undefined): Holder {
  if (!caller?.principal) throw refuse('', 'NOT_LOGGED_IN', 'Invalid Session');
  return { user: caller.principal.name, source: caller.source, session: caller.principal.session };
}

@CommandHandler(ClaimTask)
class ClaimTaskHandler extends UnitOfWorkHandler<ClaimTask> {
  constructor(
    @Inject(FOREMAN_OPTIONS) private readonly options: ForemanOptions,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    super();
  }

  async decide(work: UnitOfWork, { job: id, modules, cookie, holder }: ClaimTask) {
    const state = await work.load(job, id);
    if (!state?.order || !modules.includes(state.order.module)) return undefined;
    const deadline = new Date(this.clock.millis() + this.options.pollLease).toISOString();
    const data = { task: state.order.task, cookie, transport: 'poll', holder, deadline } as const;
    return (await work.attempt(job, id, { type: 'DispatchTask', data })) ? undefined : state.order;
  }
}

@CommandHandler(FetchTasks)
class FetchTasksHandler implements ICommandHandler<FetchTasks> {
  constructor(
    @Inject(Foreman) private readonly foreman: Foreman,
    @Inject(FOREMAN_OPTIONS) private readonly options: ForemanOptions,
    @Inject(READ_STORE) private readonly reads: ReadStore,
    @Inject(CommandGateway) private readonly commands: CommandGateway,
    @Inject(SiteCheck) private readonly sites: SiteCheck,
    @Inject(SubcontractorPresence) private readonly presence: SubcontractorPresence,
  ) {}

  /** @throws Forbidden; Refusal where there is no such site */
  async execute(command: FetchTasks): Promise<CommandResult<readonly PolledTask[]>> {
    const { site, modules, max } = command;
    const context = CommandContext.from(command);
    const holder = holderOf(context.caller);
    if (!(await this.sites.has(site, agentOf(holder)))) {
      throw refuse('site', 'NOT_FOUND', `there is no site ${JSON.stringify(site)}`);
    }
    await this.presence.polled(holder, site, modules);
    const tasks = await this.#handedBefore(holder, await this.foreman.polls.heard(holder, true));
    const most = Math.min(max, MAX_TASKS);
    let position: bigint | undefined;
    for (const module of new Set(modules)) {
      const where = { open: `${site}/${module}` };
      // Page by page, so that never more is read than can be handed out; what others have claimed meanwhile is skipped.
      for (let skip = 0; tasks.length < most;) {
        const count = most - tasks.length;
        const { keys } = await this.reads.now.keys(jobs, { where, skip, count });
        for (const key of keys) {
          const claimed = await this.#claim(Number(key), command, holder, context);
          if (claimed) tasks.push(claimed.task);
          else skip += 1;
          position = claimed?.position ?? position;
        }
        if (keys.length < count) break;
      }
    }
    return { value: tasks, position };
  }

  /** Claims the open task of a job; nothing where somebody else was faster. */
  async #claim(id: number, { modules }: FetchTasks, holder: Holder, { metadata, caller, now }: CommandContext) {
    const cookie = randomUUID();
    const request = `${metadata.request}/${cookie}`;
    const context = new CommandContext({ metadata: { ...metadata, request }, now, ...(caller ? { caller } : {}) });
    try {
      const { value, position } = await this.commands.execute(new ClaimTask(id, modules, cookie, holder), context);
      const task = value && (await this.#polled(id, value, cookie));
      return task ? { task, position } : undefined;
    } catch (error) {
      if (error instanceof Conflict) return undefined;
      throw error;
    }
  }

  /** A task as an agent is handed it, with its secrets; undefined: one has been erased, and the task has failed. */
  async #polled(id: number, order: TaskOrder, cookie: string): Promise<PolledTask | undefined> {
    const { parameters, erased } = await this.options.resolveSecrets(order.parameters);
    if (erased.length > 0) {
      await this.foreman.failErased(id, cookie, erased);
      return undefined;
    }
    return { module: order.module, function: order.function, cookie, paramaters: parameters, job_id: id };
  }

  /**
   * What becomes of the tasks that agents of this name and source were handed before. The session's own are handed out
   * once more, with the same cookie, where that is safe and no server that runs has heard of it before: the answer they
   * were in may have been lost with the server. Those of a session that is over are open again.
   */
  async #handedBefore(holder: Holder, first: boolean): Promise<PolledTask[]> {
    const { rows } = await this.reads.now.list(jobs, { where: { holder: agentOf(holder) } });
    const again: PolledTask[] = [];
    for (const { key, row } of rows) {
      const { order, dispatch, stage } = row;
      if (!order || !dispatch?.holder) continue;
      if (dispatch.holder.session !== holder.session) {
        if (this.foreman.polls.isOver(dispatch)) await this.foreman.reconcileNow(Number(key));
      } else if (first && stage === 'queued' && this.options.repeatOf(order.module, order.function) === 'safe') {
        const task = await this.#polled(Number(key), order, dispatch.cookie);
        if (task) again.push(task);
      }
    }
    return again;
  }
}

@CommandHandler(ReportPolledTask)
class ReportPolledTaskHandler implements ICommandHandler<ReportPolledTask> {
  constructor(@Inject(Foreman) private readonly foreman: Foreman) {}

  async execute(command: ReportPolledTask): Promise<CommandResult<string>> {
    const { metadata, caller, now } = CommandContext.from(command);
    await this.foreman.polls.heard(holderOf(caller), false);
    const { job: id, cookie, outcome } = command;
    const context = new CommandContext({ metadata, now, ...(caller ? { caller } : {}) });
    const { position } = await this.foreman.report(new ReportTask(id, cookie, outcome), context);
    return { value: 'Accepted', position };
  }
}

export const dispatchHandlers = [ClaimTaskHandler, FetchTasksHandler, ReportPolledTaskHandler];
