import type { Logger } from '#kernel';
import { randomUUID } from 'node:crypto';
import { Conflict, idOf, Refusal, streamName } from '#kernel';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { Inject } from '@nestjs/common';
import type { Pool } from 'pg';
import type { Clock, EventStore, Position, Recorded } from '#event-store';
import { CLOCK, CommandContext, CommandGateway, EVENT_STORE } from '#event-store';
import type { Follower } from '#reactions';
import type { Repeat, ServerHalf } from '#platform';
import type { ReadModel, ReadStore } from '#read-store';
import { READ_STORE } from '#read-store';
import { DATABASE, LOGGER } from '#runtime';
import type { ForemanWire, Report } from '#wire';
import { observerOf } from '#wire';
import { Timers } from './timers.ts';
import { DispatchLedger } from './dispatch-ledger.ts';
import type { Created, Dispatch, Job, Target } from './job.ts';
import { job } from './job.ts';
import { jobs } from './jobs.ts';
import { ReconcileJob, ReportTask } from './foreman.commands.ts';
import { FailJob } from './job.commands.ts';
import { JobTargetRegistry, targetOf } from './job-target.ts';
import { KeyedWorkQueue } from './keyed-work-queue.ts';
import type { ReconcileContext } from './reconcile.ts';
import { PollingAgents } from './polling-agents.ts';
import { SiteCheck } from './site-check.ts';
import { isOfNoJob, UndeliverableReports } from './undeliverable-reports.ts';
import type { ResolveSecrets } from './task-secrets.ts';
import { erasedText } from './task-secrets.ts';

/** How the foreman is set up. */
export interface ForemanOptions {
  readonly wire: ForemanWire;
  readonly platforms: readonly ServerHalf[];
  readonly resolveSecrets: ResolveSecrets;
  /** What may be done with a task of which nobody knows what became of it. */
  readonly repeatOf: (module: string, func: string) => Repeat;
  /** The read model of the sites, by name. */
  readonly sites: ReadModel;
  /** A report of an agent was put aside, because nobody can take it. */
  readonly onUndeliverableReport: () => void;
  /** How long an agent on the wire may be silent before its task is taken to be lost, in milliseconds. */
  readonly lease: number;
  /** How long an agent that polls may be silent, in milliseconds. */
  readonly pollLease: number;
}

/** Injection token of {@link ForemanOptions}. */
export const FOREMAN_OPTIONS = Symbol('ForemanOptions');

/** How many jobs are looked at at a time. */
const WIDTH = 8;
/** How long to wait before a task that the wire did not take is sent again, in milliseconds. */
const RESEND = 1000;

/**
 * Keeps jobs going. Whatever happens (an event in the log, a report, a timer, a start of the server) it looks at the
 * job in question, and the look decides what can be decided; the log's exact revisions make sure that nothing is done
 * twice. Nothing it keeps in memory matters: after a restart it looks at every job.
 */
export class Foreman implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #options: ForemanOptions;
  readonly #commands: CommandGateway;
  readonly #reads: ReadStore;
  readonly #store: EventStore;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #dispatched: DispatchLedger;
  readonly #timers: Timers;
  readonly #queue: KeyedWorkQueue;
  readonly polls: PollingAgents;
  readonly #beats = new Map<string, number>();
  readonly #targets: JobTargetRegistry;
  readonly #sites: SiteCheck;
  readonly #undeliverable: UndeliverableReports;
  /** Jobs by the stream of their target. */
  readonly #jobOf = new Map<string, number>();
  /** The same the other way round. */
  readonly #targetOf = new Map<number, string>();
  readonly #sent = new Set<string>();
  #startedAt = 0;
  #position: Position = 0n;

  constructor(
    @Inject(FOREMAN_OPTIONS) options: ForemanOptions,
    @Inject(JobTargetRegistry) targets: JobTargetRegistry,
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
    this.#commands = commands;
    this.#reads = reads;
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
    this.#dispatched = new DispatchLedger(pool);
    this.polls = new PollingAgents(options.pollLease);
    this.#queue = new KeyedWorkQueue(WIDTH, (id) => this.#reconcile(id));
    this.#timers = new Timers((id) => this.#queue.add(id), clock.millis);
  }

  /** Milliseconds since 1970 by the clock of the log, which all leases and waits go by. */
  get now(): number {
    return this.#clock.millis();
  }

  async onApplicationBootstrap(): Promise<void> {
    const { wire } = this.#options;
    this.#startedAt = this.now;
    this.polls.start(this.#startedAt);
    await this.#dispatched.start();
    this.#position = await this.#store.head();
    await this.#reads.projector.caughtUp(this.#position, 60_000);
    const { rows } = await this.#reads.now.list(jobs);
    await wire.start({
      reported: (report) => this.#undeliverable.taking(report, () => this.#takeReport(report)),
      unreadable: (message) => this.#undeliverable.unreadable(message),
      hasSite: (site, agent) => this.#sites.has(site, agent),
      handedOver: (cookie) => this.#dispatched.has(cookie),
      beat: ({ cookie }) => void this.#beats.set(cookie, this.now),
      served: () => this.#ringAll(),
    });
    for (const { key, row } of rows) {
      this.#watch(Number(key), row.target);
      this.#queue.add(Number(key));
    }
  }

  /** What it hears of the log, once it has started. */
  get follower(): Follower {
    return {
      kind: 'follower',
      name: 'foreman',
      categories: [job.category, ...[...this.#targets.all.values()].map(({ category }) => category)],
      begin: async () => this.#position,
      handle: (events) => events.forEach((event) => this.#heard(event)),
    };
  }

  async onApplicationShutdown(): Promise<void> {
    this.#timers.stop();
    await this.#queue.stop();
    await this.#options.wire.stop();
  }

  /** What follows from a report that was taken. */
  async reported(id: number, cookie: string, state: Job | undefined): Promise<void> {
    this.#beats.delete(cookie);
    this.#sent.delete(cookie);
    await this.#follow(id, state);
  }

  /** What jobs are reconciled with. */
  context(): ReconcileContext {
    const { platforms, wire, lease, repeatOf, resolveSecrets } = this.#options;
    return {
      now: this.now,
      newCookie: randomUUID,
      targets: this.#targets.all,
      platforms,
      resolveSecrets,
      serves: (site, module) => wire.serves(site, module),
      lease,
      deadlineOf: (dispatch) => this.#deadlineOf(dispatch),
      repeatOf,
    };
  }

  #deadlineOf({ transport, holder, cookie, deadline }: Dispatch): number {
    if (transport === 'poll' && holder) return this.polls.deadlineOf(holder, Date.parse(deadline));
    // After a restart of the server the silence begins anew.
    return Math.max(Date.parse(deadline), (this.#beats.get(cookie) ?? this.#startedAt) + this.#options.lease);
  }

  #heard({ stream, type, data }: Recorded): void {
    if (!stream.startsWith(`${job.category}-`)) {
      const atWork = this.#jobOf.get(stream);
      if (atWork !== undefined) this.#queue.add(atWork);
      return;
    }
    const id = Number(idOf(stream));
    if (type === 'JobCreated') this.#watch(id, (data as Created).target);
    if (type === 'JobEnded') this.#unwatch(id);
    else this.#queue.add(id);
  }

  /** From now on what happens to the target has the job looked at. */
  #watch(id: number, target: Target): void {
    const stream = streamName(targetOf(this.#targets.all, target).category, target.id);
    this.#jobOf.set(stream, id);
    this.#targetOf.set(id, stream);
  }

  #unwatch(id: number): void {
    this.#timers.set(id, undefined);
    const stream = this.#targetOf.get(id);
    if (stream !== undefined && this.#jobOf.get(stream) === id) this.#jobOf.delete(stream);
    this.#targetOf.delete(id);
  }

  /** Reconciles a job and waits until what was decided about it can be read. */
  async reconcileNow(id: number): Promise<void> {
    await this.#reconcile(id);
    await this.#reads.projector.caughtUp(await this.#store.head(), 5000);
  }

  #ringAll(): void {
    for (const id of this.#targetOf.keys()) this.#queue.add(id);
  }

  async #reconcile(id: number): Promise<void> {
    try {
      const context = CommandContext.system(this.#clock.now());
      const { value } = await this.#commands.execute(new ReconcileJob(id), context);
      await this.#follow(id, value);
    } catch (error) {
      if (error instanceof Conflict) {
        this.#queue.add(id);
        return;
      }
      await this.#fault(id, error);
    }
  }

  /** A fault in one job touches that job alone: it goes into error with a message, and the operator may reset it. */
  async #fault(id: number, error: unknown): Promise<void> {
    const reference = randomUUID();
    this.#log.error('a job could not be reconciled', error, { job: id, reference });
    const message = error instanceof Refusal ? error.message : `Internal fault, reference ${reference}`;
    const context = CommandContext.system(this.#clock.now(), reference);
    await this.#commands.execute(new FailJob(id, message), context).catch(() => this.#timers.set(id, this.now + 5000));
  }

  /** What follows from where a job stands now: a task goes onto the wire, an alarm is set. */
  async #follow(id: number, state: Job | undefined): Promise<void> {
    if (!state || state.stage === 'ended') {
      this.#timers.set(id, undefined);
      await this.#dispatched.forget(id);
      return;
    }
    const { dispatch } = state;
    const sent = dispatch?.transport !== 'wire' || (await this.#send(id, state, dispatch));
    this.#timers.set(id, sent ? this.#nextLook(state) : this.now + RESEND);
  }

  #nextLook({ stage, dispatch, order, wakeAt }: Job): number | undefined {
    if (stage !== 'queued') return undefined;
    if (dispatch) return this.#deadlineOf(dispatch) + 1;
    return order || wakeAt === undefined ? undefined : Date.parse(wakeAt);
  }

  async #send(id: number, { site, order, observing }: Job, { cookie }: Dispatch): Promise<boolean> {
    if (!order || this.#sent.has(cookie)) return true;
    this.#sent.add(cookie);
    const { wire, repeatOf, resolveSecrets } = this.#options;
    try {
      // What an earlier process put onto a wire that outlives it is there already.
      if (wire.lasting && (await this.#dispatched.has(cookie))) return true;
      const once = !observing && repeatOf(order.module, order.function) !== 'safe';
      const func = observing ? observerOf(order.function) : order.function;
      const { parameters, secrets, erased } = await resolveSecrets(order.parameters);
      if (erased.length > 0) {
        await this.failTask(id, cookie, erasedText(erased));
        return true;
      }
      await wire.send({
        ...order,
        function: func,
        parameters,
        cookie,
        job: id,
        site,
        ...(once ? { once } : {}),
        ...(secrets.length > 0 ? { secrets } : {}),
      });
      if (wire.lasting) await this.#dispatched.note(id, cookie);
      return true;
    } catch (error) {
      this.#sent.delete(cookie);
      this.#log.warn('a task could not be put onto the wire', { job: id, error: String(error) });
      return false;
    }
  }

  /** Fails a task that was dispatched and cannot be done by anybody. */
  async failTask(id: number, cookie: string, error: string): Promise<void> {
    const context = CommandContext.system(this.#clock.now(), `fail-${cookie}`);
    await this.#commands.execute(new ReportTask(id, cookie, { error }), context);
  }

  async #takeReport({ job: id, cookie, outcome, agent }: Report): Promise<void> {
    try {
      const context = CommandContext.system(this.#clock.now(), `report-${cookie}`, `agent ${agent}`);
      await this.#commands.execute(new ReportTask(id, cookie, outcome), context);
    } catch (error) {
      if (!(error instanceof Refusal) || isOfNoJob(error)) throw error;
      this.#log.warn('a report was refused', { job: id, cookie, agent, reason: error.message });
    }
  }
}
