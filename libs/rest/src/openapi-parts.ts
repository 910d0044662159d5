import { PAGE } from './query.ts';
import { PROBLEMS } from './problem.ts';
import { CSRF_HEADER } from './same-origin.ts';
import { SESSION_COOKIE } from './session-cookie.ts';
import type { Schema } from './openapi-schemas.ts';

type Part = Readonly<Record<string, unknown>>;

/** A part of the document that stands among its components. */
export const part = (kind: 'parameters' | 'headers' | 'responses' | 'schemas', name: string): Part => ({
  $ref: `#/components/${kind}/${name}`,
});

const text = { type: 'string' } as const;
const position: Schema = { type: 'string', pattern: '^\\d+$' };

/** Parameters several operations share. */
export const PARAMETERS: Readonly<Record<string, Part>> = {
  At: {
    name: 'at',
    in: 'query',
    description: 'As of a position of the log, or of a time (ISO 8601), instead of now.',
    schema: text,
    examples: { position: { value: '1234' }, time: { value: '2026-03-01T12:00:00Z' } },
  },
  From: {
    name: 'from',
    in: 'query',
    required: true,
    description: 'The first moment, as a position of the log or a time (ISO 8601): what happened behind it is told.',
    schema: text,
  },
  To: {
    name: 'to',
    in: 'query',
    description: 'The second moment, in the same forms; now unless said otherwise.',
    schema: text,
  },
  Position: {
    name: 'position',
    in: 'query',
    description: 'How many objects to pass over.',
    schema: { type: 'integer', minimum: 0, default: 0 },
  },
  Count: {
    name: 'count',
    in: 'query',
    description: 'How many objects to show.',
    schema: { type: 'integer', minimum: 0, maximum: PAGE.most, default: PAGE.usual },
  },
  IfNoneMatch: {
    name: 'If-None-Match',
    in: 'header',
    description: 'Tags of what is known already: answered 304 where it is still so.',
    schema: text,
  },
  IfMatch: {
    name: 'If-Match',
    in: 'header',
    description: 'Tags of what the change was thought of for: answered 412 where it is something else now.',
    schema: text,
  },
  Preview: {
    name: 'preview',
    in: 'query',
    description:
      'Nothing is written: it is answered 200 with what would be done, as `get` of Records/Preview shows it. With `approval`, somebody else has to approve of it before it is committed.',
    schema: { type: 'string', enum: ['true', 'approval'] },
  },
  IdempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    description: 'Names the request, so that it can be sent again without being carried out twice.',
    schema: { type: 'string', minLength: 1, maxLength: 255 },
  },
  Shown: {
    name: 'Contractor-Position',
    in: 'header',
    description: 'Position that an earlier answer gave, also of another server: the answer shows the log up to there.',
    schema: position,
  },
  Reason: {
    name: 'Contractor-Reason',
    in: 'header',
    description: 'Why this is wanted; kept in the log.',
    schema: { type: 'string', maxLength: 1000 },
  },
};

/** Headers of answers. */
export const HEADERS: Readonly<Record<string, Part>> = {
  Request: { description: 'Id of the request, under which the log keeps what it did.', schema: text },
  Position: { description: 'Position of the log the answer shows, at least.', schema: position },
  Pending: {
    description: 'The change is made, and cannot be read yet; this is the position to wait for.',
    schema: position,
  },
  ETag: { description: 'Tag of the object as it is shown.', schema: text },
  Location: { description: 'Where the new object stands.', schema: { type: 'string', format: 'uri-reference' } },
  Allow: { description: 'The methods that are answered here.', schema: text },
  Challenge: { description: 'How to show a session.', schema: text },
  RetryAfter: { description: 'Seconds to wait.', schema: { type: 'integer' } },
};

/** The headers of one status beside those of all. */
const EXTRA: Readonly<Record<string, Part>> = {
  401: { 'WWW-Authenticate': part('headers', 'Challenge') },
  405: { Allow: part('headers', 'Allow') },
  503: { 'Retry-After': part('headers', 'RetryAfter') },
};

/** Problems by status, each status with all problems it stands for. */
export const RESPONSES: Readonly<Record<string, Part>> = Object.fromEntries(
  [...new Set(Object.values(PROBLEMS).map(({ status }) => status))].map((status) => {
    const kinds = Object.values(PROBLEMS).filter((kind) => kind.status === status);
    return [
      status,
      {
        description: kinds.map(({ title, doc }) => `${title}. ${doc}`).join('\n\n'),
        headers: { 'Contractor-Request': part('headers', 'Request'), ...EXTRA[status] },
        content: { 'application/problem+json': { schema: part('schemas', 'Problem') } },
      },
    ];
  }),
);

/** How a session is shown. */
export const SECURITY_SCHEMES: Readonly<Record<string, Part>> = {
  bearer: { type: 'http', scheme: 'bearer', description: '`Bearer <user>:<token>`; login answers the token.' },
  authId: { type: 'apiKey', in: 'header', name: 'Auth-Id', description: 'The user; goes with Auth-Token.' },
  authToken: { type: 'apiKey', in: 'header', name: 'Auth-Token', description: 'The token; goes with Auth-Id.' },
  cookie: {
    type: 'apiKey',
    in: 'cookie',
    name: SESSION_COOKIE,
    description: `Set by \`POST /session\`, for pages of this server. What is no GET or HEAD also takes \`${CSRF_HEADER}: 1\`.`,
  },
};

/** A session in any form. */
export const SESSION = [{ bearer: [] }, { authId: [], authToken: [] }, { cookie: [] }] as const;
