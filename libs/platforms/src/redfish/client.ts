import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentParametersOf, TaskContext } from '#platform';
import { isMap } from '#platform';
import { httpRequest, type HttpAnswer } from '#runtime/http-request';
import { bmcAddressOf, shownAddress } from '../bmc/address.ts';
import { loginOf } from '../bmc/login.ts';
import type { RedfishContract } from './contract.ts';
import { messagesOf } from './messages.ts';

/** How an agent speaks to Redfish services. */
export interface RedfishSettings {
  /** Whether their certificates have to be good; those of management processors rarely are, so not unless it is said. */
  readonly verifyTls?: boolean;
  /** File with the certificates (PEM) of those who may have signed them; else those Node brings along. */
  readonly caFile?: string | undefined;
  /** `basic`: name and password go with each request; `session`: they open a session, which is closed at the end. */
  readonly login?: 'basic' | 'session';
}

/** A resource of a service, as it tells it. */
export type Resource = Readonly<Record<string, unknown>>;

/** How long one request may take, in milliseconds. */
const TIMEOUT_MS = 30_000;
/** How often a request is sent again where the service says that it is busy, and the longest pause before, in seconds. */
const MAX_BUSY = 3;
const MAX_PAUSE_S = 15;
/** How many members of a collection are read. */
const MAX_MEMBERS = 1000;

/** The service could not be reached at all. */
export class NotReached extends Error {}

/** The service refused a request. */
export class Refused extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

type Connection = AgentParametersOf<RedfishContract, 'power_state'>['connection'];

/**
 * Logs in at the service of a management processor, has `act` use it, and logs out.
 * @throws NotReached; Refused; Error with what else went wrong; the reason of the signal
 */
export async function withRedfish<R>(
  { ip_address, credentials }: Connection,
  context: Pick<TaskContext, 'signal' | 'credentials'>,
  settings: RedfishSettings,
  act: (client: RedfishClient) => Promise<R>,
): Promise<R> {
  const origin = `https://${shownAddress(bmcAddressOf(ip_address, 443)).replace(/:443$/, '')}`;
  const { username, password } = await loginOf(credentials, context);
  const basic = `Basic ${Buffer.from(`${username}:${password.reveal()}`).toString('base64')}`;
  if (settings.login !== 'session') {
    return act(
      new RedfishClient({ origin, username, settings, signal: context.signal, auth: { authorization: basic } }),
    );
  }
  const open = new RedfishClient({ origin, username, settings, signal: context.signal, auth: {} });
  const { headers } = await open.send('POST', '/redfish/v1/SessionService/Sessions', {
    body: { UserName: username, Password: password.reveal() },
  });
  const token = headers['x-auth-token'];
  if (typeof token !== 'string') throw new Error(`${origin} opened a session and gave no token for it`);
  const client = new RedfishClient({
    origin,
    username,
    settings,
    signal: context.signal,
    auth: { 'x-auth-token': token },
  });
  try {
    return await act(client);
  } finally {
    if (headers.location !== undefined) await client.close(headers.location);
  }
}

interface Opened {
  readonly origin: string;
  readonly username: string;
  readonly settings: RedfishSettings;
  readonly signal: AbortSignal;
  readonly auth: Readonly<Record<string, string>>;
}

/** A Redfish service, with somebody logged in. */
export class RedfishClient {
  readonly #opened: Opened;

  constructor(opened: Opened) {
    this.#opened = opened;
  }

  /** Reads a resource; `etag` is the one to change it with. */
  async get(path: string): Promise<{ readonly resource: Resource; readonly etag: string | undefined }> {
    const answer = await this.send('GET', path);
    const resource = this.#resource(answer, path);
    const tag = answer.headers.etag ?? resource['@odata.etag'];
    return { resource, etag: typeof tag === 'string' ? tag : undefined };
  }

  /** Changes a resource that was read. */
  async patch(path: string, body: Resource, etag: string | undefined): Promise<void> {
    await this.send('PATCH', path, { body, ...(etag === undefined ? {} : { headers: { 'if-match': etag } }) });
  }

  /** Calls an action, or adds a member to a collection. @returns where the service says that the new member is */
  async post(path: string, body: Resource): Promise<string | undefined> {
    const { headers } = await this.send('POST', path, { body });
    return headers.location;
  }

  async delete(path: string): Promise<void> {
    await this.send('DELETE', path);
  }

  /** The paths of the members of a collection. */
  async members(collection: string): Promise<readonly string[]> {
    const paths: string[] = [];
    for (let next: string | undefined = collection; next !== undefined && paths.length < MAX_MEMBERS;) {
      const { resource }: { readonly resource: Resource } = await this.get(next);
      const members: unknown = resource['Members'];
      if (!Array.isArray(members)) throw new Error(`${this.#opened.origin}${next} is no collection`);
      paths.push(...members.map(linkOf).filter((one) => one !== undefined));
      const more = resource['Members@odata.nextLink'];
      next = typeof more === 'string' ? more : undefined;
    }
    return paths;
  }

  /** Ends the session; one that is not ended ends by itself. */
  async close(location: string): Promise<void> {
    const { origin, settings, auth } = this.#opened;
    const url = URL.canParse(location, origin) ? new URL(location, origin) : undefined;
    if (url?.origin !== origin) return;
    // The task has its result whatever becomes of this, and its signal may have aborted.
    const ending = { method: 'DELETE', url: url.href, headers: auth, ...tls(settings), timeoutMs: TIMEOUT_MS };
    await httpRequest(ending).catch(() => undefined);
  }

  /** Sends a request. @throws NotReached; Refused */
  async send(
    method: string,
    path: string,
    { body, headers = {} }: { readonly body?: Resource; readonly headers?: Readonly<Record<string, string>> } = {},
  ): Promise<HttpAnswer> {
    const { origin, settings, signal, auth } = this.#opened;
    // What is no path might lead the password to another server.
    if (!/^\/[^/\\]/.test(path)) throw new Error(`${origin} refers to ${JSON.stringify(path)}, which is no path`);
    for (let busy = 0; ; busy += 1) {
      const answer = await httpRequest({
        method,
        url: origin + path,
        headers: {
          'user-agent': 'Contractor',
          accept: 'application/json',
          'odata-version': '4.0',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...auth,
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...tls(settings),
        timeoutMs: TIMEOUT_MS,
        signal,
      }).catch((cause: unknown) => {
        if (signal.aborted) throw cause;
        throw new NotReached(`the Redfish service at ${origin} was not reached: ${reasonOf(cause)}`, { cause });
      });
      if (answer.status >= 200 && answer.status < 300) return answer;
      if (answer.status !== 503 || busy >= MAX_BUSY) throw this.#refusal(method, path, answer);
      await sleep(pauseOf(answer) * 1000, undefined, { signal });
    }
  }

  #refusal(method: string, path: string, { status, text }: HttpAnswer): Refused {
    const { origin, username } = this.#opened;
    const said = messagesOf(text);
    const why = said === '' ? '' : `: ${said}`;
    if (status === 401) {
      return new Refused(status, `${origin} does not let "${username}" in: wrong user name or password${why}`);
    }
    if (status === 403)
      return new Refused(status, `"${username}" has no right to ${method} ${path} at ${origin}${why}`);
    return new Refused(status, `${origin} answers ${status} to ${method} ${path}${why}`);
  }

  #resource({ text }: HttpAnswer, path: string): Resource {
    const { origin } = this.#opened;
    let body: unknown;
    try {
      body = JSON.parse(text);
    } catch (cause) {
      throw new Error(`what ${origin}${path} has is no JSON`, { cause });
    }
    if (!isMap(body)) throw new Error(`what ${origin}${path} has is no resource`);
    return body;
  }
}

/** The path that a link of a resource leads to; undefined: it has none. */
export function linkOf(link: unknown): string | undefined {
  const path = isMap(link) ? link['@odata.id'] : undefined;
  return typeof path === 'string' ? path : undefined;
}

const tls = ({ verifyTls = false, caFile }: RedfishSettings) => ({ verifyTls, caFile });

const pauseOf = ({ headers }: HttpAnswer): number => {
  const seconds = Number(headers['retry-after'] ?? 1);
  return seconds >= 0 ? Math.min(MAX_PAUSE_S, seconds) : 1;
};

const reasonOf = (cause: unknown): string => {
  const { message, code } = cause as NodeJS.ErrnoException;
  return message || code || 'it failed';
};
