import type { Msg } from '@nats-io/transport-node';
import type { Logger } from '#kernel';
import type { AgentRegistry } from './agent-registry.ts';
import type { DispatchesOut } from './dispatches-out.ts';
import type { ForemanSession } from './foreman-session.ts';
import { encode, readBeat, readPresence, readSecretsQuestion } from './messages.ts';
import { notifySafely } from './notify-safely.ts';
import { everyDiscovery, originOf, originOfQuestion, siteOf, type NatsNames } from './subjects.ts';
import type { ForemanWireListener } from './wire.ts';

/** At most this many announcements are looked at a time; the next of the others come within seconds. */
const MAX_CONCURRENT_ANNOUNCEMENTS = 64;
/** At most this many sites of agents of an earlier version are told. */
const MAX_FORMER_SITES = 100;

export interface AgentListenerOptions {
  readonly names: NatsNames;
  readonly present: AgentRegistry;
  readonly dispatches: DispatchesOut;
  readonly log: Logger;
}

/** Hears what agents say over core NATS, and answers them: announcements, signs of life, questions. */
export function agentListener({ names, present, dispatches, log }: AgentListenerOptions) {
  const { holders, secrets } = dispatches;
  const formerSites = new Set<string>();
  let looking = 0;

  const subscribe = (session: ForemanSession, listener: ForemanWireListener): void => {
    const { connection, over } = session;
    const subscriptions = [
      connection.subscribe(names.everyAnnouncement, {
        callback: (_, message) => hearAgent(session, listener, message),
      }),
      connection.subscribe(names.formerAnnouncements, {
        callback: (_, message) => hearAgent(session, listener, message),
      }),
      connection.subscribe(names.everyBeat, { callback: (_, message) => hearBeat(listener, message) }),
      connection.subscribe(names.formerBeats, { callback: (_, message) => hearBeat(listener, message) }),
      connection.subscribe(names.everySecret, { callback: (_, message) => answerSecrets(listener, message) }),
      connection.subscribe(everyDiscovery, { callback: (_, message) => answerAgent(listener, message) }),
      connection.subscribe('agents.*', { callback: (_, { subject }) => hearFormerAgent(siteOf(subject)) }),
    ];
    over.addEventListener('abort', () => {
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
      notifySafely(() => message.respond(encode({ installation: names.installation, known })));
    });

  /** Tells an agent that has taken a task what its secrets are. Where that cannot be found out now, it asks again. */
  const answerSecrets = (listener: ForemanWireListener, message: Msg): void => {
    const question = readSecretsQuestion(message.data);
    if (question === undefined) return;
    const { site, module, cookie } = originOfQuestion(message.subject);
    const answer = (texts: readonly string[] | undefined) =>
      notifySafely(() => message.respond(encode(texts === undefined ? {} : { texts })));
    const kept = question.late ? undefined : secrets.get(cookie);
    if (kept) return answer(kept.site === site && kept.module === module ? kept.texts : undefined);
    look(async () => answer(await listener.secretsOf?.({ site, module, cookie, job: question.job })));
  };

  const hearAgent = ({ streams, over }: ForemanSession, listener: ForemanWireListener, message: Msg) => {
    if (present.again(message.subject, message.data)) return;
    look(async () => {
      const presence = readPresence(message.data);
      if (presence === undefined) return;
      const origin = originOf(message.subject);
      const { site } = origin;
      if (!(await hasSite(listener, site, presence.agent))) {
        present.forget(message.subject);
        const rejected = `the installation "${names.installation}" has no site "${site}"`;
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

  return {
    /** Hears agents until the session is over. */
    subscribe,
  };
}
