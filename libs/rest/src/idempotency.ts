import { parseStored, writeJson } from '#kernel';
import type { ApiService, Catalogue, Model } from '#api';
import { namespaceOf } from '#api';
import type { Answer } from './answer.ts';
import { Problem } from './problem.ts';
import type { Served } from './routes.ts';
import type { RequestContext, ParsedRequest } from './parsed-request.ts';

/** Where answers to requests with an Idempotency-Key are kept. */
export interface IdempotencyStore {
  find(request: string): Promise<{ readonly fingerprint: string; readonly answer: string } | undefined>;
  keep(request: string, kept: { readonly fingerprint: string; readonly answer: string }): Promise<void>;
}

/** Whether answers about a model may be kept: not where its namespace says that they may hold tokens. */
export const mayBeStored = (catalogue: Catalogue, { path }: Model): boolean =>
  catalogue.namespace(namespaceOf(path))?.storesAnswers ?? false;

/**
 * Answers a request that carries an Idempotency-Key: the first time as always, the next times with the same answer. Only
 * success is kept, and only where it may be; what was refused may be tried again under the same key.
 * @throws Problem where the key was used for something else
 */
export async function withIdempotency(
  {
    api,
    kept,
    mark,
  }: {
    readonly api: Pick<ApiService, 'catalogue'>;
    readonly kept: IdempotencyStore;
    readonly mark: (text: string) => string;
  },
  visit: RequestContext,
  { model }: Served,
  parsed: ParsedRequest,
  execute: (parsed: ParsedRequest) => Promise<Answer>,
): Promise<Answer> {
  const key = visit.request.header('idempotency-key');
  const keyed = key !== undefined && visit.caller?.principal !== undefined;
  if (!keyed || visit.method === 'GET' || visit.method === 'HEAD' || !mayBeStored(api.catalogue, model))
    return execute(parsed);
  const query = parsed.query.size === 0 ? '' : `?${parsed.query.toString()}`;
  const fingerprint = mark(writeJson([visit.method, `${visit.path}${query}`, parsed.data]));
  const before = await kept.find(visit.id);
  if (before) {
    if (before.fingerprint !== fingerprint) {
      throw new Problem('idempotency-key-reused', 'The Idempotency-Key was used for another request.');
    }
    const answer = parseStored(before.answer) as Answer;
    return { ...answer, headers: { ...answer.headers, 'Idempotency-Replayed': 'true' } };
  }
  const answer = await execute({ ...parsed, request: { ...parsed.request, idempotencyKey: fingerprint } });
  if (answer.status < 300) await kept.keep(visit.id, { fingerprint, answer: writeJson(answer) });
  return answer;
}
