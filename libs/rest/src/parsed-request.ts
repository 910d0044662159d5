import type { Caller } from '#kernel';
import { mediaType, readJson } from '#http';
import type { HttpRequest } from '#http';
import type { Position } from '#event-store';
import type { ApiService, Request, Span, Values } from '#api';
import { asOf, spanIn } from './as-of.ts';
import { positionsIn } from './etag.ts';
import { reasonIn, requestId } from './headers.ts';
import { queryOf } from './paths.ts';
import { malformed } from './problem.ts';
import { checkQuery } from './query.ts';
import type { Method, Served } from './routes.ts';

/** One request on its way: who asks, and under which id, is found out as it goes. */
export interface RequestContext {
  readonly request: HttpRequest;
  readonly method: string;
  path: string;
  id: string;
  caller: Caller | undefined;
}

/** A request that has passed the checks, to be carried out. */
export interface ParsedRequest {
  readonly api: ApiService;
  readonly request: Request;
  readonly query: URLSearchParams;
  /** As of which position a read is asked for; undefined: now. */
  readonly at: Position | undefined;
  /** The moments between which it is told what is different, or what happened. */
  readonly span: Span | undefined;
  /** The JSON of the body: an empty map where there was none. */
  readonly data: Values;
  /** Whether maps in the body are merged into those that are there. */
  readonly merge: boolean;
  /** A header of the request, by its name in lower case. */
  readonly header: (name: string) => string | undefined;
}

/** What reading a request takes besides the request. */
export interface ParsingMeans {
  readonly api: ApiService;
  readonly positionAt: (time: string) => Promise<Position>;
  readonly now?: () => string;
  readonly maxBody?: number;
}

/** Reads the rest of a request: query, headers, body. @throws Problem, UnusableBody */
export async function parseRequest(
  means: ParsingMeans,
  visit: RequestContext,
  place: Served,
  method: Method,
): Promise<ParsedRequest> {
  const { api, positionAt } = means;
  const { request } = visit;
  const caller = visit.caller ?? { source: '' };
  const query = queryOf(request.target);
  const reads = method === 'GET';
  const asked = 'action' in place ? place.action.asOf === true : reads;
  const ranged = place.kind in RANGED;
  if (ranged && place.kind !== 'list-diff') checkQuery(query, RANGED[place.kind] ?? []);
  // What else may stand in the query of a list or a page is looked at where it is used.
  else if (!ranged && !(reads && (place.kind === 'model' || place.kind === 'page'))) {
    checkQuery(query, asked ? ['at'] : []);
  }
  const first = place.kind === 'history' ? 0n : undefined;
  const span = ranged ? await spanIn(query, means, api.reached, first) : undefined;
  const at = asked && !ranged ? await asOf(query, positionAt, means.now) : undefined;
  if (!reads) visit.id = requestId(request, caller, visit.id);
  const reason = reasonIn(request);
  const unchangedSince = reads ? undefined : condition(request, method);
  return {
    api,
    request: {
      caller,
      id: visit.id,
      ...(reason === undefined ? {} : { reason }),
      ...(unchangedSince === undefined ? {} : { unchangedSince }),
    },
    query,
    at,
    span,
    ...(await bodyOf(means, request, place, method)),
    header: (name) => request.header(name),
  };
}

/** What a query may hold of places that tell of a span of the log; a list also takes what its filters do. */
const RANGED: Readonly<Record<string, readonly string[]>> = {
  history: ['from', 'to', 'order', 'count'],
  'list-diff': [],
  'object-diff': ['from', 'to'],
  'action-diff': ['from', 'to'],
};

/** What If-Match says; where it would not be looked at, it is not taken either. */
function condition(request: HttpRequest, method: Method): readonly Position[] | undefined {
  const header = request.header('if-match');
  if (header !== undefined && method === 'POST') {
    throw malformed('If-Match is for PATCH and DELETE.', 'If-Match', 'UNKNOWN');
  }
  return positionsIn(header);
}

const JSON_TYPE = 'application/json';
const MERGE_PATCH = 'application/merge-patch+json';

/** The body of a request: a map; actions may do without. */
async function bodyOf(
  { maxBody = 524_288 }: ParsingMeans,
  request: HttpRequest,
  place: Served,
  method: Method,
): Promise<Pick<ParsedRequest, 'data' | 'merge'>> {
  if (method === 'GET' || method === 'DELETE') return { data: {}, merge: false };
  const types = method === 'PATCH' ? [JSON_TYPE, MERGE_PATCH] : [JSON_TYPE];
  const data = await readJson(request, {
    limit: maxBody,
    types,
    reads: 'action' in place ? place.action.reads : undefined,
  });
  const mayLack = 'action' in place;
  if (data === undefined && mayLack) return { data: {}, merge: false };
  if (typeof data !== 'object' || data === null || Array.isArray(data)) throw malformed('The body must be a JSON map.');
  return { data: data as Values, merge: mediaType(request)?.toLowerCase() === MERGE_PATCH };
}
