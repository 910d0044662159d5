import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '#kernel';
import { parseJson, writeJson } from '#kernel';
import { httpRequest } from '#runtime/http-request';

/** The server that an agent polls, and who the agent is there. */
export interface PollServerSettings {
  /** `http://contractor` or `https://…`, without a path. */
  readonly server: string;
  readonly proxy?: string | undefined;
  /** File with the certificates (PEM) of those who may have signed that of the server. */
  readonly caFile?: string | undefined;
  readonly username: string;
  readonly password: string;
  /** How long an answer may take, in milliseconds (30,000). */
  readonly timeoutMs?: number;
  readonly log: Logger;
}

/** The server has answered, and not with what was asked for. */
export class ServerRefusal extends Error {
  readonly status: number;
  readonly body: unknown;

  constructor(status: number, body: unknown) {
    const text = typeof body === 'string' ? body : writeJson(body ?? null);
    super(`the server answers ${status}: ${text.slice(0, 300)}`);
    this.name = 'ServerRefusal';
    this.status = status;
    this.body = body;
  }
}

/** A call that is refused for what it says, not for who calls or how the server is: said again, it is refused again. */
export const isFinal = (error: unknown): error is ServerRefusal =>
  error instanceof ServerRefusal && (error.status === 400 || error.status === 404);

const API = '/api/v1/';
/** The version of the API that is spoken. */
const API_VERSION = '1.0';

/** Headers by which the server knows who calls. */
type Session = Readonly<Record<string, string>>;

/** How a call is made. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** W3C `traceparent` of the span it belongs to. */
  readonly trace?: string | undefined;
}

/** A session with the server over the protocol of agents that poll. */
export function pollServer({ server, proxy, caFile, username, password, timeoutMs = 30_000, log }: PollServerSettings) {
  let session: Session | undefined;
  let beginning: Promise<Session> | undefined;

  const send = async (
    verb: string,
    path: string,
    within?: Session,
    data?: object,
    { signal, trace }: CallOptions = {},
  ): Promise<unknown> => {
    const { status, text } = await httpRequest({
      method: verb,
      url: server + path,
      headers: {
        'CInP-Version': '1.0',
        Accept: 'application/json',
        ...(data ? { 'Content-Type': 'application/json;charset=utf-8' } : {}),
        ...(trace === undefined ? {} : { traceparent: trace }),
        ...within,
      },
      ...(data ? { body: writeJson(data) } : {}),
      proxy,
      caFile,
      timeoutMs,
      signal,
    });
    const body = readBody(text);
    if (status === 200 || status === 201) return body;
    throw new ServerRefusal(status, body);
  };

  /** Makes sure that it speaks the API, and begins a session. */
  const begin = async (): Promise<Session> => {
    const about = (await send('DESCRIBE', API, undefined)) as { readonly 'api-version'?: unknown } | null;
    const version = about?.['api-version'];
    if (version !== API_VERSION) {
      throw new Error(`${server} speaks version ${writeJson(version ?? null)} of the API, and not ${API_VERSION}`);
    }
    const token = await send('CALL', `${API}Auth/User(login)`, undefined, { username, password });
    if (typeof token !== 'string') throw new Error('the server gave no token for the session');
    return { 'Auth-Id': username, 'Auth-Token': token };
  };

  const logout = async (over: Session | undefined): Promise<void> => {
    if (!over) return;
    await send('CALL', `${API}Auth/User(logout)`, over, {}).catch((error: unknown) =>
      log.debug('the session could not be ended', { reason: String(error) }),
    );
  };

  /** The session, begun once however many want it. */
  const current = (): Promise<Session> => {
    if (session) return Promise.resolve(session);
    // Several may wait for it: it is not given up because one of them is.
    beginning ??= begin().then(
      (begun) => {
        session = begun;
        beginning = undefined;
        return begun;
      },
      (error: unknown) => {
        beginning = undefined;
        throw error;
      },
    );
    return beginning;
  };

  /** Within a session; where that is over a new one is begun, and it is said once more. */
  const within = async <T>(ask: (within: Session) => Promise<unknown>): Promise<T> => {
    const used = await current();
    try {
      return (await ask(used)) as T;
    } catch (error) {
      if (!(error instanceof ServerRefusal) || error.status !== 401) throw error;
      // Somebody else may have begun another one meanwhile.
      if (session === used) {
        session = undefined;
        await logout(used);
      }
      return (await ask(await current())) as T;
    }
  };

  return {
    get: (path: string, signal?: AbortSignal) =>
      within<unknown>((its) => send('GET', API + path, its, undefined, { signal })),
    call: <T>(path: string, parameters: object, options?: CallOptions) =>
      within<T>((its) => send('CALL', API + path, its, parameters, options)),
    /** Ends the session. */
    async close(): Promise<void> {
      const over = session;
      session = undefined;
      await logout(over);
    },
  };
}

/** A session with a server. */
export type PollServer = ReturnType<typeof pollServer>;

/** Milliseconds before the n-th attempt in a row: none before the second, then longer and longer, a minute at the most. */
export function pollBackoffMs(attempt: number, random: () => number = Math.random): number {
  const base = Math.min(MAX_PAUSE_S / 2, Math.trunc(15 * Math.log(Math.max(1, attempt))));
  return 1000 * (base + random() * base);
}
const MAX_PAUSE_S = 60;

/** Waits, or less where the signal aborts. */
export const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  sleep(milliseconds, undefined, { signal }).catch(() => undefined);

function readBody(text: string): unknown {
  if (text === '') return null;
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}
