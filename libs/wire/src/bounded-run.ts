import type { Outcome } from './wire.ts';

/** The longest time of a task whose module says none, in milliseconds. */
export const USUAL_MAX_MS = 3_600_000;
/** No task takes longer than this, whatever its module says, in milliseconds. */
export const MAX_MAX_MS = 86_400_000;
/** How long a function may take to end once its signal has aborted at its longest time, in milliseconds. */
export const GRACE_MS = 10_000;

/** A function at work, which can be stopped. */
export interface BoundedRun {
  readonly signal: AbortSignal;
  /** How it ends: with its outcome; undefined where it was given up. Never rejects. */
  readonly ended: Promise<Outcome | undefined>;
  /** Aborts it, for this reason, and gives it up: it has no outcome. */
  giveUp(reason: string): void;
}

export interface RunLimits {
  readonly maxMs: number;
  readonly graceMs?: number | undefined;
  /** What stands in the outcome of a run that took too long. */
  readonly name: string;
}

/**
 * Runs a function of an agent. At its longest time its signal aborts; what has not ended a grace later is left behind. A
 * result that is reached all the same counts; a failure after the signal is told as that of the limit.
 */
export function boundedRun(run: (signal: AbortSignal) => Promise<Outcome>, limits: RunLimits): BoundedRun {
  const { maxMs, graceMs = GRACE_MS, name } = limits;
  const stop = new AbortController();
  const late: Outcome = { error: `${name} was stopped: it took longer than ${maxMs / 1000} s` };
  let timer: NodeJS.Timeout | undefined;
  let giveUp: (reason: string) => void = () => undefined;
  const ended = new Promise<Outcome | undefined>((resolve) => {
    let expired = false;
    giveUp = (reason) => {
      resolve(undefined);
      stop.abort(new DOMException(reason, 'AbortError'));
    };
    timer = setTimeout(() => {
      expired = true;
      stop.abort(new DOMException(`it took longer than ${maxMs / 1000} s`, 'TimeoutError'));
      timer = setTimeout(() => resolve(late), graceMs);
    }, maxMs);
    void run(stop.signal).then((outcome) => resolve(expired && 'error' in outcome ? late : outcome));
  });
  return { signal: stop.signal, ended: ended.finally(() => clearTimeout(timer)), giveUp };
}

/** The longest time of a task in milliseconds, within bounds. */
export function maxMsOf(
  maxTime: number | ((parameters: Readonly<Record<string, unknown>>) => number) | undefined,
  parameters: Readonly<Record<string, unknown>>,
): number {
  const wanted = typeof maxTime === 'function' ? maxTime(parameters) : maxTime;
  return wanted !== undefined && wanted >= 1 ? Math.min(wanted, MAX_MAX_MS) : USUAL_MAX_MS;
}
