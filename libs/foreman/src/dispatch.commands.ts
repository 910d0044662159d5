import { randomUUID } from 'node:crypto';
import { Inject } from '@nestjs/common';
import type { ICommandHandler } from '@nestjs/cqrs';
import { CommandHandler } from '@nestjs/cqrs';
import { LRUCache } from 'lru-cache';
import type { Clock, CommandResult } from '#event-store';
import { CLOCK, CommandContext, CommandGateway, NamedCommand, UnitOfWorkHandler } from '#event-store';
import type { Caller, JsonMap, UnitOfWork } from '#kernel';
import { Conflict, refuse, traceparent } from '#kernel';
import type { ReadStore } from '#read-store';
import { READ_STORE } from '#read-store';
import type { Outcome } from '#wire';
import { JointClaims } from './joint-claims.ts';
import { ReportTask } from './foreman.commands.ts';
import type { ForemanOptions } from './foreman-options.ts';
import { FOREMAN_OPTIONS } from './foreman-options.ts';
import { Foreman } from './foreman.ts';
import { JobGate } from './gate/job-gate.ts';
import type { Holder, TaskOrder } from './job-messages.ts';
import { job } from './job.ts';
import { jobs } from './jobs.ts';
import { agentOf } from './polling-agents.ts';
import { SiteCheck } from './site-check.ts';
import { SubcontractorPresence } from './subcontractor/subcontractor-presence.ts';

/** At most this many tasks are given out by one poll. */
const MAX_TASKS = 100;

/** How often the tasks of an agent's other sessions are looked at, in milliseconds. */
const LOOK_MS = 1000;

/** What an agent that polls is handed; `paramaters` is how its protocol spells them. */
export interface PolledTask {
  readonly module: string;
  readonly function: string;
  readonly cookie: string;
  readonly paramaters: JsonMap;
  readonly job_id: number;
  /** W3C `traceparent` of the span it was handed out in, where that is traced. */
  readonly traceparent?: string;
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

const laterOf = (one: bigint | undefined, other: bigint | undefined): bigint | undefined =>
  one !== undefined && (other === undefined || one > other) ? one : other;

@CommandHandler(ClaimTask)
class ClaimTaskHandler extends UnitOfWorkHandler<ClaimTask> {
  constructor(
    @Inject(FOREMAN_OPTIONS) private readonly options: ForemanOptions,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(JobGate) private readonly gate: JobGate,
  ) {
    super();
  }

  async decide(work: UnitOfWork, { job: id, modules, cookie, holder }: ClaimTask) {
    const state = await work.load(job, id);
    if (!state?.order || !modules.includes(state.order.module)) return undefined;
    const deadline = new Date(this.clock.millis() + this.options.pollLease).toISOString();
    const data = { task: state.order.task, cookie, transport: 'poll', holder, deadline } as const;
    const under = await this.gate.mayClaim(work, id, state.site, state.order.module);
    if (!under) return undefined;
    if (await work.attempt(job, id, { type: 'DispatchTask', data })) return undefined;
    await this.gate.begins(work, id, under);
    return state.order;
  }
}

@CommandHandler(FetchTasks)
class FetchTasksHandler implements ICommandHandler<FetchTasks> {
  readonly #claims = new JointClaims();
  /** Agents the tasks of whose other sessions were just looked at. */
  readonly #lookedAt = new LRUCache<string, true>({ max: 1000, ttl: LOOK_MS });

  constructor(
    @Inject(Foreman) private readonly foreman: Foreman,
    @Inject(FOREMAN_OPTIONS) private readonly options: ForemanOptions,
    @Inject(READ_STORE) private readonly reads: ReadStore,
    @Inject(CommandGateway) private readonly commands: CommandGateway,
    @Inject(SiteCheck) private readonly sites: SiteCheck,
    @Inject(SubcontractorPresence) private readonly presence: SubcontractorPresence,
    @Inject(JobGate) private readonly gate: JobGate,
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
        const count = Math.min(most - tasks.length, this.gate.roomForTasks(site, module));
        if (count === 0) break;
        const { keys } = await this.reads.now.keys(jobs, { where, skip, count });
        // Those under one limit would stand in each other's way.
        const width = this.gate.limitsTasks(site, module) ? 1 : MAX_TASKS;
        const { claimed, failure } = await this.#claims.claim(keys.map(Number), width, (id) =>
          this.#claim(id, command, holder, context),
        );
        tasks.push(...claimed.map(({ task }) => task));
        position = claimed.reduce((last, one) => laterOf(last, one.position), position);
        // What was claimed is the agent's: kept from it, it would wait for the end of its lease.
        if (failure !== undefined && tasks.length > 0) return { value: tasks, position };
        if (failure !== undefined) throw failure;
        skip += keys.length - claimed.length;
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
      const task = value && (await this.#polled(id, value, cookie, holder));
      return task ? { task, position } : undefined;
    } catch (error) {
      if (error instanceof Conflict) return undefined;
      throw error;
    }
  }

  /** A task as an agent is handed it, with its secrets; undefined: one has been erased, and the task has failed. */
  async #polled(id: number, order: TaskOrder, cookie: string, holder: Holder): Promise<PolledTask | undefined> {
    const { parameters, erased } = await this.options.resolveSecrets(order.parameters, agentOf(holder));
    if (erased.length > 0) {
      await this.foreman.failErased(id, cookie, erased);
      return undefined;
    }
    const { module, function: name } = order;
    const task = { module, function: name, cookie, paramaters: parameters, job_id: id };
    return this.foreman.traces.during(`send ${module}.${name}`, id, async () => {
      const trace = traceparent();
      return trace === undefined ? task : { ...task, traceparent: trace };
    });
  }

  /**
   * What becomes of the tasks that agents of this name and source were handed before. The session's own are handed out
   * once more, with the same cookie, where that is safe and no server that runs has heard of it before: the answer they
   * were in may have been lost with the server. Those of a session that is over are open again: they are looked for once
   * a second, where there are any of another session.
   */
  async #handedBefore(holder: Holder, first: boolean): Promise<PolledTask[]> {
    const agent = agentOf(holder);
    if (!first && (this.#lookedAt.has(agent) || !(await this.#othersHold(holder)))) return [];
    this.#lookedAt.set(agent, true);
    const { rows } = await this.reads.now.list(jobs, { where: { holder: agent } });
    const again: PolledTask[] = [];
    for (const { key, row } of rows) {
      const { order, dispatch, stage } = row;
      if (!order || !dispatch?.holder) continue;
      if (dispatch.holder.session !== holder.session) {
        if (this.foreman.polls.isOver(dispatch)) await this.foreman.reconcileNow(Number(key));
      } else if (first && stage === 'queued' && this.options.repeatOf(order.module, order.function) === 'safe') {
        const task = await this.#polled(Number(key), order, dispatch.cookie, holder);
        if (task) again.push(task);
      }
    }
    return again;
  }

  /** Whether tasks are in the hands of other sessions of the same name and source. */
  async #othersHold(holder: Holder): Promise<boolean> {
    const { now } = this.reads;
    const [all, own] = await Promise.all([
      now.keys(jobs, { where: { holder: agentOf(holder) }, count: 1 }),
      now.keys(jobs, { where: { session: holder.session }, count: 1 }),
    ]);
    return all.total > own.total;
  }
}

@CommandHandler(ReportPolledTask)
class ReportPolledTaskHandler implements ICommandHandler<ReportPolledTask> {
  constructor(@Inject(Foreman) private readonly foreman: Foreman) {}

  async execute(command: ReportPolledTask): Promise<CommandResult<string>> {
    const { metadata, caller, now } = CommandContext.from(command);
    const holder = holderOf(caller);
    await this.foreman.polls.heard(holder, false);
    const { job: id, cookie, outcome } = command;
    const context = new CommandContext({ metadata, now, ...(caller ? { caller } : {}) });
    const { position } = await this.foreman.report(new ReportTask(id, cookie, outcome, holder.user), context);
    return { value: 'Accepted', position };
  }
}

export const dispatchHandlers = [ClaimTaskHandler, FetchTasksHandler, ReportPolledTaskHandler];
