import type { Caller, Principal } from '#kernel';
import { ClientGone, newRequestId } from '#http';
import type { HttpHandler, HttpRequest } from '#http';
import type { ApiService, Values } from '#api';
import { Forbidden, may, permissionFor, toPosition } from '#api';
import { allowed, described } from './about.ts';
import type { Answer } from './answer.ts';
import { onTheWire, Rejected, wrong } from './answer.ts';
import { allows } from './describe.ts';
import { answerTo } from './errors.ts';
import { readData } from './request-body.ts';
import { checkShape, isMulti, isVerb } from './shape.ts';
import { find } from './target.ts';
import { MAX_IDS } from './max-ids.ts';
import { parseUri, pathOf } from './uri.ts';
import { call, NEEDS, ON_OBJECTS } from './verbs.ts';
import { DEFAULT_VERSION, versionOf, wordsOf } from './version.ts';

/** What the CInP adapter stands on. */
export interface CinpAdapterOptions {
  readonly api: ApiService;
  /** Who a session belongs to; undefined where there is no such session. */
  readonly identify: (id: string, token: string) => Promise<Principal | undefined>;
  /** Where bugs are written, with their cause. */
  readonly log: { error(message: string, error: unknown, fields?: Readonly<Record<string, unknown>>): void };
  /** The largest body in bytes. */
  readonly maxBody?: number;
}

/** The API for CInP clients. Every answer names the id the request has in the log. */
export function cinpAdapter(options: CinpAdapterOptions): HttpHandler {
  return async (request) => {
    const id = newRequestId();
    const verb = request.verb.toUpperCase();
    const reply = (answer: Answer) =>
      onTheWire(answer, {
        'Cinp-Version': versionOf(request.header('cinp-version')) ?? DEFAULT_VERSION,
        'Contractor-Request': id,
      });
    try {
      return reply(await granted(options, request, verb, id));
    } catch (error) {
      if (error instanceof ClientGone) return undefined;
      const known = answerTo(error);
      if (!known) options.log.error('a request failed', error, { request: id, verb, path: pathOf(request.target) });
      return reply(known ?? { status: 500, body: { message: `Exception. Reference Id: ${id}` } });
    }
  };
}

/** Puts a request through all checks, in the order clients know them in, and has it carried out. */
async function granted(options: CinpAdapterOptions, request: HttpRequest, verb: string, id: string): Promise<Answer> {
  const { api, maxBody = 524_288 } = options;
  const { catalogue } = api;
  const header = (name: string): string | undefined => request.header(name);

  if (!isVerb(verb) && verb !== 'OPTIONS') throw wrong(`Invalid Verb (HTTP Method) "${verb}"`);
  const path = pathOf(request.target);
  const uri = parseUri(path);
  if (!uri) throw wrong(`Unable to Parse "${path}"`);
  if (uri.ids && uri.ids.length > MAX_IDS) throw wrong(`id_list longer than supported length of "${MAX_IDS}"`);
  const target = find(catalogue, uri);
  if (!target) throw new Rejected(404, { message: `path not found "${path}"` });
  if (verb === 'OPTIONS') return allowed(target);

  const version = versionOf(header('cinp-version'));
  if (version === undefined) throw wrong('Invalid CInP Protocol Version');
  const reads = target.kind === 'action' && verb === 'CALL' ? target.action.reads : undefined;
  const data = request.hasBody ? await readData(request, maxBody, reads) : undefined;
  checkShape(verb, uri, target, data);
  if (target.kind === 'model' && verb !== 'DESCRIBE' && verb !== 'CALL' && !allows(target.model, verb)) {
    throw new Forbidden(`${target.model.path} does not answer ${verb}`);
  }
  const multi = isMulti(uri, header('multi-object'));

  await catchUp(api, header('contractor-position'));
  const ignoresSession = target.kind === 'action' && target.action.ignoresSession && verb === 'CALL';
  const caller = ignoresSession ? { source: request.source } : await callerOf(request, options.identify);
  if (verb === 'DESCRIBE') return described(target, catalogue);
  const parsed = {
    api,
    reading: { catalogue, words: wordsOf(version) },
    request: { caller, id },
    ids: uri.ids,
    multi,
    data: (data ?? {}) as Values,
    header,
  };
  if (target.kind === 'action') {
    demand(caller, target.action.permission);
    return call(target.model, target.action, parsed);
  }
  if (target.kind !== 'model' || verb === 'CALL') throw new Error(`${verb} of a ${target.kind} passed the checks`);
  demand(caller, permissionFor(target.model, NEEDS[verb]));
  return ON_OBJECTS[verb](target.model, parsed);
}

/** Waits until answers show what an earlier answer, maybe of another server, has named as its position. */
async function catchUp(api: ApiService, header: string | undefined): Promise<void> {
  if (header === undefined) return;
  const position = toPosition(header);
  if (position === undefined) throw wrong('Contractor-Position must be an integer if specified');
  await api.catchUpTo(position);
}

/** Who asks: the person of the session, or anybody where there is none. @throws Rejected where it is no session */
async function callerOf(request: HttpRequest, identify: CinpAdapterOptions['identify']): Promise<Caller> {
  const { source } = request;
  const id = request.header('auth-id');
  const token = request.header('auth-token');
  if (!id || !token) return { source };
  const principal = await identify(id, token);
  if (!principal) throw new Rejected(401, { message: 'Invalid Session' });
  return { principal, source };
}

/** What is wrong with the fields is only told to those who may. */
function demand(caller: Caller, permission: Parameters<typeof may>[1]): void {
  if (!may(caller, permission)) throw new Forbidden('Not Authorized');
}
