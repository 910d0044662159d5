import type { Caller } from '#kernel';
import { Conflict, writeJson } from '#kernel';
import type { HttpRequest } from '#http';
import { notPreviewable } from '#event-store';
import type { ApiService, PreviewStep, WrittenRequest } from '#api';
import { Forbidden, may, namespaceOf } from '#api';
import { carryOut } from './carry-out.ts';
import { pathOf, queryOf, ROOT } from './paths.ts';
import type { ParsingMeans } from './parsed-request.ts';
import { parseRequest } from './parsed-request.ts';
import { malformed, Problem } from './problem.ts';
import { problemOf } from './problem-of.ts';
import type { Method } from './routes.ts';
import { permissionOf, placeAt } from './served-place.ts';

/** How a request asks to be previewed: not at all, or so, or so that somebody else has to approve of it. @throws Problem */
export function previewAsked({ target, verb }: Pick<HttpRequest, 'target' | 'verb'>): 'no' | 'yes' | 'approval' {
  const query = queryOf(target);
  if (verb === 'GET' || verb === 'HEAD' || verb === 'OPTIONS' || !query.has('preview')) return 'no';
  const [value = '', ...more] = query.getAll('preview');
  if (more.length > 0) throw malformed('preview may be given once.', 'preview', 'TWICE');
  if (value === 'false') return 'no';
  if (value === '' || value === 'true') return 'yes';
  if (value === 'approval') return 'approval';
  throw malformed('preview is "true", "false" or "approval".', 'preview');
}

/** A request as it is without that it is to be previewed. */
export function withoutPreview(request: HttpRequest): HttpRequest {
  const query = queryOf(request.target);
  query.delete('preview');
  const text = query.size === 0 ? '' : `?${query.toString()}`;
  return { ...request, target: `${pathOf(request.target)}${text}`, ...heldBy(request) };
}

/** What requests of whichever kind hold, bound to them. */
const heldBy = (request: HttpRequest): Pick<HttpRequest, 'header' | 'body'> => ({
  // The answer to a preview is none to the request itself.
  header: (name) => (name === 'idempotency-key' ? undefined : request.header(name)),
  body: (limit) => request.body(limit),
});

type Means = ParsingMeans & { readonly api: ApiService };

/** Reads a request that is to be carried out within a preview. @throws what the request itself would */
export async function previewStep(
  means: Means,
  request: HttpRequest,
  caller: Caller,
  id: string,
): Promise<PreviewStep> {
  const { catalogue } = means.api;
  const path = pathOf(request.target);
  const place = placeAt(catalogue, path).answering(request.verb);
  const method = request.verb as Method;
  if (place.kind === 'document' || place.kind === 'problem' || method === 'GET') throw onlyChanges();
  if ('action' in place && !('command' in place.action.run)) throw onlyChanges();
  const namespace = namespaceOf(place.model.path);
  if (catalogue.namespace(namespace)?.storesAnswers === false) {
    throw notPreviewable(path, `what is below ${namespace} may hold what is shown once`);
  }
  const permission = permissionOf(place, method);
  if (!may(caller, permission)) throw new Forbidden();
  const visit = { request, method, path, id, caller };
  const parsed = await parseRequest(means, visit, place, method);
  return {
    method,
    path: request.target,
    permission,
    run: async () => {
      const { status, body } = await carryOut(place, method, parsed);
      return body === undefined ? { status } : { status, body };
    },
  };
}

const onlyChanges = (): Problem => malformed('Only what changes something is previewed.');

/** Reads several requests; whatever is wrong with one is told with its place among them. @throws Problem */
export async function previewSteps(
  means: Means,
  requests: readonly WrittenRequest[],
  caller: Caller,
  id: string,
): Promise<readonly PreviewStep[]> {
  const steps: PreviewStep[] = [];
  for (const [n, written] of requests.entries()) {
    const named = placed(means, caller, `Request ${n + 1} of ${requests.length} (${written.method} ${written.path})`);
    const step = await previewStep(means, asSent(written, caller), caller, id).catch(named);
    steps.push({ ...step, run: () => step.run().catch(named) });
  }
  return steps;
}

/** Throws an error on as the problem it is, with where it came up. */
const placed =
  ({ api }: Means, caller: Caller, where: string) =>
  (error: unknown): never => {
    if (error instanceof Conflict) throw error;
    const known = problemOf(error, caller, api.catalogue.refusals);
    if (!known) throw error;
    const { problem, message, errors, headers } = known;
    throw new Problem(problem, `${where}: ${message}`, { errors, headers });
  };

/** A request that was written down, as if it came over the network. */
function asSent({ method, path, body, headers = {} }: WrittenRequest, { source }: Caller): HttpRequest {
  const named = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const bytes = Buffer.from(body === undefined ? '' : writeJson(body));
  return {
    verb: method,
    target: path.startsWith(ROOT) ? path : `${ROOT}${path.replace(/^\/+/, '')}`,
    source,
    hasBody: body !== undefined,
    header: (name) => (name === 'idempotency-key' ? undefined : named.get(name)),
    body: async () => bytes,
  };
}
