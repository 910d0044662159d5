import { randomUUID } from 'node:crypto';
import type { JsonMap, Logger, UnitOfWork } from '#kernel';
import { Refusal } from '#kernel';
import { Inject } from '@nestjs/common';
import type { Pool } from 'pg';
import type { Clock, CommandContext, CommandResult, EventStore, Position, Recorded } from '#event-store';
import { CLOCK, CommandContext as Context, CommandGateway, EVENT_STORE, Leadership, previewScope } from '#event-store';
import type { Follower } from '#reactions';
import { isNoFault } from '#reactions';
import type { ReadStore } from '#read-store';
import { READ_STORE } from '#read-store';
import { DATABASE, LOGGER } from '#runtime';
import { beginAtOnce } from './begin-at-once.ts';
import { DispatchLedger } from './dispatch-ledger.ts';
import type { ForemanOptions } from './foreman-options.ts';
import { FOREMAN_OPTIONS } from './foreman-options.ts';
import { faultJob } from './fault-job.ts';
import { ForemanBooks } from './gate/foreman-books.ts';
import { ForemanTerm } from './foreman-term.ts';
import { ReadTaskSecrets, ReconcileJob, ReportTask } from './foreman.commands.ts';
import type { Job, TaskOrder } from './job-messages.ts';
import { jobs } from './jobs.ts';
import { JobFollower } from './job-follower.ts';
import { JobTraces } from './job-traces.ts';
import { JobTargetRegistry } from './job-target.ts';
import { PollLeases } from './poll-leases.ts';
import type { Question } from './questions.ts';
import { Questions } from './questions.ts';
import { SiteCheck } from './site-check.ts';
import { recordedOnWire } from './subcontractor/recorded-presence.ts';
import { UndeliverableReports } from './undeliverable-reports.ts';
import type { ReconcileContext } from './reconcile.ts';
import { StalledJobs } from './stalled-jobs.ts';
import { StepTimes } from './step-times.ts';
import { erasedText } from './task-secrets.ts';
import type { Report } from '#wire';
import { NO_JOB } from '#wire';

/** Name of the duty: one process per database is the foreman. */
const DUTY = 'foreman';
/** How long the read models may take to be there before a start, or a term, is tried again, in milliseconds. */
const MAX_BEHIND_MS = 60_000;
/** How long the read models are waited for after a job was reconciled, in milliseconds. */
const SHOWN_MS = 5000;

/** Told when this process becomes the foreman, and when it is it no longer. */
export type LeadingListener = (leading: boolean) => void;

/** Told of the events the foreman hears, in order, once it has handled them; `end` is how far the log was read. */
export type HeardListener = (events: readonly Recorded[], end: Position) => void;

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
  readonly #steps: StepTimes;
  readonly #stalled: StalledJobs;
  readonly #targets: JobTargetRegistry;
  readonly #sites: SiteCheck;
  readonly #undeliverable: UndeliverableReports;
  readonly #books: ForemanBooks;
  readonly #jobs: JobFollower;
  readonly #leadership: Leadership;
  readonly #listeners: LeadingListener[] = [];
  readonly #heard: HeardListener[] = [];
  readonly #questions: Questions;
  readonly polls: PollLeases;
  readonly traces: JobTraces;
  #term: ForemanTerm | undefined;
  /** Made ready, and not begun. */
  #next: ForemanTerm | undefined;
  #position: Position = 0n;
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
    @Inject(ForemanBooks) books: ForemanBooks,
  ) {
    this.#books = books;
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
    this.#steps = new StepTimes(pool, options.slowStep);
    this.#jobs = new JobFollower({ targets, reads, steps: this.#steps, log, term: () => this.#term });
    this.traces = new JobTraces(store);
    this.#questions = new Questions({ wire: options.wire, resolveSecrets: options.resolveSecrets, log });
    this.polls = new PollLeases({ pool, clock, log, leaseMs: options.pollLease });
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

  /** How many jobs it knows of, and how many entries it holds of them. */
  get size(): { readonly jobs: number; readonly entries: number } {
    const entries = (this.#term?.size ?? 0) + this.#steps.size.steps + this.#stalled.size + this.#books.size;
    return { jobs: this.#jobs.jobs.length, entries };
  }

  /** Whether this process is the foreman and hears of an agent that serves a module at a site. */
  serves(site: string, module: string): boolean {
    return this.leading && this.#options.wire.serves(site, module);
  }

  /**
   * Asks agents on the wire something that no job waits for.
   * @throws Error where this process is not the foreman, no agent is there, or it fails
   */
  async ask(question: Question): Promise<JsonMap> {
    if (!this.leading) throw new Error('this server is not the foreman');
    return this.#questions.ask(question);
  }

  /** Told now, where it is the foreman, and whenever that changes. */
  whenLeading(listener: LeadingListener): void {
    this.#listeners.push(listener);
    if (this.leading) listener(true);
  }

  /** Told of what it hears, and first, with no events, of where it begins. */
  whenHeard(listener: HeardListener): void {
    this.#heard.push(listener);
  }

  /** How long a function usually takes, in milliseconds, by its name (`module.function`); undefined: that is not known. */
  usualMs(name: string): number | undefined {
    return this.#steps.usualMs(name);
  }

  /** Begins, once commands can be sent. */
  async start(): Promise<void> {
    await this.#dispatched.start();
    await this.polls.start();
    await this.#steps.start();
    this.#position = await this.#store.head();
    await this.#reads.projector.caughtUp(this.#position, MAX_BEHIND_MS);
    await this.#jobs.start((id, row) => this.#books.startWith(id, row));
    await this.#books.start();
    // Often enough to be heard of before a lease has ended.
    const everyMs = Math.min(this.polls.everyMs, this.#options.lease / 6);
    this.#following = setInterval(() => void this.#hearOthers(), everyMs).unref();
    await this.#leadership.start();
  }

  /** What it hears of the log, once it has started. */
  get follower(): Follower {
    return {
      kind: 'follower',
      name: 'foreman',
      categories: [...new Set([...this.#jobs.categories, ...this.#books.categories])],
      begin: async () => {
        for (const listener of this.#heard) listener([], this.#position);
        return this.#position;
      },
      handle: (events, end) => {
        for (const event of events) {
          this.#books.heard(event);
          this.#jobs.heard(event);
        }
        this.#books.reached(end);
        for (const listener of this.#heard) listener(events, end);
      },
    };
  }

  async stop(): Promise<void> {
    clearInterval(this.#following);
    await this.#leadership.stop();
  }

  /** What jobs are reconciled with. Only the foreman dispatches over the wire, or ends the lease of what is on it. */
  context(): ReconcileContext {
    const { platforms, wire, lease, repeatOf, retryOf, resolveSecrets } = this.#options;
    const term = this.#term;
    return {
      now: this.now,
      newCookie: randomUUID,
      targets: this.#targets.all,
      platforms,
      resolveSecrets,
      serves: (site, module) => term !== undefined && wire.serves(site, module),
      lease,
      gate: this.#books.gate,
      deadlineOf: (dispatch) =>
        term?.deadlineOf(dispatch) ??
        (dispatch.transport === 'poll' ? this.polls.deadlineOf(dispatch) : Number.POSITIVE_INFINITY),
      repeatOf,
      retryOf,
    };
  }

  /** Has a job that is being made begin with the same append, where it can; only the foreman does so. */
  async beginNew(work: UnitOfWork, id: number): Promise<void> {
    // What is appended later, if at all, would begin with a lease that has run out.
    const term = previewScope() ? undefined : this.#term;
    const begun = term && (await beginAtOnce(work, id, { ...this.context(), gate: this.#books.gate.forNewJobs }));
    if (begun) term.beginsAtOnce(begun);
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

  /** The task that a job which was just made in a unit of work would order, could it begin at once; undefined: none. */
  async firstTask(work: UnitOfWork, id: number): Promise<TaskOrder | undefined> {
    const begun = await beginAtOnce(work.fork(), id, { ...this.context(), gate: this.#books.gate.forNewJobs });
    return begun?.state.order;
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

  /** Whether a job is over for certain: the log says so up to its end. */
  async #isOver(job: number): Promise<boolean> {
    if (this.#jobs.knows(job)) return false;
    if (!(await this.#reads.projector.caughtUp(await this.#store.head(), SHOWN_MS))) return false;
    return (await this.#reads.now.get(jobs, job)) === undefined;
  }

  /** Takes the answer to a question; nobody waits any more for one that is late. */
  async #answered(report: Report): Promise<void> {
    if (!this.#questions.take(report)) this.#options.onLateReport();
  }

  async #prepare(): Promise<void> {
    const term = new ForemanTerm({
      options: this.#options,
      commands: this.#commands,
      clock: this.#clock,
      ledger: this.#dispatched,
      stalled: this.#stalled,
      steps: this.#steps,
      gate: this.#books.gate,
      log: this.#log,
      traces: this.traces,
      pollDeadlineOf: (dispatch) => this.polls.deadlineOf(dispatch),
    });
    // What a try has left behind that failed half-way.
    await this.#endTerm(this.#next);
    this.#next = term;
    await this.#dispatched.prune(this.#jobs.jobs);
    await this.polls.hearOthers();
    await this.#options.wire.start({
      reported: (report) =>
        report.job === NO_JOB
          ? this.#answered(report)
          : this.#undeliverable.taking(report, () => term.takeReport(report)),
      unreadable: async (message) => {
        // What stands for the answer to a question is reported besides.
        if (message.report?.job !== NO_JOB) await this.#undeliverable.unreadable(message);
      },
      secretsOf: async (dispatch) => {
        const context = Context.system(this.#clock.now());
        // It is not given up at the same time.
        const read = () => this.#commands.execute(new ReadTaskSecrets(dispatch), context);
        return (await term.unlooked(dispatch.job, read)).value;
      },
      hasSite: (site, agent) => this.#sites.hasLately(site, agent),
      recorded: () => recordedOnWire(this.#reads),
      handedOver: (cookie) => this.#dispatched.has(cookie),
      placeOf: (cookie) => this.#dispatched.placeOf(cookie),
      beat: (beat) => (beat.job === NO_JOB ? this.#questions.isAsked(beat.cookie) : term.beat(beat)),
      isOver: async ({ job }) => job === NO_JOB || this.#isOver(job),
      // Agents have come: jobs may wait for one.
      served: () => this.#jobs.lookAtBegunSoon(),
    });
  }

  #begin(): void {
    const term = this.#next;
    if (!term) throw new Error('a term begins that was not made ready');
    this.#term = term;
    this.#next = undefined;
    this.#books.look = (id) => term.look(id);
    this.#log.info('this server is the foreman: it keeps the jobs going');
    this.#jobs.termBegan(term);
    void term.takeBackLeftOver(this.#jobs.jobs);
    for (const listener of this.#listeners) listener(true);
  }

  async #end(): Promise<void> {
    const ended = [this.#term, this.#next];
    const led = this.#term !== undefined;
    this.#term = undefined;
    this.#next = undefined;
    this.#questions.end();
    if (led) this.#books.look = undefined;
    if (led) for (const listener of this.#listeners) listener(false);
    for (const term of ended) await this.#endTerm(term);
  }

  /** Ends a term, and its end of the wire. */
  async #endTerm(term: ForemanTerm | undefined): Promise<void> {
    if (!term) return;
    await term.end();
    await this.#options.wire.stop().catch((error: unknown) => this.#log.error('the wire could not be stopped', error));
  }

  /** Hears of other servers; the foreman also forgets those that are silent for long. */
  async #hearOthers(): Promise<void> {
    await this.polls.hearOthers();
    if (this.leading) await this.polls.prune();
  }
}
