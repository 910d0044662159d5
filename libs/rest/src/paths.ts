import { REST_ROOT, restUriOf } from '#api';
import { flawOf } from '#http';

/** Where the REST API begins; every path starts with it. */
export const ROOT = REST_ROOT;

/** Where its description stands. */
export const DOCUMENT = 'openapi.json';

/** Under which name the problems stand. */
export const PROBLEMS_AT = 'problems';

/** The part of a request target before the query, a slash too many at its front forgiven. */
export const pathOf = (target: string): string => target.replace(/[?#].*$/s, '').replace(/^\/{2,}/, '/');

/** The query of a request target. */
export const queryOf = (target: string): URLSearchParams =>
  new URLSearchParams(target.slice(target.includes('?') ? target.indexOf('?') : target.length));

/**
 * The segments of a path behind the root, percent signs resolved; undefined where the path is none of the API's
 * or holds what no text may hold.
 */
export function segmentsOf(path: string): readonly string[] | undefined {
  if (!path.startsWith(ROOT)) return undefined;
  try {
    const segments = path.slice(ROOT.length).split('/').map(decodeURIComponent);
    return segments.some((segment) => flawOf(segment) !== undefined) ? undefined : segments;
  } catch {
    return undefined;
  }
}

/** `/api/rest/Site/Site` */
export const modelPath = (model: string): string => `${ROOT}${model}`;

/** `/api/rest/Site/Site/site1` */
export const objectPath = restUriOf;

/** `/api/rest/Site/Site/site1/history` */
export const historyPath = (model: string, key: string | number): string => `${objectPath(model, key)}/history`;

/** `/api/rest/problems/not-found` */
export const problemPath = (name: string): string => `${ROOT}${PROBLEMS_AT}/${name}`;
