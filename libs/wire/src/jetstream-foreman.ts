import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { jetstream, JetStreamApiError, type JetStreamClient, type JsMsg } from '@nats-io/jetstream';
import { RequestError, type Msg, type NatsConnection } from '@nats-io/transport-node';
import { LRUCache } from 'lru-cache';
import { silentLogger } from '#kernel';
import { claimDispatch } from './claim-dispatch.ts';
import { endingWith } from './ending-with.ts';
import { takeFormerReports } from './former-reports.ts';
import { secretsIn, withoutSecrets } from './kept-back-secrets.ts';
import { encode, readBeat, readPresence, readReport, readSecretsQuestion } from './messages.ts';
import { isDenied } from './is-denied.ts';
import { natsLink, tryNats, type NatsLink, type NatsSettings } from './nats-link.ts';
import { agentRegistry } from './agent-registry.ts';
import { openToAnybody } from './open-to-anybody.ts';
import { InstallationTaken, REQUEST, streams } from './streams.ts';
import type { InstallationIdentity, StreamPeriods } from './streams.ts';
import {
  everyDiscovery,
  natsNames,
  originOf,
  originOfQuestion,
  originOfReport,
  RESULTS_READER,
  siteOf,
} from './subjects.ts';
import { notifySafely } from './notify-safely.ts';
import { TaskHolders } from './task-holders.ts';
import { unlessAborted } from './unless-aborted.ts';
import { withoutStacks } from './without-stacks.ts';
import { MaybeHeld, TaskTooLarge } from './wire.ts';
import type { ForemanWire, ForemanWireListener, TaskPlace, UnreadableReport, WireHealth } from './wire.ts';

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

/** How many reports are handled at a time. */
const MAX_CONCURRENT_REPORTS = 128;

/** At most this many announcements are looked at a time; the next of the others come within seconds. */
const MAX_CONCURRENT_ANNOUNCEMENTS = 64;
/** At most this many sites of agents of an earlier version are told. */
const MAX_FORMER_SITES = 100;
/** Of how many dispatches the secrets are remembered; those of others are looked up again. */
const MAX_SECRETS = 5000;
/** After what part of the time in which NATS gives a task to another agent that one may hold it: two beats and more. */
const SILENCE = 0.6;
/** How often a report is looked at again that comes from another agent than the one that holds the task. */
const MAX_LOOKS = 10;
/** Room for headers in the largest message, in bytes. */
const HEADERS = 1024;
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

interface Session {
  readonly connection: NatsConnection;
  readonly js: JetStreamClient;
  readonly streams: ReturnType<typeof streams>;
  readonly over: AbortSignal;
}

/**
 * The foreman's end of the wire over NATS. `start` resolves after the first attempt to connect, whether it succeeded
 * or not: while there is no connection `serves` says false and `send` rejects, and the connection is tried for ever.
 * Where the id of the installation belongs to other data it takes no part either, tells so, and tries again and again.
 */
export function jetstreamForeman(
  settings: JetstreamForemanSettings,
  periods: Partial<ForemanPeriods> = {},
): ForemanWire {
  const { retryFirst, retryMost, ...streamPeriods } = { ...usual, ...periods };
  const { log = silentLogger, installation } = settings;
  const names = natsNames(installation.id);
  const present = agentRegistry();
  const holders = new TaskHolders({ silence: SILENCE * streamPeriods.ackWait });
  const secrets = new LRUCache<string, TaskPlace & { readonly texts: readonly string[] }>({ max: MAX_SECRETS });
  const handling = new Set<Promise<void>>();
  const formerSites = new Set<string>();
  let looking = 0;
  let link: Promise<NatsLink> | undefined;
  let session: Session | undefined;
  /** Resolves when in this session it was tried once to make the installation ours, and to listen. */
  let tried: Promise<void> = Promise.resolve();
  let taken: InstallationTaken | undefined;
  let tries: { readonly at: number; readonly found: Promise<string | undefined> } | undefined;
  let open: { readonly at: number; readonly found: Promise<boolean | undefined> } | undefined;

  const begin = (listener: ForemanWireListener, connection: NatsConnection, over: AbortSignal) => {
    const now: Session = {
      connection,
      js: jetstream(connection),
      streams: streams(connection, names, streamPeriods),
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
    const reading = claim(now, told)
      .then(async () => {
        const recorded = await recordedAgents(listener);
        if (!over.aborted) {
          listen(now, listener, connection);
          for (const { site, module } of present.presume(recorded)) listener.served(site, module);
        }
        told();
        if (over.aborted) return;
        await takeFormer(now, listener, connection);
        await readReports(now, listener);
      })
      .finally(() => handling.delete(reading));
    handling.add(reading);
  };

  /** Makes the stream of the reports our own. @param failed called when that did not succeed */
  const claim = async ({ streams, over }: Session, failed: () => void) => {
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

  const listen = (now: Session, listener: ForemanWireListener, connection: NatsConnection) => {
    session = now;
    const subscriptions = [
      connection.subscribe(names.everyAnnouncement, { callback: (_, message) => hearAgent(now, listener, message) }),
      connection.subscribe(names.formerAnnouncements, { callback: (_, message) => hearAgent(now, listener, message) }),
      connection.subscribe(names.everyBeat, { callback: (_, message) => hearBeat(listener, message) }),
      connection.subscribe(names.formerBeats, { callback: (_, message) => hearBeat(listener, message) }),
      connection.subscribe(names.everySecret, { callback: (_, message) => answerSecrets(listener, message) }),
      connection.subscribe(everyDiscovery, { callback: (_, message) => answerAgent(listener, message) }),
      connection.subscribe('agents.*', { callback: (_, { subject }) => hearFormerAgent(siteOf(subject)) }),
    ];
    now.over.addEventListener('abort', () => {
      for (const subscription of subscriptions) subscription.unsubscribe();
    });
  };

  const hearBeat = (listener: ForemanWireListener, message: Msg) => {
    const beat = readBeat(message.data);
    const origin = originOf(message.subject);
    if (beat === undefined || !holders.mayHold(beat.cookie, origin)) return;
    if (listener.beat(beat) !== false) return holders.hold(beat.cookie, origin);
    // Now and then an agent asks for an answer.
    if (!message.reply || !listener.isOver) return;
    look(async () => {
      if (await listener.isOver?.(beat)) notifySafely(() => message.respond(encode({ over: beat.cookie })));
    });
  };

  const hasSite = async (listener: ForemanWireListener, site: string, agent: string): Promise<boolean> =>
    listener.hasSite === undefined || listener.hasSite(site, agent);

  /** Looks into what an agent says, unless too many are looked into already. */
  const look = (what: () => Promise<void>): void => {
    if (looking >= MAX_CONCURRENT_ANNOUNCEMENTS) return;
    looking += 1;
    what()
      .catch((cause: unknown) => log.error('an agent was not heard', cause))
      .finally(() => {
        looking -= 1;
      });
  };

  /** Tells an agent that looks for its installation of this one. */
  const answerAgent = (listener: ForemanWireListener, message: Msg) =>
    look(async () => {
      const known = await hasSite(listener, siteOf(message.subject), '');
      notifySafely(() => message.respond(encode({ installation: installation.id, known })));
    });

  /** Tells an agent that has taken a task what its secrets are. Where that cannot be found out now, it asks again. */
  const answerSecrets = (listener: ForemanWireListener, message: Msg): void => {
    const question = readSecretsQuestion(message.data);
    if (question === undefined) return;
    const { site, module, cookie } = originOfQuestion(message.subject);
    const answer = (texts: readonly string[] | undefined) =>
      notifySafely(() => message.respond(encode(texts === undefined ? {} : { texts })));
    const kept = secrets.get(cookie);
    if (kept) return answer(kept.site === site && kept.module === module ? kept.texts : undefined);
    look(async () => answer(await listener.secretsOf?.({ site, module, cookie, job: question.job })));
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

  const hearAgent = ({ streams, over }: Session, listener: ForemanWireListener, message: Msg) => {
    if (present.again(message.subject, message.data)) return;
    look(async () => {
      const presence = readPresence(message.data);
      if (presence === undefined) return;
      const origin = originOf(message.subject);
      const { site } = origin;
      if (!(await hasSite(listener, site, presence.agent))) {
        present.forget(message.subject);
        const rejected = `the installation "${installation.id}" has no site "${site}"`;
        notifySafely(() => message.respond(encode({ rejected })));
        return;
      }
      if (over.aborted) return;
      const served = present.note(origin, presence, { subject: message.subject, data: message.data });
      if (presence.lacking.length > 0) streams.forget(site);
      for (const module of Object.keys(presence.modules)) {
        streams.module(site, module).catch((cause) => log.error('no consumer', cause, { site, module }));
      }
      for (const module of served) listener.served(site, module);
    });
  };

  const hearFormerAgent = (site: string) => {
    if (formerSites.has(site) || formerSites.size >= MAX_FORMER_SITES) return;
    formerSites.add(site);
    log.warn('a subcontractor of an earlier version is not heard any more: start it with this one', { site });
  };

  /** Takes what agents of an earlier version have reported to us. */
  const takeFormer = async ({ js }: Session, listener: ForemanWireListener, connection: NatsConnection) => {
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
  const readReports = async ({ js, streams, over }: Session, listener: ForemanWireListener) => {
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
    const { report, flaw } = readReport(message.data);
    const holds = setInterval(() => notifySafely(() => message.working()), streamPeriods.reportWait / 3);
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
          holders.forget(report.cookie);
          secrets.delete(report.cookie);
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
  const inSession = (): Session => {
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

    async send(task) {
      const subject = names.taskSubject(task.site, task.module);
      const { connection, js, streams, over } = inSession();
      const data = encode(withoutSecrets(task));
      const room = (connection.info?.max_payload ?? Infinity) - HEADERS;
      if (data.length > room) throw new TaskTooLarge(data.length, room);
      holders.sent(task.cookie, { site: task.site, module: task.module });
      const broke = 'the connection to NATS broke before the task was held';
      let maybeHeld = false;
      const publish = async () => {
        await streams.tasks(task.site);
        // In the next session NATS may have lost what it had: there it would be held twice.
        if (over.aborted) throw new Error(broke);
        const before = maybeHeld;
        maybeHeld = true;
        const expect = { streamName: names.tasksStream(task.site) };
        return withoutStacks(() => js.publish(subject, data, { msgID: task.cookie, expect })).catch((cause) => {
          if (isRefused(cause)) maybeHeld = before;
          throw cause;
        });
      };
      const { site, module, cookie } = task;
      if (task.secrets) secrets.set(cookie, { site, module, texts: secretsIn(task.parameters, task.secrets) });
      const again = () => {
        streams.forget(task.site);
        return publish();
      };
      try {
        const held = await unlessAborted(publish().catch(again), over);
        if (held === undefined) throw new Error(broke);
        return String(held.seq);
      } catch (cause) {
        throw maybeHeld ? new MaybeHeld(cause instanceof Error ? cause.message : String(cause)) : cause;
      }
    },

    async withdraw({ site, module, cookie, receipt }) {
      const { js, streams, over } = inSession();
      const withdraw = async () => {
        await streams.tasks(site);
        const claim = { by: 'withdrawn', body: { withdrawn: true } as const };
        await claimDispatch(js, { names, site, module, cookie }, claim);
        holders.forget(cookie);
        secrets.delete(cookie);
        // Where an agent has begun, the message must not come to another one.
        if (receipt !== undefined) await streams.removeTask(site, Number(receipt), cookie);
        return true;
      };
      const again = () => {
        streams.forget(site);
        return withdraw();
      };
      const done = await unlessAborted(withdraw().catch(again), over);
      if (done === undefined) throw new Error('the connection to NATS broke before the task was taken back');
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

/** Whether NATS has said that it does not hold a message; whatever else goes wrong leaves that open. */
function isRefused(cause: unknown): boolean {
  if (cause instanceof JetStreamApiError || isDenied(cause)) return true;
  return cause instanceof Error && cause.cause instanceof RequestError && cause.cause.isNoResponders();
}
