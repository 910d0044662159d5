import { parseJson, writeJson } from '#kernel';
import { errorFor } from './client-errors.ts';
import { MAX_IDS } from './max-ids.ts';
import type { Version } from './version.ts';

type Values = Readonly<Record<string, unknown>>;

/** One page of a list. */
export interface Page {
  /** URIs of objects, in the order of their ids. */
  readonly uris: readonly string[];
  readonly position: number;
  /** How many there are on all pages. */
  readonly total: number;
}

/** What to list: all, or what a filter finds. */
export interface Listing {
  readonly filter?: string;
  readonly parameters?: Values;
}

/** A new object, and where it is. */
export interface Created<T> {
  readonly uri: string;
  readonly object: T;
}

interface Reply {
  readonly headers: Headers;
  readonly body: unknown;
}

/** A client of one server. It keeps no state but the session; every method throws a `CinpError` where it is refused. */
export class CinpClient {
  readonly #server: string;
  readonly #version: Version;
  readonly #timeout: number;
  #session: Readonly<Record<string, string>> = {};

  /** @param server `http://host:port`; `timeout` in milliseconds */
  constructor(server: string, options: { readonly version?: Version; readonly timeout?: number } = {}) {
    this.#server = server.replace(/\/+$/, '');
    this.#version = options.version ?? '1.0';
    this.#timeout = options.timeout ?? 30_000;
  }

  /** Speaks for a session from now on; for nobody where none is given. */
  setAuth(id?: string, token?: string): void {
    this.#session = id && token ? { 'Auth-Id': id, 'Auth-Token': token } : {};
  }

  /** Begins a session and speaks for it from now on; gives back its token. */
  async login(username: string, password: string): Promise<string> {
    const token = await this.call('/api/v1/Auth/User(login)', { username, password });
    if (typeof token !== 'string') throw new TypeError('the server gave no token');
    this.setAuth(username, token);
    return token;
  }

  /** Ends the session. */
  async logout(): Promise<void> {
    await this.call('/api/v1/Auth/User(logout)');
    this.setAuth();
  }

  async describe(uri: string): Promise<{ readonly type: string; readonly data: Values }> {
    const { headers, body } = await this.#send('DESCRIBE', uri);
    return { type: headers.get('Type') ?? '', data: body as Values };
  }

  /** One page of a list. */
  async list(
    uri: string,
    options: Listing & { readonly position?: number; readonly count?: number } = {},
  ): Promise<Page> {
    const { filter, parameters = {}, position = 0, count = 10 } = options;
    const { headers, body } = await this.#send('LIST', uri, parameters, {
      Position: String(position),
      Count: String(count),
      ...(filter === undefined ? {} : { Filter: filter }),
    });
    return { uris: body as string[], position: Number(headers.get('Position')), total: Number(headers.get('Total')) };
  }

  /** The URIs on all pages. */
  async *listAll(uri: string, options: Listing & { readonly pageSize?: number } = {}): AsyncGenerator<string> {
    const { pageSize = 100, ...listing } = options;
    for (let position = 0; ;) {
      const { uris, total } = await this.list(uri, { ...listing, position, count: pageSize });
      yield* uris;
      position += uris.length;
      if (uris.length === 0 || position >= total) return;
    }
  }

  async get<T = Values>(uri: string): Promise<T> {
    return (await this.#send('GET', uri)).body as T;
  }

  /** Objects of one model by URI, as many as there are. */
  async getMulti<T = Values>(uris: readonly string[]): Promise<Map<string, T>> {
    const objects = new Map<string, T>();
    for (let from = 0; from < uris.length; from += MAX_IDS) {
      const chunk = joined(uris.slice(from, from + MAX_IDS));
      const { body } = await this.#send('GET', chunk, undefined, { 'Multi-Object': 'True' });
      for (const [uri, object] of Object.entries(body as Readonly<Record<string, T>>)) objects.set(uri, object);
    }
    return objects;
  }

  async create<T = Values>(uri: string, values: Values): Promise<Created<T>> {
    const { headers, body } = await this.#send('CREATE', uri, values);
    return { uri: headers.get('Object-Id') ?? '', object: body as T };
  }

  async update<T = Values>(uri: string, values: Values): Promise<T> {
    return (await this.#send('UPDATE', uri, values)).body as T;
  }

  async delete(uri: string): Promise<void> {
    await this.#send('DELETE', uri);
  }

  /** Calls an action of a model, or of an object; null where it gives nothing. */
  async call<T = unknown>(uri: string, parameters: Values = {}): Promise<T> {
    return (await this.#send('CALL', uri, parameters)).body as T;
  }

  async #send(
    verb: string,
    uri: string,
    data?: Values,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Reply> {
    const response = await fetch(`${this.#server}${uri}`, {
      method: verb,
      headers: {
        'CInP-Version': this.#version,
        Accept: 'application/json',
        ...(data ? { 'Content-Type': 'application/json;charset=utf-8' } : {}),
        ...this.#session,
        ...headers,
      },
      ...(data ? { body: writeJson(data) } : {}),
      redirect: 'error',
      signal: AbortSignal.timeout(this.#timeout),
    });
    const body = parsed(await response.text());
    if (response.status === 200 || response.status === 201) return { headers: response.headers, body };
    throw errorFor({
      status: response.status,
      body,
      request: response.headers.get('Contractor-Request') ?? undefined,
    });
  }
}

function parsed(text: string): unknown {
  if (text === '') return null;
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

/** One URI for several objects of one model. */
function joined(uris: readonly string[]): string {
  const [model, ...others] = new Set(uris.map((uri) => uri.slice(0, uri.indexOf(':'))));
  if (model === undefined || others.length > 0) throw new TypeError('the objects are of several models');
  return `${model}:${uris.map((uri) => uri.slice(model.length + 1, -1)).join(':')}:`;
}
