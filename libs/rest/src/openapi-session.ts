import { headers, json, problems } from './openapi-operations.ts';
import type { Schema } from './openapi-schemas.ts';

type Part = Readonly<Record<string, unknown>>;

const text: Schema = { type: 'string' };
const textOrNull: Schema = { type: ['string', 'null'] };
const texts: Schema = { type: 'array', items: text };

/** A map with exactly these, all of them there. */
const map = (properties: Readonly<Record<string, Schema>>): Schema => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
});

/** Who is signed in, and how others sign in. */
const signedIn = map({
  user: { ...textOrNull, description: 'Null: nobody is.' },
  superuser: { type: 'boolean', description: 'Whether they may do everything.' },
  permissions: { ...texts, description: 'What they may do, by now.' },
  expires: { type: ['string', 'null'], format: 'date-time', description: 'When the session ends; null: it does not.' },
  sign_in: map({
    password: { type: 'boolean' },
    openid: { type: 'array', items: map({ name: text, label: text }) },
    refused: { ...textOrNull, description: 'Why nobody can sign in from where this was asked; null: they can.' },
    failed: { ...textOrNull, description: 'What went wrong when this browser came back from a provider; told once.' },
  }),
  warnings: texts,
});

const answer = { 200: { description: 'Who is signed in.', headers: headers(), content: json(signedIn) } };

/** Where browsers sign in and out. */
export const SESSION_PATH: Part = {
  get: {
    operationId: 'get_session',
    summary: 'Who is signed in',
    description: 'Open to anybody. A session in a cookie that is none any more is no problem here.',
    security: [],
    'x-permission': 'anybody',
    responses: { ...answer, ...problems(401) },
  },
  post: {
    operationId: 'sign_in',
    summary: 'Signs in, with the session in a cookie',
    description: 'Open to anybody, but not over plain HTTP from another machine, unless a setting allows that.',
    security: [],
    'x-permission': 'anybody',
    requestBody: { required: true, content: json(map({ username: text, password: text })) },
    responses: { ...answer, ...problems(401, 403, 422, 429) },
  },
  delete: {
    operationId: 'sign_out',
    summary: 'Ends the session on the server, and takes the cookie away',
    description: 'Open to anybody: where there is no session, nothing ends.',
    security: [],
    'x-permission': 'anybody',
    responses: { 204: { description: 'There is no session.', headers: headers() }, ...problems(403) },
  },
};
