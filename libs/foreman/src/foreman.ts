import { randomUUID } from 'node:crypto';
import type { CommandMetadata } from '#kernel';
import { Conflict, idOf, Refusal, streamName } from '#kernel';
import type { Call } from '#api';
import type { StoredEvent, Subscription } from '#event-store';
import type { Repeat, ServerHalf } from '#platform';
import type { AppContext, Process } from '#runtime';
import type { ForemanWire, Outcome, Report } from '#wire';
import { observerOf } from '#wire';
import { Timers } from './timers.ts';
import { DispatchLedger } from './dispatch-ledger.ts';
import type { Created, Dispatch, Job, Target } from './job.ts';
import { job } from './job.ts';
import { jobs } from './jobs.ts';
import type { JobTarget, JobTargets } from './job-target.ts';
import { jobTargets, targetOf } from './job-target.ts';
import { KeyedWorkQueue } from './keyed-work-queue.ts';
import type { ReconcileContext } from './reconcile.ts';
import { reconcile } from './reconcile.ts';
import { PollingAgents } from './polling-agents.ts';
import { takeReport } from './report.ts';
import type { ResolveSecrets } from './task-secrets.ts';
import { erasedText } from './task-secrets.ts';

export interface ForemanOptions {
  readonly ground: AppContext;
  readonly wire: ForemanWire;
  readonly platforms: readonly ServerHalf[];
  /** The kinds of things jobs work on. */
  readonly targets: readonly JobTarget[];
  readonly resolveSecrets: ResolveSecrets;
  readonly repeatOf: (module: string, func: string) => Repeat;
  /** How long an agent on the wire may be silent, in milliseconds. */
  readonly lease: number;
  /** How long an agent that polls may be silent, in milliseconds. */
  readonly pollLease: number;
}

/** How many jobs are looked at at a time. */
const WIDTH = 8;
/** How long to wait before a task that the wire did not take is sent again, in milliseconds. */
const RESEND = 1000;

/**
 * Keeps jobs going. Whatever happens (an event in the log, a report, a timer, a start of the server) it looks at the
 * job in question, and the look decides what can be decided; the log's exact revisions make sure that nothing is done
 * twice. Nothing it keeps in memory matters: after a restart it looks at every job.
 */
export class Foreman implements Process {
  readonly name = 'foreman';
  readonly #options: ForemanOptions;
  readonly #handedOver: DispatchLedger;
  readonly #alarms: Timers;
  readonly #lookouts: KeyedWorkQueue;
  readonly polls: PollingAgents;
  readonly #beats = new Map<string, number>();
  readonly #targets: JobTargets;
  /** Jobs by the stream of their target. */
  readonly #jobOf = new Map<string, number>();
  /** The same the other way round. */
  readonly #targetOf = new Map<number, string>();
  readonly #sent = new Set<string>();
  #startedAt = 0;
  #subscription: Subscription | undefined;

  constructor(options: ForemanOptions) {
    this.#options = options;
    this.#targets = jobTargets(options.targets);
    this.#handedOver = new DispatchLedger(options.ground.pool);
    this.polls = new PollingAgents(options.pollLease);
    this.#lookouts = new KeyedWorkQueue(WIDTH, (id) => this.#look(id));
    this.#alarms = new Timers((id) => this.#lookouts.add(id));
  }

  async start(): Promise<void> {
    const { ground, wire } = this.#options;
    this.#startedAt = Date.now();
    this.polls.start(this.#startedAt);
    await this.#handedOver.start();
    const position = await ground.store.head();
    await ground.reads.projector.caughtUp(position, 60_000);
    const { rows } = await ground.reads.now.list(jobs);
    await wire.start({
      reported: (report) => this.#reported(report),
      beat: ({ cookie }) => void this.#beats.set(cookie, Date.now()),
      served: () => this.#ringAll(),
    });
    for (const { key, row } of rows) {
      this.#watch(Number(key), row.target);
      this.#lookouts.add(Number(key));
    }
    this.#subscription = ground.store.subscribe(
      position,
      async (events) => events.forEach((event) => this.#heard(event)),
      {
        categories: [job.category, ...this.#options.targets.map(({ category }) => category)],
        onError: (error) => ground.log.error('the foreman cannot read the log', error),
      },
    );
  }

  async stop(): Promise<void> {
    await this.#subscription?.stop();
    this.#alarms.stop();
    await this.#lookouts.stop();
    await this.#options.wire.stop();
  }

  /**
   * Takes a report of an agent.
   * @param execute carries out the unit of work, on behalf of who reports
   * @throws Refusal as `takeReport`
   */
  async report(
    execute: Call['execute'],
    report: { readonly job: number; readonly cookie: string; readonly outcome: Outcome },
  ): Promise<void> {
    const done = await execute(async (work) => {
      await takeReport(work, report, this.#context());
      return work.load(job, report.job);
    });
    this.#beats.delete(report.cookie);
    this.#sent.delete(report.cookie);
    await this.#follow(report.job, done.value);
  }

  /** What looks at jobs are made with. */
  #context(): ReconcileContext {
    const { platforms, wire, lease, repeatOf, resolveSecrets } = this.#options;
    return {
      now: Date.now(),
      newCookie: randomUUID,
      targets: this.#targets,
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

  #heard({ stream, type, data }: StoredEvent): void {
    if (!stream.startsWith(`${job.category}-`)) {
      const atWork = this.#jobOf.get(stream);
      if (atWork !== undefined) this.#lookouts.add(atWork);
      return;
    }
    const id = Number(idOf(stream));
    if (type === 'JobCreated') this.#watch(id, (JSON.parse(data) as Created).target);
    if (type === 'JobEnded') this.#unwatch(id);
    else this.#lookouts.add(id);
  }

  /** From now on what happens to the target has the job looked at. */
  #watch(id: number, target: Target): void {
    const stream = streamName(targetOf(this.#targets, target).category, target.id);
    this.#jobOf.set(stream, id);
    this.#targetOf.set(id, stream);
  }

  #unwatch(id: number): void {
    this.#alarms.set(id, undefined);
    const stream = this.#targetOf.get(id);
    if (stream !== undefined && this.#jobOf.get(stream) === id) this.#jobOf.delete(stream);
    this.#targetOf.delete(id);
  }

  /** Looks at a job and waits until what was decided about it can be read. */
  async lookNow(id: number): Promise<void> {
    const { store, reads } = this.#options.ground;
    await this.#look(id);
    await reads.projector.caughtUp(await store.head(), 5000);
  }

  #ringAll(): void {
    for (const id of this.#targetOf.keys()) this.#lookouts.add(id);
  }

  async #look(id: number): Promise<void> {
    const { ground } = this.#options;
    const request = randomUUID();
    const metadata: CommandMetadata = { actor: 'system', request, correlation: request };
    try {
      const { value } = await ground.execute(metadata, async (work) => {
        await reconcile(work, id, this.#context());
        return work.load(job, id);
      });
      await this.#follow(id, value);
    } catch (error) {
      if (error instanceof Conflict) {
        this.#lookouts.add(id);
        return;
      }
      await this.#fault(id, error);
    }
  }

  /** A fault in one job touches that job alone: it goes into error with a message, and the operator may reset it. */
  async #fault(id: number, error: unknown): Promise<void> {
    const { ground } = this.#options;
    const reference = randomUUID();
    ground.log.error('a look at a job failed', error, { job: id, reference });
    const message = error instanceof Refusal ? error.message : `Internal fault, reference ${reference}`;
    const metadata: CommandMetadata = { actor: 'system', request: reference, correlation: reference };
    await ground
      .execute(metadata, async (work) => work.attempt(job, id, { type: 'FailJob', data: { message } }))
      .catch(() => this.#alarms.set(id, Date.now() + 5000));
  }

  /** What follows from where a job stands now: a task goes onto the wire, an alarm is set. */
  async #follow(id: number, state: Job | undefined): Promise<void> {
    if (!state || state.stage === 'ended') {
      this.#alarms.set(id, undefined);
      await this.#handedOver.forget(id);
      return;
    }
    const { dispatch } = state;
    const sent = dispatch?.transport !== 'wire' || (await this.#send(id, state, dispatch));
    this.#alarms.set(id, sent ? this.#nextLook(state) : Date.now() + RESEND);
  }

  #nextLook({ stage, dispatch, order, wakeAt }: Job): number | undefined {
    if (stage !== 'queued') return undefined;
    if (dispatch) return this.#deadlineOf(dispatch) + 1;
    return order || wakeAt === undefined ? undefined : Date.parse(wakeAt);
  }

  async #send(id: number, { site, order, observing }: Job, { cookie }: Dispatch): Promise<boolean> {
    if (!order || this.#sent.has(cookie)) return true;
    this.#sent.add(cookie);
    const { wire, ground, repeatOf, resolveSecrets } = this.#options;
    try {
      // What an earlier process put onto a wire that outlives it is there already.
      if (wire.lasting && (await this.#handedOver.has(cookie))) return true;
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
      if (wire.lasting) await this.#handedOver.note(id, cookie);
      return true;
    } catch (error) {
      this.#sent.delete(cookie);
      ground.log.warn('a task could not be put onto the wire', { job: id, error: String(error) });
      return false;
    }
  }

  /** Fails a task that was dispatched and cannot be done by anybody. */
  async failTask(id: number, cookie: string, error: string): Promise<void> {
    const request = `fail-${cookie}`;
    const metadata: CommandMetadata = { actor: 'system', request, correlation: request };
    await this.report((task) => this.#options.ground.execute(metadata, task), { job: id, cookie, outcome: { error } });
  }

  async #reported({ job: id, cookie, outcome, agent }: Report): Promise<void> {
    const request = `report-${cookie}`;
    try {
      const metadata: CommandMetadata = { actor: `agent ${agent}`, request, correlation: request };
      await this.report((task) => this.#options.ground.execute(metadata, task), { job: id, cookie, outcome });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#options.ground.log.warn('a report was refused', { job: id, cookie, agent, reason: error.message });
    }
  }
}
