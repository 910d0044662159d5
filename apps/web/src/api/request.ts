import { Problem, problemIn } from './problem.ts';

/** Root of the API. */
export const API = '/api/rest';

/** What is asked of the API, beside method and path. */
export interface Asked {
  readonly query?: Readonly<Record<string, string | number | readonly string[] | undefined>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** An answer, with what its headers say. */
export interface Answered<T> {
  readonly body: T;
  readonly status: number;
  readonly etag: string | undefined;
  /** Id under which the log keeps what the request did. */
  readonly request: string | undefined;
  /** Position of the log that the answer shows, at least. */
  readonly position: string | undefined;
}

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** Position of the last own change: any server is to show the log up to there. */
let shown: string | undefined;

/** The headers that go with every request. */
export function ownHeaders(method: string): Record<string, string> {
  return {
    Accept: 'application/json',
    ...(shown === undefined ? {} : { 'Contractor-Position': shown }),
    // Pages of other origins cannot send it: with it, a request that changes something is known to come from this page.
    ...(method === 'GET' || method === 'HEAD' ? {} : { 'Contractor-Csrf': '1' }),
  };
}

/** Notes how far the log must be shown from now on. */
export function notePosition(method: string, headers: Headers): void {
  const position = headers.get('Contractor-Pending') ?? headers.get('Contractor-Position');
  if (method === 'GET' || position === null) return;
  if (shown === undefined || BigInt(position) > BigInt(shown)) shown = position;
}

/** The path of an object of a model, below the root of the API. */
export const pathOf = (model: string, id?: string | number, action?: string): string =>
  `/${[model, ...(id === undefined ? [] : [encodeURIComponent(String(id))]), ...(action === undefined ? [] : [action])].join('/')}`;

function queryText(query: Asked['query'] = {}): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? (value as readonly string[]) : [value]) given.append(name, String(one));
  }
  const text = given.toString();
  return text === '' ? '' : `?${text}`;
}

/** Sends a request to the API. @throws Problem */
export async function send<T>(method: Method, path: string, asked: Asked = {}): Promise<Answered<T>> {
  const { query, body, headers, signal } = asked;
  let response: Response;
  try {
    response = await fetch(`${API}${path}${queryText(query)}`, {
      method,
      headers: {
        ...ownHeaders(method),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem(0, { title: 'The server cannot be reached', detail: 'The server cannot be reached.' });
  }
  if (!response.ok) throw await problemIn(response);
  notePosition(method, response.headers);
  const text = await response.text();
  return {
    body: (text === '' ? undefined : JSON.parse(text)) as T,
    status: response.status,
    etag: response.headers.get('ETag') ?? undefined,
    request: response.headers.get('Contractor-Request') ?? undefined,
    position: response.headers.get('Contractor-Position') ?? undefined,
  };
}

/** The value an action answers with. @throws Problem */
export async function call<T>(path: string, parameters: object = {}, asked: Asked = {}): Promise<T> {
  const { body } = await send<{ readonly value: T } | undefined>('POST', path, { ...asked, body: parameters });
  return body?.value as T;
}
