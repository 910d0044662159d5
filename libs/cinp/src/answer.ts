import type { ServerResponse } from 'node:http';

/** The only status codes clients of all generations understand in replies of the API. */
export type Status = 200 | 201 | 400 | 401 | 403 | 404 | 500;

/** A reply before it is put on the wire. */
export interface Answer {
  readonly status: Status;
  /** In the capitalisation they are sent with: some clients compare names byte by byte. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Undefined: an empty body. */
  readonly body?: unknown;
  /** The body where it is written already. */
  readonly json?: string;
}

/** A request that is answered with something else than success. */
export class Rejected extends Error {
  readonly answer: Answer;

  constructor(status: Exclude<Status, 200 | 201>, body: Readonly<Record<string, unknown>>) {
    super(JSON.stringify(body));
    this.answer = { status, body };
  }
}

/** The request is wrong as a whole. */
export const wrong = (message: string): Rejected => new Rejected(400, { message });

/** Puts an answer on the wire: header names as written, the length known, never in chunks. */
export function send(response: ServerResponse, { status, headers, body, json }: Answer): void {
  const text = json ?? (body === undefined ? '' : JSON.stringify(body));
  response.writeHead(status, {
    ...headers,
    'Content-Type': 'application/json;charset=utf-8',
    'Content-Length': String(Buffer.byteLength(text)),
  });
  response.end(text);
}
