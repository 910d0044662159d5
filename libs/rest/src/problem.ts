import type { Fault } from '#kernel';

/** What is wrong with one field, parameter or header; `field` is empty where the request as a whole is at fault. */
export type Flaw = Pick<Fault, 'field' | 'code' | 'text'>;

/** A kind of problem: its name is stable and ends its type URI. */
export interface ProblemKind {
  readonly status: number;
  readonly title: string;
  /** What it means and what to do, for people. */
  readonly doc: string;
}

const kinds = {
  malformed: {
    status: 400,
    title: 'The request cannot be understood',
    doc: 'The path, the query, a header or the JSON of the body cannot be read. Sent again as it is, it will fail again.',
  },
  unauthenticated: {
    status: 401,
    title: 'A session is needed',
    doc: 'There is no session, or it is not valid (any more), or name and password do not fit. Log in and try again.',
  },
  forbidden: {
    status: 403,
    title: 'Not authorized',
    doc: 'The person of the session has not been granted the permission this needs.',
  },
  'not-found': {
    status: 404,
    title: 'There is no such thing',
    doc: 'The path leads nowhere, or the object is not there (any more, or not yet at the time that was asked for).',
  },
  'method-not-allowed': {
    status: 405,
    title: 'Method Not Allowed',
    doc: 'What stands at this path does not answer the method. The header Allow lists those it answers.',
  },
  refused: {
    status: 409,
    title: 'Refused',
    doc: 'The request is understood, and things stand against it: `errors` says which, with codes for programs.',
  },
  conflict: {
    status: 409,
    title: 'Changed by others meanwhile',
    doc: 'Others were faster again and again. Try again later.',
  },
  'precondition-failed': {
    status: 412,
    title: 'Precondition Failed',
    doc: 'The object is no longer what If-Match says. Read it again and decide anew.',
  },
  'too-large': {
    status: 413,
    title: 'Too much at once',
    doc: 'The body, or what it would write, is larger than the server takes in one request.',
  },
  'unsupported-type': {
    status: 415,
    title: 'Not a type this takes',
    doc: 'Bodies are application/json; PATCH also takes application/merge-patch+json.',
  },
  invalid: {
    status: 422,
    title: 'Values are at fault',
    doc: 'The body is JSON, and its values are not right: `errors` names the fields, with codes for programs.',
  },
  'idempotency-key-reused': {
    status: 422,
    title: 'Idempotency-Key Reused',
    doc: 'The Idempotency-Key was used for another request. Sent again, it will fail again: take a new key.',
  },
  'too-many-requests': {
    status: 429,
    title: 'Too many tries',
    doc: 'There were too many logins that failed. Wait for as long as `detail` says.',
  },
  internal: {
    status: 500,
    title: 'Internal Server Error',
    doc: 'The server failed. The id in `request` finds the cause in the log of the server.',
  },
  busy: {
    status: 503,
    title: 'Service Unavailable',
    doc: 'As many clients follow the progress of jobs, or send files, as the server, or one user, may have. Try again after `Retry-After`.',
  },
  'not-ready': {
    status: 503,
    title: 'Not ready',
    doc: 'The server has not come far enough to answer. Try again in a moment.',
  },
} as const satisfies Readonly<Record<string, ProblemKind>>;

export type ProblemName = keyof typeof kinds;

/** All problems there are, by name. */
export const PROBLEMS: Readonly<Record<ProblemName, ProblemKind>> = kinds;

/** A request that is answered with a problem. */
export class Problem extends Error {
  readonly problem: ProblemName;
  readonly errors: readonly Flaw[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    problem: ProblemName,
    detail: string,
    {
      errors = [],
      headers = {},
    }: { readonly errors?: readonly Flaw[]; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(detail);
    this.name = 'Problem';
    this.problem = problem;
    this.errors = errors;
    this.headers = headers;
  }
}

/** The request cannot be understood; `field` is the parameter or header that is at fault. */
export const malformed = (text: string, field?: string, code = 'INVALID'): Problem =>
  new Problem('malformed', text, field === undefined ? {} : { errors: [{ field, code, text }] });
