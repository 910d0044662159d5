import { setTimeout as sleep } from 'node:timers/promises';
import { jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { silentLogger } from '#kernel';
import { agentListener } from './agent-listener.ts';
import { agentRegistry } from './agent-registry.ts';
import { dispatchesOut } from './dispatches-out.ts';
import type { ForemanSession } from './foreman-session.ts';
import { natsLink, tryNats, type NatsLink, type NatsSettings } from './nats-link.ts';
import { openToAnybody } from './open-to-anybody.ts';
import { reportReader } from './report-reader.ts';
import { InstallationTaken, streams } from './streams.ts';
import type { InstallationIdentity, StreamPeriods } from './streams.ts';
import { natsNames } from './subjects.ts';
import { taskSender } from './task-sender.ts';
import { unlessAborted } from './unless-aborted.ts';
import type { ForemanWire, ForemanWireListener, WireHealth } from './wire.ts';

/** How the foreman's end of the wire over NATS is set up. */
export interface JetstreamForemanSettings extends NatsSettings {
  readonly installation: InstallationIdentity;
}

/** Periods of the foreman's end, in milliseconds. */
export interface ForemanPeriods extends StreamPeriods {
  /** First wait before a report whose handler rejected comes again (250); it doubles up to `retryMost` (10,000). */
  readonly retryFirst: number;
  readonly retryMost: number;
}

/** After what part of the time in which NATS gives a task to another agent that one may hold it: two beats and more. */
const SILENCE = 0.6;
/** How long it is believed whether a server that stands by could connect, in milliseconds. */
const TRIED_FOR_MS = 1000;
/** How long it is believed what was found out about who is let in, in milliseconds. */
const OPEN_FOR_MS = 30_000;

const usual: ForemanPeriods = {
  ackWait: 5000,
  reportWait: 30_000,
  retryFirst: 250,
  retryMost: 10_000,
};

/**
 * The foreman's end of the wire over NATS. `start` resolves after the first attempt to connect, whether it succeeded
 * or not: while there is no connection `serves` says false and `send` rejects, and the connection is tried for ever.
 * Where the id of the installation belongs to other data it takes no part either, tells so, and tries again and again.
 */
export function jetstreamForeman(
  settings: JetstreamForemanSettings,
  periods: Partial<ForemanPeriods> = {},
): ForemanWire {
  const all = { ...usual, ...periods };
  const { retryFirst, retryMost } = all;
  const { log = silentLogger, installation } = settings;
  const names = natsNames(installation.id);
  const present = agentRegistry();
  const dispatches = dispatchesOut(SILENCE * all.ackWait);
  const agents = agentListener({ names, present, dispatches, log });
  const tasks = taskSender({ names, dispatches });
  const reports = reportReader({ installation, names, dispatches, log, periods: all });
  /** What goes on in sessions, also in those that are over. */
  const working = new Set<Promise<void>>();
  let link: Promise<NatsLink> | undefined;
  let session: ForemanSession | undefined;
  /** Resolves when in this session it was tried once to make the installation ours, and to listen. */
  let tried: Promise<void> = Promise.resolve();
  let taken: InstallationTaken | undefined;
  let tries: { readonly at: number; readonly found: Promise<string | undefined> } | undefined;
  let open: { readonly at: number; readonly found: Promise<boolean | undefined> } | undefined;

  const begin = (listener: ForemanWireListener, connection: NatsConnection, over: AbortSignal) => {
    const now: ForemanSession = {
      connection,
      js: jetstream(connection),
      streams: streams(connection, names, all),
      over,
    };
    over.addEventListener('abort', () => {
      if (session === now) session = undefined;
      present.clear();
    });
    let told = () => undefined as void;
    tried = new Promise((resolve) => {
      told = resolve;
    });
    const work = claim(now, told)
      .then(async () => {
        const recorded = await recordedAgents(listener);
        if (!over.aborted) {
          session = now;
          agents.subscribe(now, listener);
          for (const { site, module } of present.presume(recorded)) listener.served(site, module);
        }
        told();
        if (over.aborted) return;
        await reports.takeFormer(now, listener);
        await reports.read(now, listener);
      })
      .finally(() => working.delete(work));
    working.add(work);
  };

  /** Makes the stream of the reports our own. @param failed called when that did not succeed */
  const claim = async ({ streams, over }: ForemanSession, failed: () => void) => {
    for (let wait = retryFirst; !over.aborted; wait = Math.min(2 * wait, retryMost)) {
      try {
        await unlessAborted(streams.results(installation), over);
        taken = undefined;
        return;
      } catch (cause) {
        if (!(cause instanceof InstallationTaken)) log.error('reports cannot be read', cause);
        else if (cause.message !== taken?.message) log.error('the installation is refused', cause);
        taken = cause instanceof InstallationTaken ? cause : undefined;
        failed();
      }
      await sleep(wait, undefined, { signal: over }).catch(() => undefined);
    }
  };

  /** Who is recorded to be there: one that has nothing to do says so no more than every few seconds. */
  const recordedAgents = async (listener: ForemanWireListener) => {
    try {
      return (await listener.recorded?.()) ?? [];
    } catch (cause) {
      log.warn('it is not known which agents were there before', { reason: String(cause) });
      return [];
    }
  };

  /** Why NATS is not reached now; one that is not started, because its server stands by, tries. */
  const reached = async (): Promise<string | undefined> => {
    const connected = await link;
    if (!connected && performance.now() - (tries?.at ?? Number.NEGATIVE_INFINITY) > TRIED_FOR_MS) {
      tries = { at: performance.now(), found: tryNats(settings) };
    }
    const tried = await (connected ? connected.fault() : tries?.found);
    return tried ?? (connected && link && !session ? 'it is starting' : undefined);
  };

  /** Whether NATS lets in anybody; asked anew when the answer is old. */
  const isOpen = (): Promise<boolean | undefined> => {
    const now = performance.now();
    if (open === undefined || now - open.at > OPEN_FOR_MS) open = { at: now, found: openToAnybody(settings) };
    return open.found;
  };

  /** @throws Error where nothing travels now */
  const inSession = (): ForemanSession => {
    if (link === undefined) throw new Error("the foreman's end of the wire is not started");
    if (session === undefined) throw new Error(taken?.message ?? 'there is no connection to NATS');
    return session;
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
      await tried;
    },

    async health(): Promise<WireHealth> {
      const fault = taken?.message ?? (await reached());
      const anybody = fault === undefined && (await isOpen());
      return {
        ...(fault === undefined ? {} : { fault }),
        ...(anybody
          ? { warning: 'NATS takes anybody: give its server the configuration of "contractor nats config"' }
          : {}),
        details: { installation: installation.id, agents: present.size },
      };
    },

    agents: () => (session === undefined ? undefined : present.all()),

    missing: () => present.missing(),

    serves: (site, module) => session !== undefined && present.serves(site, module),

    send: async (task) => tasks.send(inSession(), task),

    withdraw: async (sent) => tasks.withdraw(inSession(), sent),

    async stop() {
      const leaving = link;
      link = undefined;
      await (
        await leaving
      )?.stop(async () => {
        while (working.size > 0) await Promise.all(working);
        await reports.settled();
      });
    },
  };
}
