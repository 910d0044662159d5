import type { Answer } from './answer.ts';
import { callOn, callStatic, change, create, list, read, readPage, remove } from './operations.ts';
import type { ParsedRequest } from './parsed-request.ts';
import { compareCalls, compareLists, compareObjects, history } from './past-operations.ts';
import type { Method, Served } from './routes.ts';

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
  history: { GET: ({ model, id }, parsed) => history(model, id, parsed) },
  'list-diff': { GET: ({ model }, parsed) => compareLists(model, parsed) },
  'object-diff': { GET: ({ model, id }, parsed) => compareObjects(model, id, parsed) },
  'action-diff': { POST: ({ model, id, action }, parsed) => compareCalls(model, id, action, parsed) },
};

/** Carries out a request that has passed the checks. */
export function carryOut(place: Served, method: Method, parsed: ParsedRequest): Promise<Answer> {
  const operation = OPERATIONS[place.kind][method];
  if (!operation) throw new Error(`${method} of a ${place.kind} passed the checks`);
  return (operation as Operation<Served>)(place, parsed);
}
