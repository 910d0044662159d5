import { ClientGone, newRequestId } from '#http';
import type { HttpHandler } from '#http';
import type { Position } from '#event-store';
import type { ApiService, PreviewMaker } from '#api';
import { Forbidden, may } from '#api';
import { constantAnswer, problemPage } from './about.ts';
import type { Answer } from './answer.ts';
import { onTheWire, problemAnswer } from './answer.ts';
import type { IdempotencyStore } from './idempotency.ts';
import { withIdempotency } from './idempotency.ts';
import type { Identify } from './headers.ts';
import { callerOf, catchUp, reasonIn } from './headers.ts';
import { OpenApiDocuments } from './openapi-documents.ts';
import { carryOut } from './carry-out.ts';
import { pathOf } from './paths.ts';
import { previewAsked, previewStep, previewSteps, withoutPreview } from './preview-requests.ts';
import { Problem } from './problem.ts';
import { problemOf } from './problem-of.ts';
import { demandFreeNames } from './query.ts';
import type { Method, Served } from './routes.ts';
import { permissionOf, placeAt } from './served-place.ts';
import { writeObject } from './write-value.ts';
import type { RequestContext } from './parsed-request.ts';
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
  /** Makes previews of what changes something (`?preview`); none are made unless given. */
  readonly previews?: PreviewMaker;
  /** The largest body in bytes. */
  readonly maxBody?: number;
}

/** The REST API. Every answer names the id the request has in the log. */
export function restAdapter(options: RestAdapterOptions): HttpHandler {
  const { catalogue } = options.api;
  demandFreeNames(catalogue);
  const documents = new OpenApiDocuments(catalogue);
  options.previews?.use({
    read: (requests, caller, id) => previewSteps(options, requests, caller, id),
    write: (model, key, object) => writeObject(model, key, object, catalogue),
  });
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
  const { allowed, answering } = placeAt(options.api.catalogue, path);
  if (visit.method === 'OPTIONS') return { status: 204, headers: { Allow: allowed } };
  const place = answering(visit.method);
  const method = (visit.method === 'HEAD' ? 'GET' : visit.method) as Method;
  if (place.kind === 'document') {
    return constantAnswer(await documents.get(place.namespace), request.header('if-none-match'));
  }
  if (place.kind === 'problem') return constantAnswer(problemPage(place.name), request.header('if-none-match'));

  await catchUp(request, options.api);
  const ignoresSession = 'action' in place && place.action.ignoresSession;
  visit.caller = ignoresSession ? { source: request.source } : await callerOf(request, options.identify);
  if (!may(visit.caller, permissionOf(place, method))) throw new Forbidden();
  const preview = options.previews ? previewAsked(request) : 'no';
  if (options.previews && preview !== 'no') return previewAnswer(options, options.previews, visit, preview);
  const known = await placeInside(place, visit);
  const parsed = await parseRequest(options, visit, known, method);
  return withIdempotency(options, visit, known, parsed, (asked) => carryOut(known, method, asked));
}

/** A place with the id by which its object is known inside; whatever is kept of the request has that one. */
async function placeInside(place: Served, visit: RequestContext): Promise<Served> {
  if (!('id' in place) || place.id === undefined || !place.model.keyOf) return place;
  const id = await place.model.keyOf(place.id);
  const [before = '', behind] = visit.path.split(`/${place.model.path}/`, 2);
  if (behind !== undefined) {
    visit.path = `${before}/${place.model.path}/${behind.replace(/^[^/]*/, encodeURIComponent(id))}`;
  }
  return { ...place, id };
}

/** Answers a request with what it would do. */
async function previewAnswer(
  options: RestAdapterOptions,
  previews: PreviewMaker,
  { request, caller = { source: request.source } }: RequestContext,
  preview: 'yes' | 'approval',
): Promise<Answer> {
  const id = newRequestId();
  const reason = reasonIn(request);
  const step = await previewStep(options, withoutPreview(request), caller, id);
  const order = { id, caller, approval: preview === 'approval', steps: [step] };
  return { status: 200, body: await previews.make(reason === undefined ? order : { ...order, reason }) };
}
