import { randomUUID } from 'node:crypto';
import type { Logger } from '#kernel';
import { idOf, Refusal } from '#kernel';
import { Inject } from '@nestjs/common';
import type { Pool } from 'pg';
import type { Clock, CommandContext, CommandResult, EventStore, Position, Recorded } from '#event-store';
import { CLOCK, CommandContext as Context, CommandGateway, EVENT_STORE, Leadership } from '#event-store';
import type { Follower } from '#reactions';
import { isNoFault } from '#reactions';
import type { ReadStore } from '#read-store';
import { READ_STORE } from '#read-store';
import { DATABASE, LOGGER } from '#runtime';
import { DispatchLedger } from './dispatch-ledger.ts';
import type { ForemanOptions } from './foreman-options.ts';
import { FOREMAN_OPTIONS } from './foreman-options.ts';
import { faultJob } from './fault-job.ts';
import { ForemanTerm } from './foreman-term.ts';
import { ReconcileJob, ReportTask } from './foreman.commands.ts';
import type { Created, Dispatch, Holder, Job } from './job.ts';
import { job } from './job.ts';
import type { JobRow } from './jobs.ts';
import { jobs } from './jobs.ts';
import { JobTargetRegistry } from './job-target.ts';
import { PollLedger } from './poll-ledger.ts';
import { PollingAgents } from './polling-agents.ts';
import { SiteCheck } from './site-check.ts';
import { UndeliverableReports } from './undeliverable-reports.ts';
import type { ReconcileContext } from './reconcile.ts';
import { StalledJobs } from './stalled-jobs.ts';
import { StepTimes } from './step-times.ts';
import { TargetWatch } from './target-watch.ts';
import { erasedText } from './task-secrets.ts';

/** Name of the duty: one process per database is the foreman. */
const DUTY = 'foreman';
/** How long the read models may take to be there before a start, or a term, is tried again, in milliseconds. */
const MAX_BEHIND_MS = 60_000;
/** How many jobs are read at a time when the process begins. */
const PAGE = 200;
/** How long the read models are waited for after a job was reconciled, in milliseconds. */
const SHOWN_MS = 5000;

/** Told when this process becomes the foreman, and when it is it no longer. */
export type LeadingListener = (leading: boolean) => void;

/**
 * Keeps jobs going. Whatever happens (an event in the log, a report, a timer, a start) it looks at the job in question,
 * and the look decides what can be decided; the log's exact revisions make sure that nothing is done twice. One process
 * per database does so ({@link ForemanTerm}); the others follow the log, take reports and hand tasks to agents that poll.
 */
export class Foreman {
  readonly #options: ForemanOptions;
  readonly #commands: CommandGateway;
  readonly #reads: ReadStore;
  readonly #store: EventStore;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #dispatched: DispatchLedger;
  readonly #heardOf: PollLedger;
  readonly #steps: StepTimes;
  readonly #stalled: StalledJobs;
  readonly #targets: JobTargetRegistry;
  readonly #sites: SiteCheck;
  readonly #undeliverable: UndeliverableReports;
  readonly #watch: TargetWatch;
  readonly #leadership: Leadership;
  readonly #listeners: LeadingListener[] = [];
  readonly polls: PollingAgents;
  #term: ForemanTerm | undefined;
  /** Made ready, and not begun. */
  #next: ForemanTerm | undefined;
  #position: Position = 0n;
  #heardFrom = 0;
  #hearing = false;
  #alone = false;
  #following: NodeJS.Timeout | undefined;

  constructor(
    @Inject(FOREMAN_OPTIONS) options: ForemanOptions,
    @Inject(JobTargetRegistry) targets: JobTargetRegistry,
    @Inject(StalledJobs) stalled: StalledJobs,
    @Inject(DispatchLedger) dispatched: DispatchLedger,
    @Inject(CommandGateway) commands: CommandGateway,
    @Inject(READ_STORE) reads: ReadStore,
    @Inject(EVENT_STORE) store: EventStore,
    @Inject(CLOCK) clock: Clock,
    @Inject(DATABASE) pool: Pool,
    @Inject(LOGGER) log: Logger,
    @Inject(SiteCheck) sites: SiteCheck,
    @Inject(UndeliverableReports) undeliverable: UndeliverableReports,
  ) {
    this.#sites = sites;
    this.#undeliverable = undeliverable;
    this.#options = options;
    this.#targets = targets;
    this.#stalled = stalled;
    this.#commands = commands;
    this.#reads = reads;
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
    this.#dispatched = dispatched;
    this.#heardOf = new PollLedger(pool, { everyMs: this.#pollEveryMs, keepMs: 2 * options.pollLease });
    this.#steps = new StepTimes(pool, options.slowStep);
    this.#watch = new TargetWatch(() => targets.all);
    this.polls = new PollingAgents(options.pollLease);
    this.#leadership = new Leadership({
      pool,
      name: DUTY,
      duty: { prepare: () => this.#prepare(), begin: () => this.#begin(), end: () => this.#end() },
      onError: (error) => log.error('this server is not, or no longer, the foreman', error),
    });
  }

  /** Milliseconds since 1970 by the clock of the log, which all leases and waits go by. */
  get now(): number {
    return this.#clock.millis();
  }

  /** Whether this process is the foreman. */
  get leading(): boolean {
    return this.#term !== undefined;
  }

  /** Why this process neither is the foreman nor stands by for another one, or does not know; undefined where it does. */
  get fault(): string | undefined {
    return this.#leadership.fault ?? this.#leadership.doubt;
  }

  /** How many jobs wait for the database. */
  get stalledJobs(): number {
    return this.#stalled.size;
  }

  /** Whether no other server was connected to the database when it was last asked. */
  get alone(): boolean {
    return this.#alone;
  }

  /** How many jobs it knows of, and how many entries it holds of them. */
  get size(): { readonly jobs: number; readonly entries: number } {
    const entries = (this.#term?.size ?? 0) + this.#steps.size.steps + this.#stalled.size;
    return { jobs: this.#watch.jobs.length, entries };
  }

  /** Told now, where it is the foreman, and whenever that changes. */
  whenLeading(listener: LeadingListener): void {
    this.#listeners.push(listener);
    if (this.leading) listener(true);
  }

  /** Begins, once commands can be sent. */
  async start(): Promise<void> {
    this.polls.start(this.now);
    this.#heardFrom = this.now - this.#options.pollLease;
    await this.#dispatched.start();
    await this.#heardOf.start();
    await this.#steps.start();
    await this.#hearOthers();
    this.#position = await this.#store.head();
    await this.#reads.projector.caughtUp(this.#position, MAX_BEHIND_MS);
    const { keys } = await this.#reads.now.keys(jobs);
    for (let n = 0; n < keys.length; n += PAGE) {
      const rows = await this.#reads.now.many(jobs, keys.slice(n, n + PAGE));
      for (const [key, row] of rows) this.#startWith(Number(key), row);
    }
    // Often enough to be heard of before a lease has ended.
    const everyMs = Math.min(this.#pollEveryMs, this.#options.lease / 6);
    this.#following = setInterval(() => void this.#hearOthers(), everyMs).unref();
    await this.#leadership.start();
  }

  /** What it hears of the log, once it has started. */
  get follower(): Follower {
    return {
      kind: 'follower',
      name: 'foreman',
      categories: [
        job.category,
        ...[...this.#targets.all.values()].flatMap(({ category, watches = [] }) => [category, ...watches]),
      ],
      begin: async () => this.#position,
      handle: (events) => events.forEach((event) => this.#heard(event)),
    };
  }

  async stop(): Promise<void> {
    clearInterval(this.#following);
    await this.#leadership.stop();
  }

  /** What jobs are reconciled with. Only the foreman dispatches over the wire, or ends the lease of what is on it. */
  context(): ReconcileContext {
    const { platforms, wire, lease, repeatOf, resolveSecrets } = this.#options;
    const term = this.#term;
    return {
      now: this.now,
      newCookie: randomUUID,
      targets: this.#targets.all,
      platforms,
      resolveSecrets,
      serves: (site, module) => term !== undefined && wire.serves(site, module),
      lease,
      deadlineOf: (dispatch) =>
        term?.deadlineOf(dispatch) ??
        (dispatch.transport === 'poll' ? this.#pollDeadlineOf(dispatch) : Number.POSITIVE_INFINITY),
      repeatOf,
    };
  }

  /** Takes what an agent says about a task, in whichever process. @throws Refusal; Conflict; what is no fault of the job */
  async report(command: ReportTask, context: CommandContext): Promise<CommandResult<Job | undefined>> {
    const task = () => this.#commands.execute(command, context);
    try {
      return await (this.#term ? this.#term.during(command.job, task) : task());
    } catch (error) {
      if (!(error instanceof Refusal) && !isNoFault(error)) {
        await faultJob({ commands: this.#commands, clock: this.#clock, log: this.#log }, command.job, error);
      }
      throw error;
    }
  }

  /** An agent that polls was heard of: it has polled, or reported. @returns whether for the first time by a server that runs */
  async heardPolling(holder: Holder, polled: boolean): Promise<boolean> {
    const known = await this.#heardOf.isKnown(holder.session);
    if (polled) this.polls.polled(holder, this.now);
    else this.polls.heard(holder, this.now);
    await this.#heardOf.note(holder, this.now);
    return !known;
  }

  /** Reconciles a job and waits until what was decided about it can be read. */
  async reconcileNow(id: number): Promise<void> {
    const reconcile = () => this.#commands.execute(new ReconcileJob(id), Context.system(this.#clock.now()));
    await (this.#term ? this.#term.during(id, reconcile) : reconcile());
    await this.#reads.projector.caughtUp(await this.#store.head(), SHOWN_MS);
  }

  /** Fails a task with secrets in it that have been erased. */
  async failErased(id: number, cookie: string, erased: readonly string[]): Promise<void> {
    const context = Context.system(this.#clock.now(), `fail-${cookie}`);
    await this.report(new ReportTask(id, cookie, { error: erasedText(erased) }), context);
  }

  /** A job that was under way when the process began. */
  #startWith(id: number, { target, script, stage, order, dispatch, dispatchedAt, updated }: JobRow): void {
    this.#watch.add(id, target, script, stage === 'waiting');
    void this.#lookWhatItWaitsFor(id);
    if (order) this.#steps.requested(id, order);
    if (dispatch) this.#steps.dispatched(id, dispatch, Date.parse(dispatchedAt ?? updated));
  }

  async #prepare(): Promise<void> {
    const term = new ForemanTerm({
      options: this.#options,
      commands: this.#commands,
      clock: this.#clock,
      ledger: this.#dispatched,
      stalled: this.#stalled,
      steps: this.#steps,
      log: this.#log,
      pollDeadlineOf: (dispatch) => this.#pollDeadlineOf(dispatch),
    });
    // What a try has left behind that failed half-way.
    await this.#endTerm(this.#next);
    this.#next = term;
    await this.#dispatched.prune(this.#watch.jobs);
    await this.#hearOthers();
    await this.#options.wire.start({
      reported: (report) => this.#undeliverable.taking(report, () => term.takeReport(report)),
      unreadable: (message) => this.#undeliverable.unreadable(message),
      hasSite: (site, agent) => this.#sites.has(site, agent),
      handedOver: (cookie) => this.#dispatched.has(cookie),
      beat: (beat) => term.beat(beat),
      served: () => this.#lookAtAll(),
    });
  }

  #begin(): void {
    this.#term = this.#next;
    this.#next = undefined;
    this.#log.info('this server is the foreman: it keeps the jobs going');
    this.#lookAtAll();
    for (const id of this.#watch.jobs) this.#term?.watchStep(id, this.#steps.slowAt(id));
    for (const listener of this.#listeners) listener(true);
  }

  async #end(): Promise<void> {
    const ended = [this.#term, this.#next];
    const led = this.#term !== undefined;
    this.#term = undefined;
    this.#next = undefined;
    if (led) for (const listener of this.#listeners) listener(false);
    for (const term of ended) await this.#endTerm(term);
  }

  /** Ends a term, and its end of the wire. */
  async #endTerm(term: ForemanTerm | undefined): Promise<void> {
    if (!term) return;
    await term.end();
    await this.#options.wire.stop().catch((error: unknown) => this.#log.error('the wire could not be stopped', error));
  }

  #pollDeadlineOf({ holder, deadline }: Dispatch): number {
    return holder ? this.polls.deadlineOf(holder, Date.parse(deadline)) : Date.parse(deadline);
  }

  /** How often it is looked, and told, when agents that poll were heard of. */
  get #pollEveryMs(): number {
    return Math.min(Math.max(this.#options.pollLease / 20, 100), 10_000);
  }

  /** Hears of other servers, and of the agents that poll them. */
  async #hearOthers(): Promise<void> {
    // A database that does not answer is not asked again meanwhile.
    if (this.#hearing) return;
    this.#hearing = true;
    try {
      const from = this.#heardFrom;
      for (const { holder, at } of await this.#heardOf.heardElsewhere(from)) {
        this.polls.heard(holder, at);
        this.#heardFrom = Math.max(this.#heardFrom, at + 1);
      }
      this.#alone = !(await this.#heardOf.othersRun());
      if (this.leading) await this.#heardOf.prune(this.now);
    } catch (error) {
      this.#log.warn('other servers, and agents that poll them, could not be heard of', { error: String(error) });
    } finally {
      this.#hearing = false;
    }
  }

  #heard(event: Recorded): void {
    const { stream, type, data, position, at } = event;
    const term = this.#term;
    if (!stream.startsWith(`${job.category}-`)) {
      for (const one of this.#watch.at(stream)) {
        term?.look(one, position);
        void this.#lookWhatItWaitsFor(one, position);
      }
      return;
    }
    const id = Number(idOf(stream));
    const learnt = this.#steps.heard(event, id, Date.parse(at));
    if (learnt !== undefined && term) {
      this.#steps
        .keep(learnt)
        .catch((error: unknown) => this.#log.warn('a usual time was not kept', { error: String(error) }));
    }
    term?.watchStep(id, this.#steps.slowAt(id));
    if (type === 'JobCreated') {
      const { target, script } = data as Created;
      this.#watch.add(id, target, script, true);
      void this.#lookWhatItWaitsFor(id, position);
    } else if (type === 'JobStarted') this.#watch.started(id);
    if (type === 'JobEnded' || type === 'JobCanceled') {
      this.#watch.remove(id);
      term?.forget(id, type === 'JobCanceled');
    } else if (type === 'JobTaskDispatched' && (data as Dispatch).transport === 'poll')
      term?.polled(id, data as Dispatch);
    else if (type !== 'JobStepSlow') term?.look(id, position);
  }

  /** Finds out what a waiting job waits for, which may change; what happened there meanwhile is looked at. */
  async #lookWhatItWaitsFor(id: number, position?: Position): Promise<void> {
    const waiting = this.#watch.waiting(id);
    const target = waiting && this.#targets.all.get(waiting.target.kind);
    if (!waiting || !target?.waitsFor) return;
    try {
      if (position !== undefined) await this.#reads.projector.caughtUp(position, SHOWN_MS);
      const streams = await target.waitsFor(this.#reads.now, waiting.target.id, waiting.script);
      if (this.#watch.waitsFor(id, streams)) this.#term?.look(id);
    } catch (error) {
      this.#log.warn('it was not found out what a job waits for', { job: id, error: String(error) });
    }
  }

  #lookAtAll(): void {
    for (const id of this.#watch.jobs) this.#term?.look(id);
  }
}
