import { setTimeout as sleep } from 'node:timers/promises';
import { nkeyAuthenticator, type NatsConnection, type NodeConnectionOptions } from '@nats-io/transport-node';
import type { Logger } from '#kernel';
import { silentLogger } from '#kernel';
import { connectionFault } from './connection-fault.ts';
import { isDenied, NOT_ALLOWED } from './is-denied.ts';
import { readNatsAddresses } from './nats-addresses.ts';
import { connectNats, type NatsServers } from './nats-connect.ts';

/** Where NATS is and who we are there. */
export interface NatsSettings extends NatsServers {
  /** These win over what the addresses say. */
  readonly user?: string;
  readonly password?: string;
  readonly token?: string;
  /** Seed of the key by which NATS knows us, where nothing else is said. */
  readonly seed?: Uint8Array | undefined;
  /** The name that the server's own monitoring shows. */
  readonly name?: string;
  /** Milliseconds between two attempts to connect (2000). */
  readonly reconnectEvery?: number;
  readonly log?: Logger;
}

/** A connection to NATS that is made again whenever it breaks, until it is stopped. */
export interface NatsLink {
  /** Asks NATS, and tells why it is not reached now; undefined where it answers. */
  fault(): Promise<string | undefined>;
  /** Ends the session at hand, waits for `last`, then disconnects. */
  stop(last?: () => Promise<void>): Promise<void>;
}

/**
 * Keeps a connection to NATS and begins a session each time it is there; the session's signal aborts when it breaks.
 * Resolves after the first attempt, whether it succeeded or not. Throws only when the addresses cannot be read.
 */
export async function natsLink(
  settings: NatsSettings,
  begin: (connection: NatsConnection, over: AbortSignal, inbox: string) => void,
  inboxPrefix = '_INBOX',
): Promise<NatsLink> {
  const { reconnectEvery = 2000, log = silentLogger } = settings;
  const options = connectionOptions(settings, reconnectEvery, inboxPrefix);
  const stopped = new AbortController();
  let session = AbortSignal.abort();
  let endSession = () => undefined as void;
  let connection: NatsConnection | undefined;
  let complaint = '';

  const open = (there: NatsConnection) => {
    const life = new AbortController();
    session = life.signal;
    endSession = () => life.abort();
    complaint = '';
    log.info('connected to NATS', { server: there.getServer() });
    begin(there, session, inboxPrefix);
  };
  const attempt = async () => {
    try {
      const made = await connectNats(settings, options);
      if (stopped.signal.aborted) return await made.close();
      connection = made;
      open(made);
    } catch (cause) {
      const reason = connectionFault(cause, settings);
      if (reason !== complaint) log.warn('no connection to NATS; trying again and again', { reason });
      complaint = reason;
    }
  };
  const follow = async (there: NatsConnection) => {
    const told = new Set<string>();
    for await (const status of there.status()) {
      if (status.type === 'disconnect') {
        endSession();
        if (!stopped.signal.aborted) log.warn('connection to NATS lost');
      } else if (status.type === 'reconnect') {
        // Over WebSockets it is told once for every try that has failed before.
        if (session.aborted) open(there);
      } else if (status.type === 'error') {
        const reason = status.error.message;
        // What is not allowed is tried again and again: a subcontractor announces itself every second.
        if (told.has(reason) || told.size >= MAX_TOLD) continue;
        told.add(reason);
        log.warn('NATS complains', { reason, ...(isDenied(status.error) ? { help: NOT_ALLOWED } : {}) });
      }
    }
    endSession();
  };
  const live = async () => {
    while (!stopped.signal.aborted) {
      if (connection !== undefined) await follow(connection);
      connection = undefined;
      await sleep(reconnectEvery, undefined, { signal: stopped.signal }).catch(() => undefined);
      if (!stopped.signal.aborted) await attempt();
    }
  };

  await attempt();
  const life = live();
  return {
    async fault() {
      const asked = session;
      if (connection !== undefined && !asked.aborted && !(await answers(connection))) return UNANSWERED;
      return session.aborted ? complaint || 'the connection to NATS is lost' : undefined;
    },
    async stop(last) {
      const up = !session.aborted;
      stopped.abort();
      endSession();
      await last?.();
      if (up) await connection?.drain().catch(() => connection?.close());
      else await connection?.close();
      await life;
    },
  };
}

/** How many different complaints of NATS are told, of one connection. */
const MAX_TOLD = 20;

/** How long NATS may take to answer whoever asks how it is, in milliseconds. */
const ANSWER_MS = 2000;
const UNANSWERED = `NATS does not answer within ${ANSWER_MS} ms`;

/** Whether NATS answers on a connection, in time. A connection that breaks meanwhile has been answered, in its way. */
async function answers(connection: NatsConnection): Promise<boolean> {
  const waiting = new AbortController();
  const late = sleep(ANSWER_MS, false, { signal: waiting.signal }).catch(() => false);
  const answered = connection.flush().then(
    () => true,
    () => true,
  );
  return Promise.race([answered, late]).finally(() => waiting.abort());
}

/** Tries once whether NATS lets us in. @returns why not; undefined where it does */
export async function tryNats(settings: NatsSettings): Promise<string | undefined> {
  try {
    const options = connectionOptions(settings, ANSWER_MS);
    const made = await connectNats(settings, {
      ...options,
      reconnect: false,
      maxReconnectAttempts: 0,
      timeout: ANSWER_MS,
    });
    await made.close();
    return undefined;
  } catch (cause) {
    return connectionFault(cause, settings);
  }
}

/** What the client library is told. */
export function connectionOptions(
  { servers, user, password, token, name, seed }: NatsSettings,
  reconnectEvery: number,
  inboxPrefix?: string,
): Omit<NodeConnectionOptions, 'servers' | 'tls'> {
  const { as } = readNatsAddresses(servers);
  const given = token !== undefined ? { token } : user !== undefined ? { user, pass: password ?? '' } : as;
  const key = seed === undefined ? {} : { authenticator: nkeyAuthenticator(seed) };
  return {
    ...(given ?? key),
    ...(name === undefined ? {} : { name }),
    ...(inboxPrefix === undefined ? {} : { inboxPrefix }),
    maxReconnectAttempts: -1,
    ignoreAuthErrorAbort: true,
    reconnectTimeWait: reconnectEvery,
    reconnectJitter: reconnectEvery / 10,
    timeout: 5000,
    pingInterval: 20_000,
  };
}
