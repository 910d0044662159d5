import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { httpRequest, openRequest } from '#runtime/http-request';
import { PreviewedRequests } from './previewed-requests.ts';

/** A JSON object of the server. */
export type Values = Readonly<Record<string, unknown>>;

/** Who speaks: a user or service, and the token of a session. */
export interface Session {
  readonly user: string;
  readonly token: string;
}

/** The server has said no, and why. */
export class Refused extends Error {
  readonly status: number;
  /** Of what is wrong, where that is told one by one. */
  readonly codes: readonly string[];

  constructor(status: number, problem: unknown) {
    const {
      detail,
      title,
      errors = [],
    } = (problem ?? {}) as {
      readonly detail?: string;
      readonly title?: string;
      readonly errors?: readonly { readonly field: string; readonly text: string; readonly code: string }[];
    };
    // Several reasons are told line by line.
    const each = errors.map(({ field, text }) => (field === '' ? text : `${field}: ${text}`)).join('\n');
    super(errors.length > 1 ? each : (detail ?? title ?? `the server answered ${status}`));
    this.status = status;
    this.codes = errors.map(({ code }) => code);
  }
}

/** The server cannot be reached, or is none of ours. */
export class Unreachable extends Error {}

/** The command was given up (Ctrl-C). */
export class Interrupted extends Error {}

/** How long an answer may take, in milliseconds. */
const TIMEOUT_MS = 30_000;
/** How many objects are asked for at a time: as many as the server shows at most. */
const PAGE = 1000;

/** What is asked of a list, by name. */
export type Query = Readonly<Record<string, string | readonly string[]>>;

const textOf = (query: Query): string =>
  new URLSearchParams(
    Object.entries(query).flatMap(([name, of]) => [of].flat().map((one) => [name, one] as [string, string])),
  ).toString();

/** How a client reaches its server, and for whom it speaks. */
export interface RestClientOptions {
  readonly session?: Session | undefined;
  /** URL of an HTTP proxy. */
  readonly proxy?: string | undefined;
  /** File with the certificates (PEM) of those who may have signed that of the server. */
  readonly caFile?: string | undefined;
  /** Time or position of the log: objects are shown as they were then. */
  readonly at?: string | undefined;
  /** Whether what changes something is only previewed, all of it together. */
  readonly preview?: boolean | undefined;
  /** Opens a new session where the server knows none, or no more; undefined: there is nothing to open it with. */
  readonly renew?: ((anybody: RestClient) => Promise<Session>) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told of each request, once it is answered. */
  readonly trace?: ((line: string) => void) | undefined;
}

/** A client of the server's REST interface. */
export class RestClient {
  readonly server: string;
  readonly #options: RestClientOptions;
  readonly #previews: PreviewedRequests | undefined;
  #session: Session | undefined;

  /** @param server `http://host:port` */
  constructor(server: string, options: RestClientOptions = {}) {
    this.server = server;
    this.#options = options;
    this.#session = options.session;
    if (options.preview === true) this.#previews = new PreviewedRequests((...asked) => this.#asked(...asked));
  }

  /** What all that was to be changed would do, where that is only previewed; undefined: nothing was to be changed. */
  async previewed(): Promise<Values | undefined> {
    return this.#previews?.report();
  }

  /** The same server, for nobody: without a session. */
  anybody(): RestClient {
    const { proxy, caFile, signal, trace } = this.#options;
    return new RestClient(this.server, { proxy, caFile, signal, trace });
  }

  async get(path: string): Promise<Values> {
    return (await this.#send('GET', this.#asOf(path))).body;
  }

  /** The objects on all pages, from one on and at most so many. */
  async list(
    path: string,
    query: Query = {},
    { from = 0, most = Infinity }: { readonly from?: number; readonly most?: number } = {},
  ): Promise<Values[]> {
    const items: Values[] = [];
    for (;;) {
      const [position, count] = [from + items.length, Math.min(PAGE, most - items.length)];
      const asked = { ...query, position: String(position), count: String(count) };
      const page = (await this.get(`${path}?${textOf(asked)}`)) as { items: Values[]; total: number };
      items.push(...page.items);
      if (page.items.length === 0 || items.length >= most || from + items.length >= page.total) return items;
    }
  }

  async create(path: string, values: Values): Promise<Values> {
    return (await this.#send('POST', path, values)).body;
  }

  /** Calls an action. @param timeoutMs how long it may take @returns its answer */
  async call(path: string, parameters: Values = {}, timeoutMs = TIMEOUT_MS): Promise<unknown> {
    return (await this.#send('POST', path, parameters, {}, timeoutMs)).body['value'];
  }

  /** Whether there is something at a path. */
  async has(path: string): Promise<boolean> {
    const { status } = await this.#withSession(() => this.#exchange('HEAD', path, undefined, {}, TIMEOUT_MS));
    return status === 200;
  }

  /** Sends a file as it is read. @param read begins to read it, anew where it has to be sent again */
  async upload(path: string, length: number, read: () => Readable): Promise<Values> {
    const { proxy, caFile, signal = new AbortController().signal } = this.#options;
    const url = `${this.server}/api/rest/${path}`;
    const answer = await this.#withSession(async () => {
      const headers = {
        'Content-Type': 'application/octet-stream',
        'Content-Length': String(length),
        ...this.#authorization(),
      };
      const response = await openRequest({ method: 'PUT', url, headers, body: read(), proxy, caFile }, signal).catch(
        (error: unknown) => {
          throw this.#unreachable(error);
        },
      );
      const text = (await response.setEncoding('utf8').toArray()).join('');
      return { status: response.statusCode ?? 0, body: parsed(text) };
    });
    if (answer.status !== 200 || !answer.body) throw new Refused(answer.status, answer.body);
    return answer.body;
  }

  /** Calls an action that only looks, as things are or were then. @returns its answer */
  async ask(path: string, parameters: Values = {}): Promise<unknown> {
    return (await this.#send('POST', this.#asOf(path), parameters)).body['value'];
  }

  /** Changes an object: to these values, or by what it is, unless others change it meanwhile. */
  async change(path: string, to: Values | ((object: Values) => Values)): Promise<Values> {
    if (typeof to !== 'function') return this.changeTagged(path, to, undefined);
    const { body, etag } = await this.tagged(path);
    return this.changeTagged(path, to(body), etag);
  }

  /** An object as it is now, and the tag of what it is. */
  tagged(path: string): Promise<{ readonly body: Values; readonly etag: string | undefined }> {
    return this.#send('GET', path);
  }

  /** Changes an object that still is what this tag is of; undefined: whatever it is. */
  async changeTagged(path: string, values: Values, etag: string | undefined): Promise<Values> {
    return (await this.#send('PATCH', path, values, etag === undefined ? {} : { 'If-Match': etag })).body;
  }

  /**
   * Merges maps into those of an object, by keys; null removes one.
   * @param json a JSON object as text
   * @param etag the tag of what it is to be; undefined: whatever it is
   */
  async merge(path: string, json: string, etag?: string): Promise<Values> {
    const type = { 'Content-Type': 'application/merge-patch+json' };
    return (await this.#send('PATCH', path, json, { ...type, ...(etag === undefined ? {} : { 'If-Match': etag }) }))
      .body;
  }

  async delete(path: string): Promise<void> {
    await this.#send('DELETE', path);
  }

  /** Opens a stream of server-sent events; undefined: there is nothing more to be told. @throws Refused, Unreachable */
  async open(
    path: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<IncomingMessage | undefined> {
    const { proxy, caFile, trace } = this.#options;
    const url = `${this.server}/api/rest/${path}`;
    const response = await this.#withSession(async () => {
      const all = { Accept: 'text/event-stream', ...headers, ...this.#authorization() };
      const answer = await openRequest({ method: 'GET', url, headers: all, proxy, caFile }, signal).catch(
        (error: unknown) => {
          throw this.#unreachable(error);
        },
      );
      trace?.(`GET ${url}: ${answer.statusCode}`);
      return { status: answer.statusCode ?? 0, answer };
    });
    if (response.status === 204) return undefined;
    if (response.status === 200) return response.answer;
    const text = (await response.answer.setEncoding('utf8').toArray()).join('');
    throw new Refused(response.status, parsed(text));
  }

  async #send(
    method: string,
    path: string,
    body?: Values | string,
    headers: Readonly<Record<string, string>> = {},
    timeoutMs = TIMEOUT_MS,
  ): Promise<{ readonly body: Values; readonly etag: string | undefined }> {
    const previewed = method === 'GET' ? undefined : await this.#previews?.add({ method, path, body, headers });
    if (previewed) return { body: previewed, etag: undefined };
    return this.#asked(method, path, body, headers, timeoutMs);
  }

  async #asked(
    method: string,
    path: string,
    body?: Values | string,
    headers: Readonly<Record<string, string>> = {},
    timeoutMs = TIMEOUT_MS,
  ): Promise<{ readonly body: Values; readonly etag: string | undefined }> {
    const answer = await this.#withSession(() => this.#exchange(method, path, body, headers, timeoutMs));
    const value = parsed(answer.text);
    if (value === undefined) throw new Unreachable(`${this.server} is no Contractor`);
    if (answer.status < 200 || answer.status > 299) throw new Refused(answer.status, value);
    return { body: value, etag: answer.headers.etag };
  }

  /** Sends a request for a session; where it has run out and can be opened anew, once more. */
  async #withSession<T extends { readonly status: number }>(send: () => Promise<T>): Promise<T> {
    const { renew } = this.#options;
    if (!renew) return send();
    this.#session ??= await renew(this.anybody());
    const answer = await send();
    if (answer.status !== 401) return answer;
    this.#session = await renew(this.anybody());
    return send();
  }

  async #exchange(
    method: string,
    path: string,
    body: Values | string | undefined,
    headers: Readonly<Record<string, string>>,
    timeoutMs: number,
  ) {
    const { proxy, caFile, signal, trace } = this.#options;
    const begin = performance.now();
    const answer = await httpRequest({
      method,
      url: `${this.server}/api/rest/${path}`,
      headers: {
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
        ...this.#authorization(),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      proxy,
      caFile,
      timeoutMs,
      signal,
    }).catch((error: unknown) => {
      throw this.#unreachable(error);
    });
    const took = Math.round(performance.now() - begin);
    trace?.(
      `${method} ${this.server}/api/rest/${path}: ${answer.status}, ${answer.text.length} characters, ${took} ms`,
    );
    return answer;
  }

  #authorization(): Readonly<Record<string, string>> {
    const session = this.#session;
    return session ? { Authorization: `Bearer ${session.user}:${session.token}` } : {};
  }

  #unreachable(error: unknown): Error {
    if (this.#options.signal?.aborted === true) return new Interrupted('given up');
    return new Unreachable(`${this.server} cannot be reached: ${reasonOf(error)}`);
  }

  #asOf(path: string): string {
    const { at } = this.#options;
    if (at === undefined) return path;
    return `${path}${path.includes('?') ? '&' : '?'}${new URLSearchParams({ at }).toString()}`;
  }
}

/** The JSON of a body, nothing as an empty object; undefined where it is something else. */
function parsed(text: string): Values | undefined {
  if (text === '') return {};
  try {
    return JSON.parse(text) as Values;
  } catch {
    return undefined;
  }
}

function reasonOf(error: unknown): string {
  const { cause, message, code } = error as NodeJS.ErrnoException;
  if (cause instanceof Error && cause.message) return cause.message;
  // Of a name with several addresses, each has failed, and nothing is said of all of them.
  return message || (code ?? 'no reason is known');
}
