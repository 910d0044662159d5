import { setTimeout as sleep } from 'node:timers/promises';
import { jetstream, type JetStreamClient, type JsMsg } from '@nats-io/jetstream';
import type { Msg, NatsConnection } from '@nats-io/transport-node';
import { silentLogger } from '#kernel';
import { endingWith } from './ending-with.ts';
import { encode, readBeat, readPresence, readReport } from './messages.ts';
import { natsLink, type NatsLink, type NatsSettings } from './nats-link.ts';
import { agentRegistry } from './agent-registry.ts';
import { REQUEST, streams, type StreamPeriods } from './streams.ts';
import * as names from './subjects.ts';
import { notifySafely } from './notify-safely.ts';
import { unlessAborted } from './unless-aborted.ts';
import type { ForemanWire, ForemanWireListener } from './wire.ts';

/** Periods of the foreman's end, in milliseconds. */
export interface ForemanPeriods extends StreamPeriods {
  /** First wait before a report whose handler rejected comes again (250); it doubles up to `retryMost` (10,000). */
  readonly retryFirst: number;
  readonly retryMost: number;
}

/** How many reports are handled at a time. */
const MAX_CONCURRENT_REPORTS = 32;

const usual: ForemanPeriods = {
  ackWait: 5000,
  reportWait: 30_000,
  retryFirst: 250,
  retryMost: 10_000,
};

interface Session {
  readonly js: JetStreamClient;
  readonly streams: ReturnType<typeof streams>;
  readonly over: AbortSignal;
}

/**
 * The foreman's end of the wire over NATS. `start` resolves after the first attempt to connect, whether it succeeded
 * or not: while there is no connection `serves` says false and `send` rejects, and the connection is tried for ever.
 */
export function jetstreamForeman(settings: NatsSettings, periods: Partial<ForemanPeriods> = {}): ForemanWire {
  const { retryFirst, retryMost, ...streamPeriods } = { ...usual, ...periods };
  const { log = silentLogger } = settings;
  const present = agentRegistry();
  const handling = new Set<Promise<void>>();
  let link: Promise<NatsLink> | undefined;
  let session: Session | undefined;

  const begin = (listener: ForemanWireListener, connection: NatsConnection, over: AbortSignal) => {
    const now: Session = { js: jetstream(connection), streams: streams(connection, streamPeriods), over };
    session = now;
    const ears = [
      connection.subscribe(names.everyAnnouncement, { callback: (_, message) => hearAgent(now, listener, message) }),
      connection.subscribe(names.everyBeat, {
        callback: (_, message) => {
          const beat = readBeat(message.data);
          if (beat !== undefined) listener.beat(beat);
        },
      }),
    ];
    const reading = readReports(now, listener).finally(() => handling.delete(reading));
    handling.add(reading);
    over.addEventListener('abort', () => {
      for (const ear of ears) ear.unsubscribe();
      if (session === now) session = undefined;
      present.clear();
    });
  };

  const hearAgent = ({ streams }: Session, listener: ForemanWireListener, { subject, data }: Msg) => {
    const presence = readPresence(data);
    if (presence === undefined) return;
    const site = names.siteOf(subject);
    const served = present.note(site, presence);
    if (presence.lacking.length > 0) streams.forget(site);
    for (const module of Object.keys(presence.modules)) {
      streams.module(site, module).catch((cause) => log.error('no consumer', cause, { site, module }));
    }
    for (const module of served) listener.served(site, module);
  };

  /** Reads reports until the session is over; begins anew after whatever goes wrong. */
  const readReports = async ({ js, streams, over }: Session, listener: ForemanWireListener) => {
    let wait = retryFirst;
    while (!over.aborted) {
      try {
        await streams.results();
        const consumer = await js.consumers.get(names.RESULTS, names.RESULTS_READER);
        const messages = await consumer.consume({
          max_messages: MAX_CONCURRENT_REPORTS,
          ...REQUEST,
          abort_on_missing_resource: true,
        });
        for await (const message of endingWith(over, messages)) {
          const handled = handle(message, listener).finally(() => handling.delete(handled));
          handling.add(handled);
          wait = retryFirst;
          if (handling.size > MAX_CONCURRENT_REPORTS) await Promise.race(handling);
        }
      } catch (cause) {
        if (!over.aborted) log.error('reports cannot be read', cause);
      }
      await sleep(wait, undefined, { signal: over }).catch(() => undefined);
      wait = Math.min(2 * wait, retryMost);
    }
  };

  const handle = async (message: JsMsg, listener: ForemanWireListener): Promise<void> => {
    const report = readReport(message.data);
    if (report === undefined) {
      log.warn('a message that is no report was dropped', { subject: message.subject });
      return notifySafely(() => message.term());
    }
    const holds = setInterval(() => notifySafely(() => message.working()), streamPeriods.reportWait / 3);
    try {
      await listener.reported(report);
      notifySafely(() => message.ack());
    } catch (cause) {
      log.warn('a report was not taken', { cookie: report.cookie, reason: String(cause) });
      const wait = Math.min(retryFirst * 2 ** (message.info.deliveryCount - 1), retryMost);
      notifySafely(() => message.nak(wait));
    } finally {
      clearInterval(holds);
    }
  };

  return {
    lasting: true,
    async start(listener) {
      if (link !== undefined) throw new Error("the foreman's end of the wire is started already");
      link = natsLink(settings, (connection, over) => begin(listener, connection, over));
      await link.catch((cause) => {
        link = undefined;
        throw cause;
      });
    },

    missing: () => present.missing(),

    serves: (site, module) => session !== undefined && present.serves(site, module),

    async send(task) {
      const subject = names.taskSubject(task.site, task.module);
      if (link === undefined) throw new Error("the foreman's end of the wire is not started");
      if (session === undefined) throw new Error('there is no connection to NATS');
      const { js, streams, over } = session;
      const publish = async () => {
        await streams.tasks(task.site);
        const expect = { streamName: names.tasksStream(task.site) };
        return js.publish(subject, encode(task), { msgID: task.cookie, expect });
      };
      const again = () => {
        streams.forget(task.site);
        return publish();
      };
      const held = await unlessAborted(publish().catch(again), over);
      if (held === undefined) throw new Error('the connection to NATS broke before the task was held');
    },

    async stop() {
      const leaving = link;
      link = undefined;
      await (
        await leaving
      )?.stop(async () => {
        while (handling.size > 0) await Promise.all(handling);
      });
    },
  };
}
