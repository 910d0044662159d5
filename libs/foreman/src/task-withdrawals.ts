import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from '#event-store';
import type { Logger } from '#kernel';
import type { ForemanWire, SentTask } from '#wire';
import type { DispatchLedger } from './dispatch-ledger.ts';
import type { FinishedDispatch } from './job-messages.ts';

/** How many jobs that were cancelled while the wire was away have their tasks taken back when it is there again. */
export const MAX_WITHDRAWING = 1000;
/** How pauses grow while the wire does not take a task back. */
const RETRY = { firstMs: 200, maxMs: 30_000 };

/** What tasks are taken back with. */
export interface TaskWithdrawalsParts {
  readonly wire: Pick<ForemanWire, 'lasting' | 'withdraw'>;
  readonly ledger: Pick<DispatchLedger, 'of' | 'forget'>;
  readonly log: Logger;
  /** How long an agent may be silent before its task is taken to be lost, in milliseconds. */
  readonly lease: number;
  /** Milliseconds. */
  readonly now: () => number;
}

/** In what time an agent that has begun a task shows so, in milliseconds: two signs of life and more. */
const SHOWN_MS = 5000;

/** What was put onto the wire, and when. */
interface Put {
  readonly task: SentTask;
  /** When, or when an agent was last heard of that is at work on it, in milliseconds. */
  heard: number;
  /** When it was found that an agent has begun it, which was to be taken back. */
  foundBegun?: number;
}

/**
 * Takes dispatches back that count no more, so that no agent begins them: before the next one of their job is sent, and
 * when the job is cancelled. What has ended with a report needs none of it. It holds a dispatch of each job under way.
 */
export class TaskWithdrawals {
  readonly #parts: TaskWithdrawalsParts;
  /** What was put onto the wire last, also where it is not known whether it arrived. */
  readonly #last = new Map<number, Put>();
  readonly #leaving = new Set<number>();
  readonly #withdrawing = new Set<number>();
  readonly #stopped = new AbortController();

  constructor(parts: TaskWithdrawalsParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#last.size + this.#withdrawing.size;
  }

  /** A dispatch of a job is being put onto the wire, or was. */
  sent(job: number, task: SentTask): void {
    this.#last.set(job, { task, heard: this.#parts.now() });
  }

  /** An agent shows that it is at work on a dispatch, also where that counts no more. */
  heard(job: number, cookie: string): void {
    const last = this.#last.get(job);
    if (last?.task.cookie === cookie) last.heard = this.#parts.now();
  }

  stop(): void {
    this.#stopped.abort();
  }

  /**
   * Takes back what was sent for a job before. Where an agent has begun that, it may have done so just now: it is at work where
   * it was sent less than a lease ago, or shows life. What it does is neither observed nor done again beside it.
   * @param known what the ledger knows of
   * @param spent dispatches that have ended
   * @param current the one that counts
   * @throws what the wire throws: the next one must not be sent yet
   */
  async withdrawEarlier(
    job: number,
    { known, spent, current }: { known: readonly SentTask[]; spent: readonly FinishedDispatch[]; current?: string },
  ): Promise<void> {
    const last = this.#last.get(job);
    const earlier = new Map([...known, ...(last ? [last.task] : [])].map((task) => [task.cookie, task]));
    for (const task of earlier.values()) {
      if (task.cookie === current || spent.some(({ cookie }) => cookie === task.cookie)) continue;
      const isBegun = !(await this.#parts.wire.withdraw(task));
      if (last?.task.cookie !== task.cookie || this.#last.get(job) !== last) continue;
      if (isBegun && this.#mayBeAtWork(last)) throw new Error('an agent may have only just begun it');
      this.#last.delete(job);
    }
  }

  #mayBeAtWork(begun: Put): boolean {
    const { lease } = this.#parts;
    const now = this.#parts.now();
    begun.foundBegun ??= now;
    return now - begun.heard < lease || now - begun.foundBegun < Math.min(SHOWN_MS, lease);
  }

  /**
   * The task of a job is with nobody any more: what was sent of it is taken back, again and again until the wire does so.
   * It may go to an agent that polls meanwhile.
   */
  async leave(job: number, spent: readonly FinishedDispatch[]): Promise<void> {
    const left = this.#last.get(job);
    if (!left || this.#leaving.has(job) || spent.some(({ cookie }) => cookie === left.task.cookie)) return;
    this.#leaving.add(job);
    for (let tries = 1; this.#last.get(job) === left && !this.#stopped.signal.aborted; tries += 1) {
      try {
        await this.withdrawEarlier(job, { known: [], spent });
      } catch (error) {
        if (tries === 1) this.#parts.log.warn('a task could not be taken back yet', { job, error: String(error) });
        await this.#pause(tries);
      }
    }
    this.#leaving.delete(job);
  }

  /** Waits before the next try, unless it is stopped. */
  async #pause(tries: number): Promise<void> {
    const { signal } = this.#stopped;
    await sleep(backoffMs(tries, RETRY), undefined, { signal, ref: false }).catch(() => undefined);
  }

  /** A job has ended by itself: nothing of it is out. */
  forget(job: number): void {
    this.#last.delete(job);
  }

  /**
   * A job was cancelled: all of it is taken back, again and again until the wire does so, and forgotten. What is left when
   * this process is the foreman no longer the ledger keeps for the next one.
   */
  async cancel(job: number): Promise<void> {
    const { ledger, wire, log } = this.#parts;
    const last = this.#last.get(job);
    this.#last.delete(job);
    const known = wire.lasting ? await ledger.of(job) : [];
    const tasks = new Map([...known, ...(last ? [last.task] : [])].map((task) => [task.cookie, task]));
    if (this.#withdrawing.size < MAX_WITHDRAWING) this.#withdrawing.add(job);
    for (let tries = 1; !this.#stopped.signal.aborted; tries += 1) {
      try {
        for (const task of tasks.values()) await wire.withdraw(task);
        await ledger.forget(job);
        break;
      } catch (error) {
        if (tries === 1)
          log.warn('the task of a cancelled job could not be taken back yet', { job, error: String(error) });
        if (!this.#withdrawing.has(job)) break;
        await this.#pause(tries);
      }
    }
    this.#withdrawing.delete(job);
  }
}
