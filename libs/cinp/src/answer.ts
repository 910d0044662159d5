import { writeJson } from '#kernel';
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

/** The answer to a connection whose requests cannot be read: its version is not known. */
export const malformedRequest = (message: string): HttpAnswer => ({
  status: 400,
  headers: { 'Cinp-Version': '1.0', 'Content-Type': 'application/json;charset=utf-8' },
  text: `{"message": ${JSON.stringify(message)}}`,
});

/** An answer as it goes over the wire, with what every answer says. */
export const onTheWire = (
  { status, headers, body, json }: Answer,
  always: Readonly<Record<string, string>>,
): HttpAnswer => ({
  status,
  headers: { ...headers, ...always, 'Content-Type': 'application/json;charset=utf-8' },
  text: json ?? (body === undefined ? '' : writeJson(body)),
});
import type { HttpAnswer } from '#http';
