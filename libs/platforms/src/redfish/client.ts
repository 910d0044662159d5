import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentParametersOf, TaskContext } from '#platform';
import { isMap } from '#platform';
import { httpRequest, type HttpAnswer } from '#runtime/http-request';
import { bmcAddressOf, shownAddress } from '../bmc/address.ts';
import { loginOf, type Login } from '../bmc/login.ts';
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
  /** How a change is waited for. */
  readonly changing?: ChangePatience;
}

/** How a change is waited for that a service has taken, in milliseconds. */
export interface ChangePatience {
  /** Between two looks. */
  readonly everyMs: number;
  /** For it to be seen. */
  readonly seenMs: number;
  /** For its task to be over, where the service has made one of it. */
  readonly taskMs: number;
}

const USUAL_CHANGE: ChangePatience = { everyMs: 500, seenMs: 10_000, taskMs: 120_000 };

/** A resource of a service, as it tells it. */
export type Resource = Readonly<Record<string, unknown>>;

const SESSIONS = '/redfish/v1/SessionService/Sessions';
const TOKEN = 'x-auth-token';
/** Headers that prove who asks. */
type Auth = Readonly<Record<string, string>>;

/** Redirects that are followed with the same method, and how many in a row. */
const REDIRECTS: readonly number[] = [301, 302, 307, 308];
const MAX_REDIRECTS = 5;
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
 * Has `act` use the service of a management processor, and ends the session that was opened for that.
 * @throws NotReached; Refused; Error with what else went wrong; the reason of the signal
 */
export async function withRedfish<R>(
  { ip_address, credentials }: Connection,
  context: Pick<TaskContext, 'signal' | 'credentials'>,
  settings: RedfishSettings,
  act: (client: RedfishClient) => Promise<R>,
): Promise<R> {
  const origin = originOf(ip_address);
  const login = await loginOf(credentials, context);
  const client = new RedfishClient({ origin, login, settings, signal: context.signal });
  try {
    return await act(client);
  } finally {
    await client.close();
  }
}

/** Where a service is, as URLs have it: `https://bmc1.example`. @throws Error where the address is none of a URL */
function originOf(address: string): string {
  const url = `https://${shownAddress(bmcAddressOf(address, 443))}`;
  if (!URL.canParse(url)) throw new Error(`ip_address: ${JSON.stringify(address)} is no host of a URL`);
  return new URL(url).origin;
}

interface Opened {
  readonly origin: string;
  readonly login: Login;
  readonly settings: RedfishSettings;
  readonly signal: AbortSignal;
}

/** What goes with a request. */
interface Sent {
  readonly body?: Resource;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A session that was opened: what proves it, and where it is, where the service tells. */
interface Session {
  readonly token: string;
  readonly path: string | undefined;
}

/** A Redfish service, with somebody logged in. */
export class RedfishClient {
  readonly #opened: Opened;
  #session: Session | undefined;

  constructor(opened: Opened) {
    this.#opened = opened;
  }

  get signal(): AbortSignal {
    return this.#opened.signal;
  }

  /** How what was accepted is waited for. */
  get changing(): ChangePatience {
    return this.#opened.settings.changing ?? USUAL_CHANGE;
  }

  /** Reads a resource; `etag` is the one to change it with. */
  async get(path: string): Promise<{ readonly resource: Resource; readonly etag: string | undefined }> {
    const answer = await this.send('GET', path);
    const resource = this.#resource(answer, path);
    const tag = answer.headers.etag ?? resource['@odata.etag'];
    return { resource, etag: typeof tag === 'string' ? tag : undefined };
  }

  /** Changes a resource that was read. @returns the answer: 202 says that it is not done yet */
  async patch(path: string, body: Resource, etag: string | undefined): Promise<HttpAnswer> {
    return this.send('PATCH', path, { body, ...(etag === undefined ? {} : { headers: { 'if-match': etag } }) });
  }

  /** Calls an action, or adds a member to a collection. @returns the same */
  async post(path: string, body: Resource): Promise<HttpAnswer> {
    return this.send('POST', path, { body });
  }

  /** @returns the same */
  async delete(path: string): Promise<HttpAnswer> {
    return this.send('DELETE', path);
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
  async close(): Promise<void> {
    const session = this.#session;
    if (session?.path === undefined) return;
    // The task has its result whatever becomes of this, and its signal may have aborted.
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    await this.#ask('DELETE', session.path, {}, provenBy(session), signal).catch(() => undefined);
  }

  /** Sends a request; where the session has ended, once more in a new one. @throws NotReached; Refused */
  async send(method: string, path: string, sent: Sent = {}): Promise<HttpAnswer> {
    const { login, settings } = this.#opened;
    if (settings.login !== 'session') return this.#ask(method, path, sent, basic(login));
    const session = (this.#session ??= await this.#logIn());
    try {
      return await this.#ask(method, path, sent, provenBy(session));
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 401) throw error;
      // Sessions end with a service that starts anew, and after a time.
      this.#session = undefined;
      this.#session = await this.#logIn();
      return this.#ask(method, path, sent, provenBy(this.#session));
    }
  }

  async #logIn(): Promise<Session> {
    const { origin, login } = this.#opened;
    const body = { UserName: login.username, Password: login.password.reveal() };
    const answer = await this.#ask('POST', SESSIONS, { body }, {});
    const token = answer.headers['x-auth-token'];
    if (typeof token !== 'string') throw new Error(`${origin} opened a session and gave no token for it`);
    return { token, path: this.pathIn(answer) ?? linkOf(bodyOf(answer)) };
  }

  /** The path that the header `Location` of an answer leads to: services put names before it that are not known here. */
  pathIn({ headers: { location } }: HttpAnswer): string | undefined {
    const { origin } = this.#opened;
    if (location === undefined || !URL.canParse(location, origin)) return undefined;
    const { pathname, search } = new URL(location, origin);
    return pathname + search;
  }

  /** Sends a request again and again while the service is busy. @throws NotReached; Refused */
  async #ask(
    method: string,
    path: string,
    sent: Sent,
    auth: Auth,
    signal: AbortSignal = this.#opened.signal,
  ): Promise<HttpAnswer> {
    for (let busy = 0; ; busy += 1) {
      const answer = await this.#follow(method, path, sent, auth, signal);
      if (answer.status >= 200 && answer.status < 300) return answer;
      if (answer.status !== 503 || busy >= MAX_BUSY) throw this.#refusal(method, path, answer, auth);
      await sleep(pauseOf(answer) * 1000, undefined, { signal });
    }
  }

  /** Sends a request, and the same to where the service redirects it. @throws Refused where that is another server */
  async #follow(method: string, path: string, sent: Sent, auth: Auth, signal: AbortSignal): Promise<HttpAnswer> {
    const { origin } = this.#opened;
    let at = path;
    for (let redirects = 0; ; redirects += 1) {
      const answer = await this.#exchange(method, at, sent, auth, signal);
      const { status, headers } = answer;
      const { location } = headers;
      if (!REDIRECTS.includes(status) || location === undefined) return answer;
      if (redirects === MAX_REDIRECTS) throw new Refused(status, `${origin} redirects ${method} ${path} without end`);
      const to = URL.canParse(location, origin + at) ? new URL(location, origin + at) : undefined;
      if (to?.origin !== origin) {
        const where = `${origin} redirects ${method} ${at} to ${JSON.stringify(location)}`;
        throw new Refused(status, `${where}, which is another server: name and password are not sent there`);
      }
      at = to.pathname + to.search;
    }
  }

  async #exchange(method: string, path: string, sent: Sent, auth: Auth, signal: AbortSignal): Promise<HttpAnswer> {
    const { origin, settings } = this.#opened;
    const { body, headers = {} } = sent;
    // What is no path might lead the password to another server.
    if (!/^\/[^/\\]/.test(path)) throw new Error(`${origin} refers to ${JSON.stringify(path)}, which is no path`);
    return httpRequest({
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
  }

  #refusal(method: string, path: string, { status, text }: HttpAnswer, auth: Auth): Refused {
    const {
      origin,
      login: { username },
    } = this.#opened;
    const said = messagesOf(text);
    const why = said === '' ? '' : `: ${said}`;
    if (status === 401) {
      const wrong = TOKEN in auth ? 'it does not know the session that it has opened' : 'wrong user name or password';
      return new Refused(status, `${origin} does not let "${username}" in: ${wrong}${why}`);
    }
    if (status === 403)
      return new Refused(status, `"${username}" has no right to ${method} ${path} at ${origin}${why}`);
    return new Refused(status, `${origin} answers ${status} to ${method} ${path}${why}`);
  }

  #resource(answer: HttpAnswer, path: string): Resource {
    const body = bodyOf(answer);
    if (body === undefined) throw new Error(`what ${this.#opened.origin}${path} has is no resource`);
    return body;
  }
}

/** The resource that an answer has; undefined: it has none, or a page. */
export function bodyOf({ text }: Pick<HttpAnswer, 'text'>): Resource | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return isMap(body) ? body : undefined;
  } catch {
    return undefined;
  }
}

/** The path that a link of a resource leads to; undefined: it has none. */
export function linkOf(link: unknown): string | undefined {
  const path = isMap(link) ? link['@odata.id'] : undefined;
  return typeof path === 'string' ? path : undefined;
}

const basic = ({ username, password }: Login): Auth => ({
  authorization: `Basic ${Buffer.from(`${username}:${password.reveal()}`).toString('base64')}`,
});

const provenBy = ({ token }: Session): Auth => ({ [TOKEN]: token });

const tls = ({ verifyTls = false, caFile }: RedfishSettings) => ({ verifyTls, caFile });

const pauseOf = ({ headers }: HttpAnswer): number => {
  const seconds = Number(headers['retry-after'] ?? 1);
  return seconds >= 0 ? Math.min(MAX_PAUSE_S, seconds) : 1;
};

const reasonOf = (cause: unknown): string => {
  const { message, code } = cause as NodeJS.ErrnoException;
  return message || code || 'it failed';
};
