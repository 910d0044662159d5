import { setTimeout as sleep } from 'node:timers/promises';
import type { BackoffOptions } from '#event-store';
import { backoffMs, isUnavailable } from '#event-store';
import { Conflict } from '#kernel';
import { Superseded } from './checkpoints.ts';

/** How something that failed is tried again. */
export interface RetryPolicy extends BackoffOptions {
  /** How often one event is tried before it becomes a dead letter. */
  readonly maxTries: number;
}

/** About a minute in all. */
export const RETRY: RetryPolicy = { firstMs: 100, maxMs: 30_000, maxTries: 10 };

/** Whether a failure says nothing about the event: the database was away, or somebody else was faster. */
export const isNoFault = (error: unknown): boolean => error instanceof Conflict || isUnavailable(error);

/** Waits. @throws the reason of the signal, where it is aborted */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal, ref: false }).catch(() => undefined);
  signal.throwIfAborted();
}

/**
 * Runs a task of our own books until it succeeds, however long the database is away.
 * @throws Superseded; what is wrong with the task itself; the reason of the signal
 */
export async function persist<R>(
  task: () => Promise<R>,
  {
    signal,
    policy,
    onError,
  }: { readonly signal: AbortSignal; readonly policy: BackoffOptions; readonly onError: (error: unknown) => void },
): Promise<R> {
  for (let failures = 1; ; failures += 1) {
    signal.throwIfAborted();
    try {
      return await task();
    } catch (error) {
      if (error instanceof Superseded || !isUnavailable(error)) throw error;
      onError(error);
      await pause(backoffMs(failures, policy), signal);
    }
  }
}
