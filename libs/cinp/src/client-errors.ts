/** An answer of the server other than success. */
export class CinpError extends Error {
  readonly status: number;
  /** What the server said; a JSON object, or the text as it came. */
  readonly body: unknown;
  /** The id the request has in the server's log. */
  readonly request: string | undefined;

  constructor(answer: { readonly status: number; readonly body: unknown; readonly request: string | undefined }) {
    super(messageOf(answer.body) ?? `${answer.status} ${JSON.stringify(answer.body)}`);
    this.name = new.target.name;
    this.status = answer.status;
    this.body = answer.body;
    this.request = answer.request;
  }
}

/** 400: the request is wrong, or refused; the body holds a message, a code, or texts by field. */
export class InvalidRequest extends CinpError {
  /** The code of a refusal, for programs (`JOB_EXISTS`). */
  get code(): string | undefined {
    return textAt(this.body, 'error');
  }
}
/** 401: there is no such session, or no more. */
export class InvalidSession extends CinpError {}
/** 403: whoever asks may not. */
export class NotAuthorized extends CinpError {}
/** 404: there is no such object or path. */
export class NotFound extends CinpError {}
/** 500, or an answer no CInP server gives. */
export class ServerError extends CinpError {}

const BY_STATUS: Readonly<Record<number, typeof CinpError>> = {
  400: InvalidRequest,
  401: InvalidSession,
  403: NotAuthorized,
  404: NotFound,
};

/** The error an answer stands for. */
export const errorFor = (answer: ConstructorParameters<typeof CinpError>[0]): CinpError =>
  new (BY_STATUS[answer.status] ?? ServerError)(answer);

const messageOf = (body: unknown): string | undefined => textAt(body, 'message');

function textAt(body: unknown, key: string): string | undefined {
  const value = typeof body === 'object' && body !== null ? (body as Readonly<Record<string, unknown>>)[key] : body;
  return typeof value === 'string' ? value : undefined;
}
