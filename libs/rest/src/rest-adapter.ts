import { ClientGone, newRequestId } from '#http';
import type { HttpHandler } from '#http';
import type { Position } from '#event-store';
import type { ApiService, Permission } from '#api';
import { Forbidden, may, permissionFor } from '#api';
import { constantAnswer, problemPage } from './about.ts';
import type { Answer } from './answer.ts';
import { onTheWire, problemAnswer } from './answer.ts';
import type { IdempotencyStore } from './idempotency.ts';
import { withIdempotency } from './idempotency.ts';
import type { Identify } from './headers.ts';
import { callerOf, catchUp } from './headers.ts';
import { OpenApiDocuments } from './openapi-documents.ts';
import { callOn, callStatic, change, create, list, read, readPage, remove } from './operations.ts';
import { pathOf, segmentsOf } from './paths.ts';
import { malformed, Problem } from './problem.ts';
import { problemOf } from './problem-of.ts';
import { demandFreeNames } from './query.ts';
import type { Method, Route, Served } from './routes.ts';
import { methodsOf, placesAt, VERBS } from './routes.ts';
import type { RequestContext, ParsedRequest } from './parsed-request.ts';
import { parseRequest } from './parsed-request.ts';

/** What the REST adapter stands on. */
export interface RestAdapterOptions {
  readonly api: ApiService;
  readonly identify: Identify;
  /** The position of the log at a time (ISO 8601 with microseconds, in UTC). */
  readonly positionAt: (time: string) => Promise<Position>;
  /** The time by the clock that events are recorded with, ISO 8601; that of the machine unless said. */
  readonly now?: () => string;
  /** Where bugs are written, with their cause. */
  readonly log: { error(message: string, error: unknown, fields?: Readonly<Record<string, unknown>>): void };
  /** Where answers to requests with an Idempotency-Key are kept. */
  readonly kept: IdempotencyStore;
  /** A mark by which what was asked for is known again, and which tells nobody what it was. */
  readonly mark: (text: string) => string;
  /** The largest body in bytes. */
  readonly maxBody?: number;
}

/** The REST API. Every answer names the id the request has in the log. */
export function restAdapter(options: RestAdapterOptions): HttpHandler {
  const { catalogue } = options.api;
  demandFreeNames(catalogue);
  const documents = new OpenApiDocuments(catalogue);
  return async (request) => {
    const { verb: method, target } = request;
    const visit: RequestContext = { request, method, path: pathOf(target), id: newRequestId(), caller: undefined };
    const reply = ({ headers, ...answer }: Answer) =>
      onTheWire({ ...answer, headers: { ...headers, 'Contractor-Request': visit.id } });
    try {
      return reply(await answerTo(options, documents, visit));
    } catch (error) {
      if (error instanceof ClientGone) return undefined;
      const { id, path } = visit;
      const known = problemOf(error, visit.caller, catalogue.refusals);
      if (!known) options.log.error('a request failed', error, { request: id, method, path });
      const problem = known ?? new Problem('internal', `Something went wrong. Reference: ${id}.`);
      return reply(problemAnswer(problem, visit));
    }
  };
}

/** Puts a request through all checks and has it carried out. */
async function answerTo(
  options: RestAdapterOptions,
  documents: OpenApiDocuments,
  visit: RequestContext,
): Promise<Answer> {
  const { request, path } = visit;
  const segments = segmentsOf(path);
  if (!segments) throw malformed('The path cannot be read.');
  const places = placesAt(options.api.catalogue, segments);
  if (places.length === 0) throw new Problem('not-found', `Nothing stands at ${path}.`);
  const allow = { Allow: [...allowed(places), 'OPTIONS'].join(', ') };
  if (visit.method === 'OPTIONS') return { status: 204, headers: allow };
  const method = (visit.method === 'HEAD' ? 'GET' : visit.method) as Method;
  const place = places.find((one) => methodsOf(one).includes(method));
  if (!place) throw new Problem('method-not-allowed', `${visit.method} is not answered here.`, { headers: allow });
  if (place.kind === 'document') {
    return constantAnswer(await documents.get(place.namespace), request.header('if-none-match'));
  }
  if (place.kind === 'problem') return constantAnswer(problemPage(place.name), request.header('if-none-match'));

  await catchUp(request, options.api);
  const ignoresSession = 'action' in place && place.action.ignoresSession;
  visit.caller = ignoresSession ? { source: request.source } : await callerOf(request, options.identify);
  if (!may(visit.caller, permissionOf(place, method))) throw new Forbidden();
  const parsed = await parseRequest(options, visit, place, method);
  return withIdempotency(options, visit, place, parsed, (asked) => operationOn(place, method)(place, asked));
}

const allowed = (places: readonly Route[]): string[] =>
  places.flatMap(methodsOf).flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));

function permissionOf(place: Served, method: Method): Permission {
  if ('action' in place) return place.action.permission;
  const verb = (VERBS[place.kind] as Readonly<Partial<Record<Method, Parameters<typeof permissionFor>[1]>>>)[method];
  if (!verb) throw new Error(`${method} of a ${place.kind} passed the checks`);
  return permissionFor(place.model, verb);
}

type Operation<P> = (place: P, parsed: ParsedRequest) => Promise<Answer>;

/** What is done, by what stands at the path and by the method. */
const OPERATIONS: {
  readonly [K in Served['kind']]: Readonly<Partial<Record<Method, Operation<Extract<Served, { kind: K }>>>>>;
} = {
  model: {
    GET: ({ model }, parsed) => list(model, parsed),
    POST: ({ model }, parsed) => create(model, parsed),
  },
  object: {
    GET: ({ model, id }, parsed) => read(model, id, parsed),
    PATCH: ({ model, id }, parsed) => change(model, id, parsed),
    DELETE: ({ model, id }, parsed) => remove(model, id, parsed),
  },
  static: { POST: ({ action }, parsed) => callStatic(action, parsed) },
  page: { GET: ({ action }, parsed) => readPage(action, parsed) },
  action: { POST: ({ model, id, action }, parsed) => callOn(model, id, action, parsed) },
};

function operationOn(place: Served, method: Method): Operation<Served> {
  const operation = OPERATIONS[place.kind][method];
  if (!operation) throw new Error(`${method} of a ${place.kind} passed the checks`);
  return operation as Operation<Served>;
}
