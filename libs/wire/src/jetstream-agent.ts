import { setTimeout as sleep } from 'node:timers/promises';
import { jetstream, JetStreamApiError } from '@nats-io/jetstream';
import { createInbox, millis, type NatsConnection } from '@nats-io/transport-node';
import { agentTasks, type AgentSession } from './agent-tasks.ts';
import { findInstallation } from './find-installation.ts';
import type { ReportStore } from './kept-report.ts';
import { encode, MAX_IDLE_MS, readRejection, readTaskOver } from './messages.ts';
import type { NatsKey } from './nats-key.ts';
import { natsLink, type NatsLink, type NatsSettings } from './nats-link.ts';
import { silentLogger } from '#kernel';
import { endingWith } from './ending-with.ts';
import { REQUEST } from './streams.ts';
import type { NatsNames } from './subjects.ts';
import { agentIdentity, inboxOf, natsNames, taskReader } from './subjects.ts';
import { EVERY_SITE } from './wire.ts';
import type { AgentWire, Announcement, TaskHandler } from './wire.ts';

/** How an agent's end of the wire over NATS is set up. */
export interface JetstreamAgentSettings extends NatsSettings {
  /** Id of the installation it works for; where none is said, the one on this NATS that has its site. */
  readonly installation?: string | undefined;
  /** The key by which NATS knows it. */
  readonly key?: NatsKey | undefined;
  /** Where reports are kept that NATS does not hold at once. */
  readonly store?: ReportStore | undefined;
}

/** Periods of an agent's end, in milliseconds. */
export interface AgentPeriods {
  /** Between two announcements at first, while it lacks something, and while it is at work (1000). */
  readonly announceEvery: number;
  /** Between two announcements while it has nothing to do (10,000); never less than `announceEvery`. */
  readonly announceIdle: number;
  /** For how long after a start or a reconnect it counts as having something to do (10,000). */
  readonly idleAfter: number;
  /** Between two signs of life of a task at work (2000). */
  readonly beatEvery: number;
  /** Before a report that was not held is sent again (1000). */
  readonly reportAgain: number;
}

const usual: AgentPeriods = {
  announceEvery: 1000,
  announceIdle: MAX_IDLE_MS,
  idleAfter: 10_000,
  beatEvery: 2000,
  reportAgain: 1000,
};
/** The least part of its period after which one with nothing to do announces itself: many that began together spread. */
const EARLIEST = 0.8;

/** How soon a consumer that is not there is first looked for again, in milliseconds. */
const SOON = 20;
/** A consumer that is being made is found a moment before it takes requests; those are dropped without a word. */
const SETTLING = 50;

interface Session extends AgentSession {
  readonly names: NatsNames;
}

/**
 * An agent's end of the wire over NATS. `start` resolves after the first attempt to connect, whether it succeeded or
 * not; the connection is tried for ever. It logs `serving` once all its modules have their consumers.
 */
export function jetstreamAgent(settings: JetstreamAgentSettings, periods: Partial<AgentPeriods> = {}): AgentWire {
  let running: { shift: ReturnType<typeof shiftOf>; link: Promise<NatsLink> } | undefined;
  return {
    async start(announcement, work) {
      if (running !== undefined) throw new Error("the agent's end of the wire is started already");
      if (announcement.site === EVERY_SITE) throw new Error('over NATS an agent serves one site, not every site');
      const shift = shiftOf(announcement, work, settings, { ...usual, ...periods });
      const { key } = settings;
      // Who shares a site need not share its answers: they hold tasks.
      const inbox = key ? `_INBOX_${key.publicKey}` : inboxOf(announcement.site);
      running = { shift, link: natsLink({ ...settings, seed: key?.seed }, shift.begin, inbox) };
      await running.link.catch((cause) => {
        running = undefined;
        throw cause;
      });
    },
    async stop() {
      const leaving = running;
      running = undefined;
      await leaving?.shift.stop(await leaving.link);
    },
    fault: async () => running && ((await (await running.link).fault()) ?? running.shift.fault()),
  };
}

/** What an agent does between start and stop, over as many connections as that takes. */
function shiftOf(
  { agent, site, modules, missing }: Announcement,
  work: TaskHandler,
  { log = silentLogger, installation, key, store }: JetstreamAgentSettings,
  { announceEvery, announceIdle, idleAfter, beatEvery, reportAgain }: AgentPeriods,
) {
  const offered = Object.entries(modules).filter(([, limit]) => limit >= 1);
  const offers = Object.fromEntries(offered);
  const lacking = new Set(offered.map(([module]) => taskReader(module)));
  const pulling = new Set<Promise<void>>();
  const stopping = new AbortController();
  let session: Session | undefined;
  /** Once it is found it stays: reports that are due belong to it. */
  let found = installation === undefined ? undefined : natsNames(installation);
  let rejected = '';
  let sentKept = false;
  const periods = { beatEvery, reportAgain };
  const identity = agentIdentity(agent, key?.publicKey);
  const tasks = agentTasks({
    agent,
    identity,
    site,
    work,
    log,
    periods,
    session: () => session,
    stopping: stopping.signal,
    store,
  });
  let announcing: NodeJS.Timeout | undefined;
  let busySince = 0;
  let said: { readonly lacking: string; readonly idle: boolean } | undefined;

  /** Announces the agent, and says when it does so next. */
  const announce = () => {
    clearTimeout(announcing);
    if (session === undefined) return;
    const lacks = [...lacking, ...tasks.unclaimed];
    const idle = lacks.length === 0 && tasks.isIdle && performance.now() - busySince >= idleAfter;
    const every = idle ? Math.max(announceIdle, announceEvery) : announceEvery;
    said = { lacking: lacks.join(' '), idle };
    session.connection.publish(
      session.names.announcementSubject(site, identity),
      encode({
        agent,
        modules: stopping.signal.aborted ? {} : offers,
        every,
        lacking: lacks,
        ...(missing ? { missing } : {}),
      }),
      { reply: session.answers },
    );
    const spread = idle ? EARLIEST + (1 - EARLIEST) * Math.random() : 1;
    announcing = setTimeout(announce, every * spread);
  };

  /** Announces the agent at once, where what it said last is not so any more. */
  const announceChange = () => {
    const lacks = [...lacking, ...tasks.unclaimed].join(' ');
    if (said && (lacks !== said.lacking || (said.idle && !tasks.isIdle))) announce();
  };

  const begin = (connection: NatsConnection, over: AbortSignal, inbox: string) => {
    const beginning = serve(connection, over, inbox)
      .catch((cause: unknown) => log.error('it cannot be served', cause))
      .finally(() => pulling.delete(beginning));
    pulling.add(beginning);
  };

  const serve = async (connection: NatsConnection, over: AbortSignal, inbox: string) => {
    const ending = AbortSignal.any([over, stopping.signal]);
    const id = found
      ? found.installation
      : await findInstallation(connection, site, { over: ending, log, everyMs: announceEvery });
    if (id === undefined || over.aborted) return;
    if (!sentKept) void tasks.sendKept(id);
    sentKept = true;
    found = natsNames(id);
    const now: Session = { connection, js: jetstream(connection), names: found, answers: createInbox(inbox), over };
    session = now;
    const answers = connection.subscribe(now.answers, { callback: (_, { data }) => hearAnswer(data) });
    busySince = performance.now();
    announce();
    over.addEventListener('abort', () => {
      answers.unsubscribe();
      if (session !== now) return;
      session = undefined;
      clearTimeout(announcing);
    });
    for (const [module, limit] of offered) {
      const pull = pullTasks(now, module, limit, ending).finally(() => pulling.delete(pull));
      pulling.add(pull);
    }
  };

  /** An announcement is answered where it is not taken, a sign of life where the job of its task is over. */
  const hearAnswer = (data: Uint8Array) => {
    const ended = readTaskOver(data);
    if (ended !== undefined) return tasks.isOver(ended.over);
    const answer = readRejection(data);
    if (answer === undefined || answer.rejected === rejected) return;
    rejected = answer.rejected;
    log.warn('no tasks for this site; trying again and again', { site, reason: rejected });
  };

  /** Takes tasks of a module, as many at a time as there are free hands, until the session is over. */
  const pullTasks = async (
    { connection, names, over: broken }: Session,
    module: string,
    limit: number,
    over: AbortSignal,
  ) => {
    let wait = SOON;
    // With a key it has an account of its own, where NATS has accounts.
    const apis = key === undefined ? [undefined] : [names.importedApi(identity), undefined];
    let api = 0;
    while (!over.aborted) {
      try {
        const apiPrefix = apis[api % apis.length];
        const js = jetstream(connection, apiPrefix === undefined ? {} : { apiPrefix });
        const consumer = await js.consumers.get(names.tasksStream(site), taskReader(module));
        if (lacking.has(module)) await sleep(SETTLING);
        if (lacking.delete(module) && lacking.size === 0) log.info('serving', { agent, site, modules: offers });
        announceChange();
        wait = SOON;
        const ackWait = millis((await consumer.info(true)).config.ack_wait ?? 0);
        while (!over.aborted) {
          const { working, reporting } = tasks.ofModule(module);
          if (working.length >= limit) await Promise.race(working);
          // Reports that NATS does not take pile up no further than that.
          else if (reporting.length >= limit) await Promise.race(reporting);
          else {
            const messages = await consumer.fetch({ max_messages: limit - working.length, ...REQUEST });
            for await (const message of endingWith(over, messages)) {
              tasks.take(message, names, { ackWait, over: broken });
              announceChange();
            }
          }
        }
      } catch (cause) {
        if (over.aborted) return;
        // Where JetStream answers, it is there under this name.
        if (!(cause instanceof JetStreamApiError)) api += 1;
        if (!lacking.has(module)) log.warn('no tasks', { module, reason: String(cause) });
        lacking.add(module);
        announceChange();
        await sleep(wait, undefined, { signal: over }).catch(() => undefined);
        wait = Math.min(2 * wait, announceEvery);
      }
    }
  };

  return {
    begin,
    /** Why no tasks come although NATS is there. */
    fault(): string | undefined {
      if (found === undefined) return 'no installation has been found yet';
      if (lacking.size === 0) return undefined;
      return rejected || `tasks of ${[...lacking].join(', ')} cannot be fetched yet`;
    },
    /** Ends the shift: says good-bye, lets work at hand finish and be reported, disconnects. */
    async stop(link: NatsLink): Promise<void> {
      stopping.abort();
      announce();
      while (pulling.size > 0) await Promise.all(pulling);
      await tasks.close();
      await link.stop();
    },
  };
}
