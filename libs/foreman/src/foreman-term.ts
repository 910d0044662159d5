import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { Clock, CommandGateway, Position } from '#event-store';
import { backoffMs, CommandContext, isUnavailable } from '#event-store';
import type { Logger } from '#kernel';
import { Conflict, Refusal, traced } from '#kernel';
import { isNoFault } from '#reactions';
import type { Beat, Report } from '#wire';
import { ClockJumps } from './clock-jumps.ts';
import type { DispatchLedger } from './dispatch-ledger.ts';
import { faultJob } from './fault-job.ts';
import { ReconcileJob, ReportTask } from './foreman.commands.ts';
import type { BegunJob } from './begin-at-once.ts';
import type { ForemanOptions } from './foreman-options.ts';
import type { JobGate } from './gate/job-gate.ts';
import { firstHoldOver } from './holds/held-back.ts';
import type { Dispatch, Job } from './job-messages.ts';
import type { JobTraces } from './job-traces.ts';
import { NoteSlowStep } from './job.commands.ts';
import { KeyedWorkQueue } from './keyed-work-queue.ts';
import type { StalledJobs } from './stalled-jobs.ts';
import type { StepTimes } from './step-times.ts';
import { TaskSender } from './task-sender.ts';
import { timeLimitOf } from './time-limit.ts';
import { Timers } from './timers.ts';

/** How many jobs may begin with appends that are not heard of; what is forgotten is looked at. */
const MAX_BEGUN = 10_000;
/** How many jobs are looked at at a time. */
const WIDTH = 8;
/** How long to wait before a task that the wire did not take is sent again, in milliseconds. */
const RESEND_MS = 1000;
/** How long looks under way may take to end when the term is over, in milliseconds. */
const MAX_END_MS = 10_000;
/** How pauses grow while the database is away. */
const RETRY = { firstMs: 200, maxMs: 30_000 };

/** What a term works with. */
export interface TermParts {
  readonly options: ForemanOptions;
  readonly commands: CommandGateway;
  readonly clock: Clock;
  readonly ledger: DispatchLedger;
  readonly stalled: StalledJobs;
  readonly steps: StepTimes;
  readonly gate: Pick<JobGate, 'looked' | 'forget'>;
  readonly log: Logger;
  readonly traces: JobTraces;
  /** When the lease of a dispatch to an agent that polls runs out, milliseconds since 1970. */
  readonly pollDeadlineOf: (dispatch: Dispatch) => number;
}

/**
 * The time in which this process is the foreman. Everything in it is made anew with the next term, and holds an entry for
 * each job under way at most; nothing of it matters: a term begins with a look at every job.
 */
export class ForemanTerm {
  readonly #parts: TermParts;
  readonly #startedAt: number;
  readonly #queue: KeyedWorkQueue;
  readonly #timers: Timers;
  /** When steps have taken too long. */
  readonly #slow: Timers;
  readonly #sender: TaskSender;
  /** Jobs that begin with the append that makes them, which is not heard of yet. */
  readonly #begun = new LRUCache<number, BegunJob>({ max: MAX_BEGUN });
  #over = false;
  readonly #jumps: ClockJumps;
  #jumped = 0;

  constructor(parts: TermParts) {
    this.#parts = parts;
    const { clock, options, ledger, stalled, log } = parts;
    this.#startedAt = clock.millis();
    this.#jumps = new ClockJumps(() => clock.millis());
    this.#queue = new KeyedWorkQueue(WIDTH, (id) => this.#reconcile(id));
    this.#timers = new Timers((id) => this.#queue.add(id), clock.millis);
    this.#slow = new Timers((id) => void this.#noteSlowStep(id), clock.millis);
    const failed = (id: number, cookie: string, error: string) => this.failTask(id, cookie, error);
    this.#sender = new TaskSender({
      options,
      ledger,
      log,
      failed,
      unsent: (id, error) => stalled.noteUnsent(id, error),
      now: () => clock.millis(),
    });
  }

  /** How many entries it holds, of all kinds. */
  get size(): number {
    return this.#queue.size + this.#timers.size + this.#slow.size + this.#sender.size + this.#begun.size;
  }

  /** A job is to be looked at, because of what has happened at this position of the log, or anyhow. */
  look(id: number, at?: Position): void {
    this.#queue.add(id, at);
  }

  /** A job is to be looked at when nothing else is to be. */
  lookLater(id: number): void {
    this.#queue.addLater(id);
  }

  /** A job is over, by itself or because it was cancelled: nothing more is known of it. */
  forget(id: number, cancelled: boolean): void {
    this.#timers.set(id, undefined);
    this.#slow.set(id, undefined);
    this.#queue.forget(id);
    this.#begun.delete(id);
    this.#parts.stalled.goesOn(id);
    this.#parts.gate.forget(id);
    if (!cancelled) this.#sender.forget(id);
    else
      this.#sender
        .cancel(id)
        .catch((error: unknown) =>
          this.#parts.log.warn('a dispatch could not be forgotten', { job: id, error: String(error) }),
        );
  }

  /** A job was made while this term is on. */
  begins(id: number): void {
    this.#sender.begins(id);
  }

  /** A job begins with an append that makes it and is not heard of yet; it may fail, so it may never be. */
  beginsAtOnce(begun: BegunJob): void {
    this.#begun.set(begun.id, begun);
  }

  /**
   * An event of a job was read from the log. The events of the append that made the job need no look, where it began with
   * that append: how it stands is known then, and its task is sent, or its timer set, at the last of them.
   */
  heard(id: number, revision: number, at: Position): void {
    const begun = this.#begun.get(id);
    if (!begun || revision > begun.revision) {
      this.look(id, at);
      return;
    }
    if (revision < begun.revision) return;
    this.#begun.delete(id);
    const { state } = begun;
    // An agent has come meanwhile, or a limit was in the way.
    if (state.order && !state.dispatch && this.#parts.options.wire.serves(state.site, state.order.module)) {
      this.look(id);
      return;
    }
    const release = this.#queue.hold(id);
    void this.#parts.traces
      .during('job', id, () => this.#follow(id, state))
      .catch(() => this.look(id))
      .finally(release);
  }

  /** Takes back what an earlier foreman has left on the wire, of jobs that are over. */
  async takeBackLeftOver(underWay: readonly number[]): Promise<void> {
    const { ledger, log } = this.#parts;
    try {
      await Promise.all((await ledger.leftOver(underWay)).map((id) => this.#sender.cancel(id)));
    } catch (error) {
      log.warn('what jobs that are over have left behind could not be taken back', { error: String(error) });
    }
  }

  /** An agent that polls has taken the task of a job. */
  polled(id: number, { deadline }: Dispatch): void {
    this.#timers.atTheLatest(id, Date.parse(deadline) + 1);
  }

  /** The step of a job is slow from this time on; undefined: it is not at a step. */
  watchStep(id: number, slowAt: number | undefined): void {
    this.#slow.set(id, slowAt);
  }

  /** Ends it; resolves when nothing of it goes on. What takes too long is left behind, and has no effect any more. */
  async end(): Promise<void> {
    this.#over = true;
    this.#timers.stop();
    this.#slow.stop();
    const noted = this.#sender
      .stop()
      .catch((error: unknown) => this.#parts.log.warn('what is on the wire was not noted', { error: String(error) }));
    const late = sleep(MAX_END_MS, true, { ref: false });
    if (await Promise.race([Promise.all([this.#queue.stop(), noted]).then(() => false), late]))
      this.#parts.log.warn('a look at a job has not ended in time');
    this.#parts.stalled.clear();
  }

  /** @returns whether the job waits for this dispatch */
  beat({ job, cookie, agent }: Beat): boolean {
    return this.#sender.beat(job, cookie, agent);
  }

  deadlineOf(dispatch: Dispatch): number {
    const { transport, holder, cookie, deadline } = dispatch;
    if (transport === 'poll' && holder) return this.#parts.pollDeadlineOf(dispatch);
    // After a change of the foreman the silence begins anew, and after a jump of the clock, which is no silence.
    const heard = Math.max(this.#sender.heardOf(cookie) ?? this.#startedAt, this.#jumpedTo());
    return Math.max(Date.parse(deadline), heard + this.#parts.options.lease);
  }

  /** What the clock was last set ahead to, as far as it is seen by a look. */
  #jumpedTo(): number {
    if (this.#jumps.look() > 0) this.#jumped = this.#parts.clock.millis();
    return this.#jumped;
  }

  /** Does something with a job, that nobody looks at meanwhile, and what follows from it. */
  async during<R extends { readonly value: Job | undefined; readonly position: Position | undefined }>(
    id: number,
    task: () => Promise<R>,
  ): Promise<R> {
    let failed = true;
    try {
      // What a look has read before is not to be followed behind what is done now: a task that has ended would be sent again.
      return await this.unlooked(id, async () => {
        const result = await task();
        failed = false;
        this.#queue.seen(id, result.position);
        await this.#follow(id, result.value);
        return result;
      });
    } finally {
      this.#parts.gate.looked(id, failed);
    }
  }

  /** Does something while nobody looks at a job: what it reads is not decided about at the same time. */
  async unlooked<R>(id: number, task: () => Promise<R>): Promise<R> {
    const release = this.#queue.hold(id);
    try {
      await this.#queue.unlooked(id);
      return await task();
    } finally {
      release();
    }
  }

  /** Takes a report from the wire. @throws Refusal; what is no fault of the job: the report has to come again */
  async takeReport({ job: id, cookie, outcome, agent, trace }: Report): Promise<void> {
    const { clock, commands } = this.#parts;
    const context = CommandContext.system(clock.now(), `report-${cookie}`, `agent ${agent}`);
    try {
      await traced('report', { kind: 'consumer', parent: trace, attributes: { 'contractor.job': id } }, () =>
        this.during(id, () => commands.execute(new ReportTask(id, cookie, outcome), context)),
      );
    } catch (error) {
      if (error instanceof Refusal || isNoFault(error)) throw error;
      await faultJob(this.#parts, id, error);
    }
  }

  /** Fails a task that was dispatched and cannot be done by anybody. */
  async failTask(id: number, cookie: string, error: string): Promise<void> {
    const { clock, commands } = this.#parts;
    const context = CommandContext.system(clock.now(), `fail-${cookie}`);
    await commands.execute(new ReportTask(id, cookie, { error }), context);
  }

  async #reconcile(id: number): Promise<Position | undefined> {
    const { clock, commands, stalled, gate, traces } = this.#parts;
    try {
      const context = CommandContext.system(clock.now());
      return await traces.during('job', id, async () => {
        const { value, position } = await commands.execute(new ReconcileJob(id), context);
        stalled.goesOn(id);
        gate.looked(id);
        await this.#follow(id, value);
        return position;
      });
    } catch (error) {
      gate.looked(id, true);
      if (error instanceof Conflict) this.#queue.add(id);
      else if (isUnavailable(error)) this.#unsettled(id, error);
      else await faultJob(this.#parts, id, error).catch((failure: unknown) => this.#unsettled(id, failure));
      return undefined;
    }
  }

  /** What is no fault of the job is tried again, without end. */
  #unsettled(id: number, error: unknown): void {
    if (this.#over) return;
    const { clock, log, stalled } = this.#parts;
    const failures = stalled.stall(id, error);
    if (failures === 1) log.warn('a job waits for the database', { job: id, error: String(error) });
    this.#timers.set(id, clock.millis() + backoffMs(failures, RETRY));
  }

  /** What follows from where a job stands now: a task goes onto the wire, a timer is set. */
  async #follow(id: number, state: Job | undefined): Promise<void> {
    if (this.#over) return;
    // It is forgotten when the log says so: until then this may be heard of.
    if (!state || state.stage === 'ended') {
      this.#timers.set(id, undefined);
      return;
    }
    const { dispatch } = state;
    if (!dispatch) this.#sender.leave(id, state);
    const sent = dispatch?.transport !== 'wire' || (await this.#sender.send(id, state, dispatch));
    this.#timers.set(id, sent ? this.#nextLook(state) : this.#parts.clock.millis() + RESEND_MS);
  }

  #nextLook(state: Job): number | undefined {
    const { stage, dispatch, order, wakeAt } = state;
    if (stage === 'waiting') return firstHoldOver(state);
    if (stage !== 'queued') return undefined;
    if (!order) return wakeAt === undefined ? undefined : Date.parse(wakeAt);
    const next = Math.min(timeLimitOf(state) ?? Infinity, dispatch ? this.deadlineOf(dispatch) + 1 : Infinity);
    return Number.isFinite(next) ? next : undefined;
  }

  async #noteSlowStep(id: number): Promise<void> {
    const { clock, commands, steps, log } = this.#parts;
    const slow = steps.slow(id, clock.millis());
    if (!slow) return;
    try {
      await commands.execute(new NoteSlowStep(id, slow.cookie, slow.message), CommandContext.system(clock.now()));
    } catch (error) {
      if (this.#over || error instanceof Refusal) return;
      log.warn('a slow step could not be noted', { job: id, error: String(error) });
      this.#slow.set(id, clock.millis() + RETRY.maxMs);
    }
  }
}
