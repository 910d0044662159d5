import { isUnavailable } from '#event-store';
import type { Logger } from '#kernel';
import { traced, traceparent } from '#kernel';
import type { SentTask, Task } from '#wire';
import { MaybeHeld, observerOf, TaskTooLarge } from '#wire';
import type { DispatchLedger } from './dispatch-ledger.ts';
import { DispatchNotes } from './dispatch-notes.ts';
import type { ForemanOptions } from './foreman-options.ts';
import type { Dispatch, Job } from './job-messages.ts';
import { agentsOf, erasedText } from './task-secrets.ts';
import { TaskWithdrawals } from './task-withdrawals.ts';

/** What is known of the dispatch of a job that is on the wire. */
interface Sent {
  readonly cookie: string;
  /** When it was put onto the wire, or its agent was last heard of, milliseconds since 1970. */
  heard?: number;
  taken?: boolean;
}

export interface TaskSenderParts {
  readonly options: ForemanOptions;
  readonly ledger: DispatchLedger;
  readonly log: Logger;
  /** Fails a task that cannot be sent by anybody. */
  readonly failed: (id: number, cookie: string, error: string) => Promise<void>;
  /** Told of each task that could not be sent, which is tried again. */
  readonly unsent: (id: number, error: unknown) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Puts tasks onto the wire, and knows of their agents. It holds one dispatch of each job under way. */
export class TaskSender {
  readonly #parts: TaskSenderParts;
  readonly #sent = new Map<number, Sent>();
  readonly #byCookie = new Map<string, Sent>();
  readonly #withdrawals: TaskWithdrawals;
  readonly #notes: DispatchNotes;
  /** Jobs of which everything that was sent is known here. */
  readonly #ours = new Set<number>();
  #stopped = false;

  constructor(parts: TaskSenderParts) {
    this.#parts = parts;
    const { options, ledger, log, now } = parts;
    const { wire, lease } = options;
    this.#withdrawals = new TaskWithdrawals({ wire, ledger, log, lease, now });
    this.#notes = new DispatchNotes(ledger, log);
  }

  get size(): number {
    return this.#sent.size + this.#withdrawals.size + this.#notes.size + this.#ours.size;
  }

  /** A job has begun in this term: nobody has sent anything of it before. */
  begins(job: number): void {
    this.#ours.add(job);
  }

  /** When this dispatch was put onto the wire, or an agent was last heard of that is at work on it. */
  heardOf(cookie: string): number | undefined {
    return this.#byCookie.get(cookie)?.heard;
  }

  /** An agent shows that it is at work. @returns whether the job waits for this dispatch */
  beat(job: number, cookie: string, agent: string): boolean {
    this.#withdrawals.heard(job, cookie);
    const sent = this.#sent.get(job);
    if (sent?.cookie !== cookie) return false;
    const now = this.#parts.now();
    sent.heard = now;
    if (sent.taken) return true;
    sent.taken = true;
    this.#notes.taken(job, cookie, { agent, since: new Date(now).toISOString() });
    return true;
  }

  /** A job has ended by itself: it is forgotten. */
  forget(job: number): void {
    this.#drop(job);
    this.#withdrawals.forget(job);
    if (!this.#ours.delete(job)) this.#notes.known(job);
    this.#notes.forget(job);
  }

  /** A job was cancelled: it is forgotten, and a task of it that no agent has begun is taken back. */
  async cancel(job: number): Promise<void> {
    this.#drop(job);
    this.#ours.delete(job);
    await this.#withdrawals.cancel(job);
    // Until then the next foreman has to know of it.
    if (!this.#stopped) this.#notes.forget(job);
  }

  /** The task of a job is in nobody's hands any more. */
  leave(job: number, { spent }: Job): void {
    this.#notes.over(job);
    void this.#withdrawals.leave(job, spent);
  }

  /** Sends nothing more; resolves when what is on the wire is noted. @throws what the database throws */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#withdrawals.stop();
    await this.#notes.end();
  }

  /** @returns whether there is nothing left to be sent */
  async send(job: number, state: Job, { cookie }: Dispatch): Promise<boolean> {
    if (this.#stopped || this.#isCurrent(job, cookie)) return true;
    this.#drop(job);
    const sent = { cookie };
    this.#sent.set(job, sent);
    this.#byCookie.set(cookie, sent);
    try {
      await this.#put(job, state, cookie);
      return true;
    } catch (error) {
      if (this.#isCurrent(job, cookie)) this.#drop(job);
      if (error instanceof TaskTooLarge) return this.#failed(job, cookie, error.message);
      this.#parts.unsent(job, error);
      this.#parts.log.warn('a task could not be put onto the wire', { job, error: String(error) });
      return false;
    }
  }

  /** Fails a task that nobody can be sent. @returns whether that is done */
  async #failed(job: number, cookie: string, fault: string): Promise<boolean> {
    try {
      await this.#parts.failed(job, cookie, fault);
      return true;
    } catch (error) {
      this.#parts.log.warn('a task that cannot be sent could not be failed', { job, error: String(error) });
      return false;
    }
  }

  #isCurrent(job: number, cookie: string): boolean {
    return this.#sent.get(job)?.cookie === cookie;
  }

  #drop(job: number): void {
    const sent = this.#sent.get(job);
    if (sent) this.#byCookie.delete(sent.cookie);
    this.#sent.delete(job);
  }

  async #put(job: number, { site, order, observing, spent }: Job, cookie: string): Promise<void> {
    if (!order) return;
    const { options, ledger } = this.#parts;
    const { wire, repeatOf } = options;
    const once = !observing && repeatOf(order.module, order.function) !== 'safe';
    const resolved = await this.#resolved(order.parameters, agentsOf(site, order.module));
    if ('fault' in resolved) return this.#parts.failed(job, cookie, resolved.fault);
    const { parameters, secrets } = resolved;
    // What an earlier foreman has put onto a wire that outlives it is there already.
    const known = wire.lasting && !this.#ours.has(job) ? await ledger.of(job) : [];
    if (known.length > 0) this.#notes.known(job);
    const task = { cookie, site, module: order.module };
    if (known.some((one) => one.cookie === cookie)) return;
    // Another dispatch has come meanwhile, and this one counts no more.
    if (!this.#isCurrent(job, cookie)) return;
    await this.#withdrawals.withdrawEarlier(job, { known, spent, current: cookie });
    if (this.#stopped) return;
    if (once) {
      // It is sent by the process that has noted it first: where that is gone, what became of the task is found out when
      // its lease ends, since what the wire knew of it may be lost. The note forgets earlier ones, which are taken back now.
      await this.#notes.beforeNext(job);
      if (!(await ledger.note(job, task))) return;
      if (this.#stopped) return ledger.unnote(cookie);
    }
    this.#ours.add(job);
    this.#isPut(job, task);
    const toSend = (): Task => {
      const trace = traceparent();
      return {
        ...order,
        function: observing ? observerOf(order.function) : order.function,
        parameters,
        cookie,
        job,
        site,
        ...(once ? { once } : {}),
        ...(secrets.length > 0 ? { secrets } : {}),
        ...(trace === undefined ? {} : { trace }),
      };
    };
    const what = { 'contractor.job': job, 'contractor.site': site };
    const name = `send ${order.module}.${order.function}`;
    const sending = traced(name, { kind: 'producer', attributes: what }, () => wire.send(toSend()));
    const receipt = await sending.catch(async (error: unknown) => {
      // Sent again it could be begun twice, where NATS has lost its claims: what became of it is found out when its lease ends.
      if (once && !(error instanceof MaybeHeld)) await this.#unnote(job, cookie);
      if (!once || !(error instanceof MaybeHeld)) throw error;
      this.#parts.log.warn('a task may be on the wire', { job, error: String(error) });
      return undefined;
    });
    this.#isPut(job, { ...task, receipt });
    if (wire.lasting && this.#isCurrent(job, cookie)) this.#notes.sent(job, { ...task, receipt });
  }

  /** A dispatch is being put onto the wire, or was: its lease begins, however long the wire was away before. */
  #isPut(job: number, task: SentTask): void {
    this.#withdrawals.sent(job, task);
    const sent = this.#byCookie.get(task.cookie);
    if (sent) sent.heard = Math.max(sent.heard ?? 0, this.#parts.now());
  }

  /** Forgets what was noted and not taken by the wire, so that the next foreman sends it. */
  async #unnote(job: number, cookie: string): Promise<void> {
    try {
      await this.#parts.ledger.unnote(cookie);
    } catch (error) {
      // This process sends it all the same; another one waits for the end of its lease.
      this.#parts.log.warn('a task that is not on the wire stays noted', { job, error: String(error) });
    }
  }

  /** Parameters with their secrets, or why nobody can have them. @throws where the database is away */
  async #resolved(parameters: Parameters<ForemanOptions['resolveSecrets']>[0], reader: string) {
    try {
      const resolved = await this.#parts.options.resolveSecrets(parameters, reader);
      return resolved.erased.length > 0 ? { fault: erasedText(resolved.erased) } : resolved;
    } catch (error) {
      if (isUnavailable(error)) throw error;
      return { fault: `the task cannot be sent: ${error instanceof Error ? error.message : String(error)}` };
    }
  }
}
