import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '#kernel';
import type { KeptReport, ReportStore } from './kept-report.ts';

/** How long a report may be on its way before it is kept, in milliseconds. */
const KEEP_AFTER_MS = 250;
/** How many reports of earlier processes are sent at a time. */
const MAX_SENDING = 8;

export interface ReportOutboxOptions {
  /** Hands a report to the wire: true where it holds it, or refuses it for ever; false, or rejects, where it does not yet. */
  readonly send: (report: KeptReport) => Promise<boolean>;
  /** Where what is not held at once is kept; without it a report is lost with the process. */
  readonly store?: ReportStore | undefined;
  readonly log: Logger;
  /** How long to wait before a report is sent again, in milliseconds; `attempt` counts from 1. */
  readonly againMs: (attempt: number) => number;
}

/** A report on its way. */
export interface Delivery {
  /** Resolves when it may be forgotten: the wire holds it, or it is kept for the next process. */
  readonly safe: Promise<void>;
  /** Whether the wire holds it, or never will; false: the outbox was closed before. */
  readonly held: Promise<boolean>;
}

/** Sends reports again and again until the wire holds them, and keeps meanwhile what the wire does not hold at once. */
export function reportOutbox({ send, store, log, againMs }: ReportOutboxOptions) {
  const closing = new AbortController();
  const sending = new Set<Promise<unknown>>();
  let told = '';

  const trySend = async (kept: KeptReport): Promise<boolean> => {
    try {
      return await send(kept);
    } catch (cause) {
      const reason = String(cause);
      if (reason !== told) log.warn('a report is not held yet; trying again', { task: kept.report.task, reason });
      told = reason;
      return false;
    }
  };

  /** @returns whether it is held; otherwise the outbox is closed */
  const sendUntilHeld = async (kept: KeptReport): Promise<boolean> => {
    for (let attempt = 1; !closing.signal.aborted; attempt += 1) {
      if (await trySend(kept)) {
        told = '';
        return true;
      }
      await sleep(againMs(attempt), undefined, { signal: closing.signal }).catch(() => undefined);
    }
    return false;
  };

  const forget = async (kept: KeptReport): Promise<void> => {
    await store?.remove(kept).catch((error: unknown) => log.error('a kept result could not be removed', error));
  };

  const deliver = (kept: KeptReport): Delivery => {
    const held = sendUntilHeld(kept);
    const safe = (async () => {
      const soon = new AbortController();
      const wait = sleep(KEEP_AFTER_MS, 'later', { signal: soon.signal }).catch(() => undefined);
      const first = await Promise.race([held, wait]).finally(() => soon.abort());
      if (first !== 'later') return;
      if (store?.room) {
        try {
          await store.keep(kept);
          return;
        } catch (error) {
          log.error('a result could not be kept; it is lost if this process ends before it is sent', error);
        }
      }
      await held;
    })();
    const over = held.then(async (isHeld) => {
      await safe;
      if (isHeld) await forget(kept);
      return isHeld;
    });
    sending.add(over);
    void over.finally(() => sending.delete(over));
    return { safe, held: over };
  };

  return {
    deliver,

    /** Sends what earlier processes have kept for this receiver and site. */
    async sendKept(to: string, site: string): Promise<void> {
      const old = (store?.kept ?? []).filter((one) => one.to === to && one.site === site);
      if (old.length === 0) return;
      log.info('sending results that were kept', { site, results: old.length });
      const queue = [...old];
      const next = async (): Promise<void> => {
        for (let kept = queue.shift(); kept !== undefined; kept = queue.shift()) {
          if (await sendUntilHeld(kept)) await forget(kept);
        }
      };
      const all = Promise.all(Array.from({ length: MAX_SENDING }, next)).then(() => undefined);
      sending.add(all);
      await all.finally(() => sending.delete(all));
    },

    /** Stops sending; resolves when nothing goes on. What is kept stays kept. */
    async close(): Promise<void> {
      closing.abort();
      await Promise.allSettled(sending);
    },
  };
}

/** Reports on their way to the wire. */
export type ReportOutbox = ReturnType<typeof reportOutbox>;
