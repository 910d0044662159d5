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

  constructor(status: number, problem: unknown) {
    const {
      detail,
      title,
      errors = [],
    } = (problem ?? {}) as {
      readonly detail?: string;
      readonly title?: string;
      readonly errors?: readonly { readonly field: string; readonly text: string }[];
    };
    // Several reasons are told line by line.
    const each = errors.map(({ field, text }) => (field === '' ? text : `${field}: ${text}`)).join('\n');
    super(errors.length > 1 ? each : (detail ?? title ?? `the server answered ${status}`));
    this.status = status;
  }
}

/** The server cannot be reached, or is none of ours. */
export class Unreachable extends Error {}

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

/** A client of the server's REST interface. */
export class RestClient {
  readonly server: string;
  readonly #session: Session | undefined;

  /** @param server `http://host:port` */
  constructor(server: string, session?: Session) {
    this.server = server;
    this.#session = session;
  }

  async get(path: string): Promise<Values> {
    return (await this.#send('GET', path)).body;
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

  /** Calls an action. @returns its answer */
  async call(path: string, parameters: Values = {}): Promise<unknown> {
    return (await this.#send('POST', path, parameters)).body['value'];
  }

  /** Changes an object: to these values, or by what it is, unless others change it meanwhile. */
  async change(path: string, to: Values | ((object: Values) => Values)): Promise<Values> {
    if (typeof to !== 'function') return this.changeTagged(path, to, null);
    const { body, etag } = await this.tagged(path);
    return this.changeTagged(path, to(body), etag);
  }

  /** An object, and the tag of what it is. */
  tagged(path: string): Promise<{ readonly body: Values; readonly etag: string | null }> {
    return this.#send('GET', path);
  }

  /** Changes an object that still is what this tag is of; null: whatever it is. */
  async changeTagged(path: string, values: Values, etag: string | null): Promise<Values> {
    return (await this.#send('PATCH', path, values, etag === null ? {} : { 'If-Match': etag })).body;
  }

  /**
   * Merges maps into those of an object, by keys; null removes one.
   * @param json a JSON object as text
   * @param etag the tag of what it is to be; null: whatever it is
   */
  async merge(path: string, json: string, etag: string | null = null): Promise<Values> {
    const headers = { 'Content-Type': 'application/merge-patch+json', ...(etag === null ? {} : { 'If-Match': etag }) };
    return (await this.#send('PATCH', path, json, headers)).body;
  }

  async delete(path: string): Promise<void> {
    await this.#send('DELETE', path);
  }

  async #send(
    method: string,
    path: string,
    body?: Values | string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<{ readonly body: Values; readonly etag: string | null }> {
    const session = this.#session;
    const response = await fetch(`${this.server}/api/rest/${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
        ...(session ? { Authorization: `Bearer ${session.user}:${session.token}` } : {}),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((error: unknown) => {
      throw new Unreachable(`${this.server} cannot be reached: ${reasonOf(error)}`);
    });
    const answer = parsed(await response.text());
    if (answer === undefined) throw new Unreachable(`${this.server} is no Contractor`);
    if (!response.ok) throw new Refused(response.status, answer);
    return { body: answer, etag: response.headers.get('etag') };
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
  const { cause, message } = error as Error;
  return cause instanceof Error && cause.message ? cause.message : message;
}
