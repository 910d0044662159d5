import { wrong } from './answer.ts';
import type { ObjectVerb } from './describe.ts';
import type { Target } from './target.ts';
import type { Uri } from './uri.ts';

/** A verb that is carried out; OPTIONS is answered before. */
export type Verb = ObjectVerb | 'DESCRIBE' | 'CALL';

type Need = 'none' | 'maybe' | 'some';

/** What goes with each verb: ids in the URI, data in the body. */
const SHAPES: { readonly [V in Verb]: { readonly ids: Need; readonly data: Need } } = {
  DESCRIBE: { ids: 'none', data: 'none' },
  GET: { ids: 'some', data: 'none' },
  LIST: { ids: 'none', data: 'maybe' },
  CREATE: { ids: 'none', data: 'some' },
  UPDATE: { ids: 'some', data: 'some' },
  DELETE: { ids: 'some', data: 'none' },
  CALL: { ids: 'maybe', data: 'maybe' },
};

/** Whether the protocol knows a verb. */
export const isVerb = (verb: string): verb is Verb => Object.hasOwn(SHAPES, verb);

/** Whether verb, URI and data go together. @throws Rejected */
export function checkShape(verb: Verb, { ids }: Uri, { kind }: Target, data: unknown): void {
  const shape = SHAPES[verb];
  if (kind === 'action' && verb !== 'CALL' && verb !== 'DESCRIBE') {
    throw wrong(`Invalid verb "${verb}" for request with action`);
  }
  if (verb === 'CALL' && kind !== 'action') throw wrong(`Verb "${verb}" requires action`);
  if (ids && shape.ids === 'none') throw wrong(`Invalid Verb "${verb}" for request with id`);
  if (!ids && shape.ids === 'some') throw wrong(`Verb "${verb}" requires id`);
  if (data !== undefined && shape.data === 'none') throw wrong(`Invalid verb "${verb}" for request with data`);
  if (data === undefined && shape.data === 'some') throw wrong(`Verb "${verb}" requires data`);
  if (verb !== 'DESCRIBE' && verb !== 'CALL' && kind !== 'model') throw wrong(`Verb "${verb}" requires model`);
  if (data !== undefined && (typeof data !== 'object' || Array.isArray(data))) {
    throw wrong(`${verb} data must be a dict${shape.data === 'maybe' ? ' or None' : ''}`);
  }
}

/** Whether several objects are meant: where there are several ids, or where it was asked for. @throws Rejected */
export function isMulti({ ids }: Uri, wanted: string | undefined): boolean {
  if (wanted?.toLowerCase() === 'true') return true;
  const several = ids !== undefined && ids.length > 1;
  if (several && wanted !== undefined) throw wrong('requested non multi-object, however multiple ids where sent');
  return several;
}
