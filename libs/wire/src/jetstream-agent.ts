import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { jetstream, JetStreamApiError, type JetStreamClient, type JsMsg } from '@nats-io/jetstream';
import { createInbox, millis, PermissionViolationError, type NatsConnection } from '@nats-io/transport-node';
import { claimDispatch } from './claim-dispatch.ts';
import { findInstallation } from './find-installation.ts';
import { encode, readRejection, readTask } from './messages.ts';
import type { NatsKey } from './nats-key.ts';
import { natsLink, type NatsLink, type NatsSettings } from './nats-link.ts';
import { silentLogger } from '#kernel';
import { endingWith } from './ending-with.ts';
import { REQUEST } from './streams.ts';
import type { NatsNames } from './subjects.ts';
import { inboxOf, isNatsName, natsNames, taskReader } from './subjects.ts';
import { notifySafely } from './notify-safely.ts';
import { unlessAborted } from './unless-aborted.ts';
import { EVERY_SITE } from './wire.ts';
import type { AgentWire, Announcement, Outcome, Report, Task, TaskHandler } from './wire.ts';

/** How an agent's end of the wire over NATS is set up. */
export interface JetstreamAgentSettings extends NatsSettings {
  /** Id of the installation it works for; where none is said, the one on this NATS that has its site. */
  readonly installation?: string | undefined;
  /** The key by which NATS knows it. */
  readonly key?: NatsKey | undefined;
}

/** Periods of an agent's end, in milliseconds. */
export interface AgentPeriods {
  /** Between two announcements (1000). */
  readonly announceEvery: number;
  /** Between two signs of life of a task at work (2000). */
  readonly beatEvery: number;
  /** Before a report that was not held is sent again (1000). */
  readonly reportAgain: number;
}

const usual: AgentPeriods = { announceEvery: 1000, beatEvery: 2000, reportAgain: 1000 };

/** How many cookies of finished work are remembered, so that a delivery that comes late is not begun again. */
const REMEMBERED = 1000;
/** How soon a consumer that is not there is first looked for again, in milliseconds. */
const SOON = 20;
/** A consumer that is being made is found a moment before it takes requests; those are dropped without a word. */
const SETTLING = 50;
/** Room for headers in the largest message, in bytes. */
const HEADERS = 1024;
/** What an operator does about claims that are not allowed. */
const NOT_ALLOWED = 'Give the NATS server the configuration of "contractor nats config" and reset the job';

interface Session {
  readonly connection: NatsConnection;
  readonly js: JetStreamClient;
  readonly names: NatsNames;
  /** Where what is answered to announcements arrives. */
  readonly answers: string;
  /** Aborts when the connection breaks. */
  readonly over: AbortSignal;
}

/** A task at work, with the latest delivery of it. */
interface AtWork {
  readonly task: Task;
  /** Of the installation it came from. */
  readonly names: NatsNames;
  message: JsMsg;
  /** Whether it is decided who has it: its message is off the queue. */
  claimed: boolean;
  done: Promise<void>;
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
  };
}

/** What an agent does between start and stop, over as many connections as that takes. */
function shiftOf(
  { agent, site, modules, missing }: Announcement,
  work: TaskHandler,
  { log = silentLogger, installation, key }: JetstreamAgentSettings,
  { announceEvery, beatEvery, reportAgain }: AgentPeriods,
) {
  const offered = Object.entries(modules).filter(([, limit]) => limit >= 1);
  const offers = Object.fromEntries(offered);
  const lacking = new Set(offered.map(([module]) => taskReader(module)));
  /** Modules whose tasks cannot be claimed now. */
  const unclaimed = new Set<string>();
  const atWork = new Map<string, AtWork>();
  const pulling = new Set<Promise<void>>();
  const reported = new Set<string>();
  const stopping = new AbortController();
  /** Tells this agent's process apart from another one of its name. */
  const self = randomUUID();
  let session: Session | undefined;
  /** Once it is found it stays: reports that are due belong to it. */
  let found = installation === undefined ? undefined : natsNames(installation);
  let rejected = '';

  const announce = (modules: Announcement['modules']) =>
    session?.connection.publish(
      session.names.announcementSubject(site),
      encode({
        agent,
        modules,
        every: announceEvery,
        lacking: [...lacking, ...unclaimed],
        ...(missing ? { missing } : {}),
      }),
      { reply: session.answers },
    );

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
    found = natsNames(id);
    const now: Session = { connection, js: jetstream(connection), names: found, answers: createInbox(inbox), over };
    session = now;
    const answers = connection.subscribe(now.answers, { callback: (_, { data }) => hearAnswer(data) });
    announce(stopping.signal.aborted ? {} : offers);
    const announcing = setInterval(() => announce(stopping.signal.aborted ? {} : offers), announceEvery);
    over.addEventListener('abort', () => {
      clearInterval(announcing);
      answers.unsubscribe();
      if (session === now) session = undefined;
    });
    for (const [module, limit] of offered) {
      const pull = pullTasks(now, module, limit, ending).finally(() => pulling.delete(pull));
      pulling.add(pull);
    }
  };

  /** An announcement is answered where it is not taken. */
  const hearAnswer = (data: Uint8Array) => {
    const answer = readRejection(data);
    if (answer === undefined || answer.rejected === rejected) return;
    rejected = answer.rejected;
    log.warn('no tasks for this site; trying again and again', { site, reason: rejected });
  };

  /** Takes tasks of a module, as many at a time as there are free hands, until the session is over. */
  const pullTasks = async ({ connection, names }: Session, module: string, limit: number, over: AbortSignal) => {
    let wait = SOON;
    // With a key it is in the account of the subcontractors, where NATS has accounts.
    const apis = key === undefined ? [undefined] : [names.importedApi, undefined];
    let api = 0;
    while (!over.aborted) {
      try {
        const apiPrefix = apis[api % apis.length];
        const js = jetstream(connection, apiPrefix === undefined ? {} : { apiPrefix });
        const consumer = await js.consumers.get(names.tasksStream(site), taskReader(module));
        if (lacking.has(module)) await sleep(SETTLING);
        if (lacking.delete(module) && lacking.size === 0) log.info('serving', { agent, site, modules: offers });
        wait = SOON;
        const ackWait = millis((await consumer.info(true)).config.ack_wait ?? 0);
        while (!over.aborted) {
          const busy = [...atWork.values()].filter(({ task }) => task.module === module);
          if (busy.length >= limit) await Promise.race(busy.map(({ done }) => done));
          else {
            const messages = await consumer.fetch({ max_messages: limit - busy.length, ...REQUEST });
            for await (const message of endingWith(over, messages)) take(message, names, ackWait);
          }
        }
      } catch (cause) {
        if (over.aborted) return;
        // Where JetStream answers, it is there under this name.
        if (!(cause instanceof JetStreamApiError)) api += 1;
        if (!lacking.has(module)) log.warn('no tasks', { module, reason: String(cause) });
        lacking.add(module);
        await sleep(wait, undefined, { signal: over }).catch(() => undefined);
        wait = Math.min(2 * wait, announceEvery);
      }
    }
  };

  const take = (message: JsMsg, names: NatsNames, ackWait: number): void => {
    const task = readTask(message.data);
    const already = task && atWork.get(task.cookie);
    if (already !== undefined) {
      already.message = message;
      notifySafely(() => (already.claimed ? message.ack() : message.working()));
    } else if (task === undefined || (task.once && !isNatsName(task.cookie))) {
      log.warn('a message that is no task was dropped', { subject: message.subject });
      notifySafely(() => message.term());
    } else if (reported.has(task.cookie)) notifySafely(() => message.ack());
    else if (stopping.signal.aborted) notifySafely(() => message.nak());
    else {
      const started: AtWork = { task, names, message, claimed: false, done: Promise.resolve() };
      atWork.set(task.cookie, started);
      started.done = perform(started, ackWait);
    }
  };

  const perform = async (started: AtWork, ackWait: number): Promise<void> => {
    const { cookie, once } = started.task;
    const holds = setInterval(() => session && notifySafely(() => started.message.working()), ackWait / 3);
    const claim = once ? await claimTask(started) : 'ours';
    if (claim === 'ours') await doTask(started);
    else if (claim !== undefined) await report(started, { error: claim.fault });
    clearInterval(holds);
    atWork.delete(cookie);
  };

  const doTask = async (started: AtWork): Promise<void> => {
    const { cookie, job } = started.task;
    const beat = () => session?.connection.publish(started.names.beatSubject(site), encode({ job, cookie, agent }));
    const beats = setInterval(beat, beatEvery);
    beat();
    const outcome = await work(started.task);
    if (outcome !== undefined) await report(started, outcome);
    clearInterval(beats);
  };

  const report = async (started: AtWork, outcome: Outcome): Promise<void> => {
    const { task, cookie, job, module } = started.task;
    await send(started.names, module, { task, cookie, job, agent, outcome });
    remember(cookie);
    notifySafely(() => started.message.ack());
  };

  /**
   * Claims a task that must not be begun twice, and takes its message off the queue: where this agent is lost, it goes to
   * nobody else. @returns undefined where it is not begun here: another one has it, it was taken back, or this agent stops
   */
  const claimTask = async (started: AtWork): Promise<'ours' | { readonly fault: string } | undefined> => {
    const { task, cookie, job, module } = started.task;
    const claimant = { by: self, body: { agent } };
    for (let told = false; !stopping.signal.aborted; told = true) {
      try {
        const { js, over } = session ?? {};
        const dispatch = { names: started.names, site, module, cookie };
        const ours = js && over && (await unlessAborted(claimDispatch(js, dispatch, claimant), over));
        if (ours !== undefined) {
          unclaimed.delete(module);
          started.claimed = true;
          notifySafely(() => started.message.ack());
          if (ours) return 'ours';
          log.info('a task that another agent has, or that was taken back, is not begun', { task, job });
          return undefined;
        }
      } catch (cause) {
        const fault = `the task could not be claimed: ${String(cause)}`;
        if (isDenied(cause)) return { fault: `${fault}. ${NOT_ALLOWED}` };
        if (!told) log.warn('a task could not be claimed; trying again', { task, job, reason: String(cause) });
        unclaimed.add(module);
      }
      await sleep(reportAgain, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
    notifySafely(() => started.message.nak());
    return undefined;
  };

  const remember = (cookie: string) => {
    reported.add(cookie);
    for (const oldest of reported) {
      if (reported.size <= REMEMBERED) return;
      reported.delete(oldest);
    }
  };

  /** Resolves once NATS holds the report. */
  const send = async (names: NatsNames, module: string, report: Report): Promise<void> => {
    const subject = names.resultSubject(site, module);
    for (;;) {
      if (session !== undefined) {
        const { connection, js, over } = session;
        const room = (connection.info?.max_payload ?? Infinity) - HEADERS;
        const options = { msgID: report.cookie, expect: { streamName: names.resultsStream } };
        try {
          if (await unlessAborted(js.publish(subject, fitting(report, room), options), over)) return;
        } catch (cause) {
          log.warn('a report is not held yet; trying again', { task: report.task, reason: String(cause) });
        }
      }
      await sleep(reportAgain);
    }
  };

  return {
    begin,
    /** Ends the shift: says good-bye, lets work at hand finish and be reported, disconnects. */
    async stop(link: NatsLink): Promise<void> {
      stopping.abort();
      announce({});
      while (pulling.size + atWork.size > 0) {
        await Promise.all([...pulling, ...[...atWork.values()].map(({ done }) => done)]);
      }
      await link.stop();
    },
  };
}

/** The report as bytes; a result too large for the wire becomes an error that says so. */
function fitting(report: Report, room: number): Uint8Array {
  const whole = encode(report);
  if (whole.length <= room) return whole;
  const error = `the outcome of ${whole.length} bytes is larger than the wire carries (${room})`;
  return encode({ ...report, outcome: { error } });
}

/** Whether NATS does not allow what was tried. */
const isDenied = (cause: unknown): boolean =>
  cause instanceof PermissionViolationError ||
  (cause instanceof Error && cause.cause instanceof PermissionViolationError);
