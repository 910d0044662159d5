import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JsMsg } from '@nats-io/jetstream';
import type { Logger } from '#kernel';
import type { DispatchesOut } from './dispatches-out.ts';
import { endingWith } from './ending-with.ts';
import type { ForemanSession } from './foreman-session.ts';
import { takeFormerReports } from './former-reports.ts';
import { readReport } from './messages.ts';
import { notifySafely } from './notify-safely.ts';
import { REQUEST, type InstallationIdentity } from './streams.ts';
import { originOfReport, RESULTS_READER, type NatsNames } from './subjects.ts';
import type { ForemanWireListener, UnreadableReport } from './wire.ts';

/** How many reports are handled at a time. */
const MAX_CONCURRENT_REPORTS = 128;
/** How often a report is looked at again that comes from another agent than the one that holds the task. */
const MAX_LOOKS = 10;

export interface ReportReaderOptions {
  readonly installation: InstallationIdentity;
  readonly names: NatsNames;
  readonly dispatches: DispatchesOut;
  readonly log: Logger;
  /** In milliseconds; what they mean, `ForemanPeriods` says. */
  readonly periods: { readonly reportWait: number; readonly retryFirst: number; readonly retryMost: number };
}

/** Takes reports from NATS to the listener of the foreman's end, in one session after another. */
export function reportReader({ installation, names, dispatches, log, periods }: ReportReaderOptions) {
  const { reportWait, retryFirst, retryMost } = periods;
  const { holders } = dispatches;
  const handling = new Set<Promise<void>>();

  /** Takes what agents of an earlier version have reported to us. */
  const takeFormer = async ({ connection, js }: ForemanSession, listener: ForemanWireListener) => {
    const { handedOver } = listener;
    if (handedOver === undefined) return;
    try {
      const count = await takeFormerReports(connection, js, async (report) => {
        if (!(await handedOver.call(listener, report.cookie))) return false;
        await listener.reported(report);
        return true;
      });
      if (count > 0) log.info('reports of an earlier version were taken', { count });
    } catch (cause) {
      log.warn('reports of an earlier version cannot be read', { reason: String(cause) });
    }
  };

  /** Reads reports until the session is over; begins anew after whatever goes wrong. */
  const readReports = async ({ js, streams, over }: ForemanSession, listener: ForemanWireListener) => {
    let wait = retryFirst;
    while (!over.aborted) {
      try {
        await streams.results(installation);
        const consumer = await js.consumers.get(names.resultsStream, RESULTS_READER);
        const messages = await consumer.consume({
          max_messages: MAX_CONCURRENT_REPORTS,
          ...REQUEST,
          abort_on_missing_resource: true,
        });
        for await (const message of endingWith(over, messages)) {
          const handled = handle(message, listener).finally(() => handling.delete(handled));
          handling.add(handled);
          wait = retryFirst;
          if (handling.size >= MAX_CONCURRENT_REPORTS) await Promise.race(handling);
        }
      } catch (cause) {
        if (!over.aborted) log.error('reports cannot be read', cause);
      }
      await sleep(wait, undefined, { signal: over }).catch(() => undefined);
      wait = Math.min(2 * wait, retryMost);
    }
  };

  const handle = async (message: JsMsg, listener: ForemanWireListener): Promise<void> => {
    const { report, flaw } = readReport(message.data);
    const holds = setInterval(() => notifySafely(() => message.working()), reportWait / 3);
    const again = (reason: string) => {
      log.warn('a report was not taken', { cookie: report?.cookie ?? null, reason });
      const wait = Math.min(retryFirst * 2 ** (message.info.deliveryCount - 1), retryMost);
      notifySafely(() => message.nak(wait));
    };
    try {
      const objection = report && (await objectionTo(report.cookie, message.subject, listener));
      if (objection?.undecided && message.info.deliveryCount < MAX_LOOKS) return again(objection.reason);
      if (objection) await putAside(message, { flaw: objection.reason }, listener);
      else {
        if (flaw !== undefined) await putAside(message, { flaw, report }, listener);
        if (report !== undefined) {
          await listener.reported(report);
          dispatches.forget(report.cookie);
        }
      }
      notifySafely(() => message.ack());
    } catch (cause) {
      again(String(cause));
    } finally {
      clearInterval(holds);
    }
  };

  /** What keeps a report from being taken that has come on this subject. */
  const objectionTo = async (cookie: string, subject: string, { placeOf }: ForemanWireListener) => {
    const place = holders.isPlaced(cookie) ? undefined : await placeOf?.(cookie);
    if (place !== undefined) holders.sent(cookie, place);
    return holders.objection(cookie, originOfReport(subject));
  };

  const putAside = async (
    { data, subject }: JsMsg,
    { flaw, report }: Pick<UnreadableReport, 'flaw' | 'report'>,
    listener: ForemanWireListener,
  ): Promise<void> => {
    log.warn('a message is no report that can be taken', { subject, flaw });
    const key = createHash('sha256').update(data).digest('base64url');
    await listener.unreadable?.({ key, source: subject, flaw, report, body: new TextDecoder().decode(data) });
  };

  return {
    takeFormer,
    read: readReports,
    /** Resolves when no report is being handled any more. */
    async settled(): Promise<void> {
      while (handling.size > 0) await Promise.all(handling);
    },
  };
}
