import type { EventStore, Position, Subscription } from '#event-store';
import { backoffMs, Signal } from '#event-store';
import type { Progress } from './progress.ts';
import type { Reconciler } from './reaction.ts';
import type { RetryPolicy } from './retry.ts';
import { pause } from './retry.ts';

export interface ReconcilerLoopOptions {
  readonly reconciler: Reconciler;
  readonly store: EventStore;
  readonly retry: RetryPolicy;
  readonly progress: Progress;
  /** Aborted when the term of this process is over. */
  readonly term: AbortSignal;
}

/** One reconciler at work, for as long as this process leads: it runs at the beginning, when it is woken, and from time to time. */
export class ReconcilerLoop {
  readonly #options: ReconcilerLoopOptions;
  readonly #wake = new Signal();
  #subscription: Subscription | undefined;
  #running: Promise<void> | undefined;

  constructor(options: ReconcilerLoopOptions) {
    this.#options = options;
  }

  /** @param head what is in the log by now, the first run sees anyway */
  begin(head: Position): void {
    const { store, reconciler, progress, term } = this.#options;
    const { wakeOn } = reconciler;
    term.addEventListener('abort', () => this.wake(), { once: true });
    if (wakeOn) {
      const { categories, types } = wakeOn;
      const options = {
        categories,
        onError: (error: unknown) => {
          if (!term.aborted) progress.failed(error);
        },
      };
      this.#subscription = store.subscribe(
        head,
        async (events) => {
          if (events.some(({ type }) => !types || types.includes(type))) this.wake();
        },
        options,
      );
    }
    this.#running = this.#run();
  }

  /** Has it run now, or once more after the run under way. */
  wake(): void {
    this.#wake.notify();
  }

  /** Resolves when nothing of it goes on. */
  async end(): Promise<void> {
    this.wake();
    await this.#subscription?.stop();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { reconciler, progress, retry, term } = this.#options;
    progress.goesWell();
    while (!term.aborted) {
      const { count } = this.#wake;
      try {
        await reconciler.reconcile(term);
        progress.goesWell();
        if (reconciler.minPauseMs) await pause(reconciler.minPauseMs, term).catch(() => undefined);
        if (!term.aborted) await this.#wake.wait(count, reconciler.everyMs);
      } catch (error) {
        if (term.aborted) return;
        progress.failed(error);
        const wait = Math.min(reconciler.everyMs, backoffMs(progress.failures, retry));
        await pause(wait, term).catch(() => undefined);
      }
    }
  }
}
