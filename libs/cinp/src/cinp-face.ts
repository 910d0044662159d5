import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ApiService, Caller, Model, Permission, Person, Values } from '#api';
import { Forbidden, may, permissionFor } from '#api';
import type { Answer } from './answer.ts';
import { Rejected, send, wrong } from './answer.ts';
import type { CorsOrigins } from './cors.ts';
import { corsHeaders, preflightHeaders } from './cors.ts';
import type { ObjectVerb } from './describe.ts';
import { allows, describeAction, describeModel, describeNamespace, describeRoot } from './describe.ts';
import { answerTo } from './errors.ts';
import { ClientGone, readData } from './request-body.ts';
import type { Target } from './target.ts';
import { find } from './target.ts';
import type { Uri } from './uri.ts';
import { MOST_IDS, parseUri, pathOf } from './uri.ts';
import { call, ON_OBJECTS } from './verbs.ts';
import { DEFAULT_VERSION, versionOf, wordsOf } from './version.ts';

/** What the face of the API for CInP clients stands on. */
export interface CinpFaceOptions {
  readonly api: ApiService;
  /** Who a session belongs to; undefined where there is no such session. */
  readonly identify: (id: string, token: string) => Promise<Person | undefined>;
  /** Where bugs are written, with their cause. */
  readonly log: { error(message: string, error: unknown, fields?: Readonly<Record<string, unknown>>): void };
  /** Origins of web pages that may use the API; none unless said. */
  readonly cors?: CorsOrigins;
  /** The largest body in bytes. */
  readonly maxBody?: number;
}

type Verb = ObjectVerb | 'DESCRIBE' | 'CALL' | 'OPTIONS';

/** Which verbs need objects, which may take data, which cannot do without it. */
interface Shape {
  readonly ids: 'none' | 'some' | 'maybe';
  readonly data: 'none' | 'some' | 'maybe';
  readonly needs?: 'add' | 'change' | 'delete' | 'view';
}

const SHAPES: { readonly [V in Exclude<Verb, 'OPTIONS'>]: Shape } = {
  DESCRIBE: { ids: 'none', data: 'none' },
  GET: { ids: 'some', data: 'none', needs: 'view' },
  LIST: { ids: 'none', data: 'maybe', needs: 'view' },
  CREATE: { ids: 'none', data: 'some', needs: 'add' },
  UPDATE: { ids: 'some', data: 'some', needs: 'change' },
  DELETE: { ids: 'some', data: 'none', needs: 'delete' },
  CALL: { ids: 'maybe', data: 'maybe' },
};

const isVerb = (verb: string): verb is Verb => verb === 'OPTIONS' || Object.hasOwn(SHAPES, verb);

/**
 * The face of the API for CInP clients: answers one request of Node's HTTP server, whatever becomes of it. The checks
 * come in the order clients know them in; each answer carries the id the request has in the log.
 */
export function cinpFace(
  options: CinpFaceOptions,
): (request: IncomingMessage, response: ServerResponse, verb: string) => Promise<void> {
  return async (request, response, verb) => {
    const id = randomBytes(16).toString('hex');
    const answer = await carryOut(options, request, verb.toUpperCase(), id).catch((error: unknown) => {
      if (error instanceof ClientGone) return undefined;
      const known = answerTo(error);
      if (known) return known;
      options.log.error('a request failed', error, { request: id, verb, path: pathOf(request.url ?? '') });
      return { status: 500, body: { message: `Exception. Reference Id: ${id}` } } as const;
    });
    if (!answer) return;
    const common = {
      'Cinp-Version': versionOf(request.headers['cinp-version']) ?? DEFAULT_VERSION,
      'Contractor-Request': id,
      ...corsHeaders(options.cors, request.headers.origin),
    };
    send(response, { ...answer, headers: { ...answer.headers, ...common } });
  };
}

/** One request from its verb to its answer. @throws Rejected and whatever the API refuses with */
async function carryOut(options: CinpFaceOptions, request: IncomingMessage, verb: string, id: string): Promise<Answer> {
  const { api, identify, maxBody = 524_288 } = options;
  const { catalogue } = api;
  const header = (name: string): string | undefined => [request.headers[name]].flat()[0];

  if (!isVerb(verb)) throw wrong(`Invalid Verb (HTTP Method) "${verb}"`);
  const path = pathOf(request.url ?? '');
  const uri = parseUri(path);
  if (!uri) throw wrong(`Unable to Parse "${path}"`);
  if (uri.ids && uri.ids.length > MOST_IDS) throw wrong(`id_list longer than supported length of "${MOST_IDS}"`);
  const target = find(catalogue, uri);
  if (!target) throw new Rejected(404, { message: `path not found "${path}"` });
  if (verb === 'OPTIONS') return allowed(target, options.cors !== undefined);

  const version = versionOf(header('cinp-version'));
  if (version === undefined) throw wrong('Invalid CInP Protocol Version');
  const data = await readData(request, maxBody);
  checkShape(verb, uri, target, data);
  if (target.kind === 'model' && verb in ON_OBJECTS && !allows(target.model, verb as ObjectVerb)) {
    throw new Forbidden(`${target.model.path} does not answer ${verb}`);
  }
  const multi = isMulti(uri, header('multi-object'));

  const caller = await callerOf(request, identify);
  const permission = permissionOf(verb, target);
  if (!may(caller, permission)) throw new Forbidden('Not Authorized');
  if (verb === 'DESCRIBE') return described(api, target);

  const wish = {
    api,
    reading: { catalogue, words: wordsOf(version) },
    request: { caller, id },
    ids: uri.ids,
    multi,
    data: (data ?? {}) as Values,
    header,
  };
  if (target.kind === 'action') return call(target.model, target.action, wish);
  return ON_OBJECTS[verb as ObjectVerb](modelOf(target), wish);
}

/** Whether verb, URI and data go together. */
function checkShape(verb: Exclude<Verb, 'OPTIONS'>, { ids }: Uri, { kind }: Target, data: unknown): void {
  const shape = SHAPES[verb];
  if (kind === 'action' && verb !== 'CALL' && verb !== 'DESCRIBE') {
    throw wrong(`Invalid verb "${verb}" for request with action`);
  }
  if (verb === 'CALL' && kind !== 'action') throw wrong(`Verb "${verb}" requires action`);
  if (ids && shape.ids === 'none') throw wrong(`Invalid Verb "${verb}" for request with id`);
  if (!ids && shape.ids === 'some') throw wrong(`Verb "${verb}" requires id`);
  if (data !== undefined && shape.data === 'none') throw wrong(`Invalid verb "${verb}" for request with data`);
  if (data === undefined && shape.data === 'some') throw wrong(`Verb "${verb}" requires data`);
  if (shape.needs && kind !== 'model') throw wrong(`Verb "${verb}" requires model`);
  if (data !== undefined && (typeof data !== 'object' || Array.isArray(data))) {
    throw wrong(`${verb} data must be a dict${shape.data === 'maybe' ? ' or None' : ''}`);
  }
}

/** Several objects at once: where there are several ids, or where it was asked for. */
function isMulti({ ids }: Uri, wanted: string | undefined): boolean {
  if (wanted?.toLowerCase() === 'true') return true;
  const several = ids !== undefined && ids.length > 1;
  if (several && wanted !== undefined) throw wrong('requested non multi-object, however multiple ids where sent');
  return several;
}

/** Who asks: the person of the session, or anybody where there is none. @throws Rejected where it is no session */
async function callerOf(request: IncomingMessage, identify: CinpFaceOptions['identify']): Promise<Caller> {
  const source = (request.socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/, '');
  const [id, token] = ['auth-id', 'auth-token'].map((name) => [request.headers[name]].flat()[0]);
  if (!id || !token) return { source };
  const person = await identify(id, token);
  if (!person) throw new Rejected(401, { message: 'Invalid Session' });
  return { person, source };
}

function permissionOf(verb: Exclude<Verb, 'OPTIONS'>, target: Target): Permission {
  if (verb === 'DESCRIBE') return 'anybody';
  if (target.kind === 'action') return target.action.permission;
  const { needs } = SHAPES[verb];
  return needs ? permissionFor(modelOf(target), needs) : 'anybody';
}

function modelOf(target: Target): Model {
  if (target.kind !== 'model') throw new Error(`a ${target.kind} has no objects`);
  return target.model;
}

type Described = { readonly [K in Target['kind']]: (target: Extract<Target, { kind: K }>, api: ApiService) => unknown };

const DESCRIBED: Described = {
  root: (_, { catalogue }) => describeRoot(catalogue),
  namespace: ({ namespace }) => describeNamespace(namespace),
  model: ({ model }) => describeModel(model),
  action: ({ model, name, action }) => describeAction(model.path, name, action),
};

const TYPES: Readonly<Record<Target['kind'], string>> = {
  root: 'Namespace',
  namespace: 'Namespace',
  model: 'Model',
  action: 'Action',
};

const described = (api: ApiService, target: Target): Answer => ({
  status: 200,
  headers: { Verb: 'DESCRIBE', Type: TYPES[target.kind], 'Cache-Control': 'max-age=0' },
  body: DESCRIBED[target.kind](target as never, api),
});

const ALLOW: Readonly<Record<Target['kind'], string>> = {
  root: 'OPTIONS, DESCRIBE',
  namespace: 'OPTIONS, DESCRIBE',
  model: 'OPTIONS, DESCRIBE, GET, LIST, CREATE, UPDATE, DELETE',
  action: 'OPTIONS, DESCRIBE, CALL',
};

function allowed({ kind }: Target, cors: boolean): Answer {
  const lasting = kind === 'root' || kind === 'namespace';
  const headers = { Allow: ALLOW[kind], ...(lasting ? { 'Cache-Control': 'max-age=0' } : {}) };
  return { status: 200, headers: { ...headers, ...(cors ? preflightHeaders(ALLOW[kind]) : {}) } };
}
