import { withoutHost } from '#http';
import { ROOT } from '#api';

/** What a request is about, as its URI says it: names from the root down, then ids, then an action. */
export interface Uri {
  /** Namespace and model, as far as they are given. */
  readonly path: readonly string[];
  /** Undefined where the URI names no objects; an empty pair of colons is one empty id. */
  readonly ids: readonly string[] | undefined;
  readonly action: string | undefined;
}

/** A target that is its path. */
const PLAIN = /^\/(?:[^/%?#][^%?#]*)?$/;

const NAME = '[a-zA-Z0-9\\-_.!~*<>]+';
const ID = "[a-zA-Z0-9\\-_.!~*'<>]*";
const URI = new RegExp(`^${ROOT}((?:${NAME}/)*(?:${NAME})?)(:(?:${ID}:)*)?(?:\\((${NAME})\\))?$`);

/**
 * The path a request target stands for: without scheme and host, query and fragment, percent signs resolved, a slash too
 * many at its front forgiven. Text that does not decode comes back as it is; the grammar refuses it.
 */
export function pathOf(target: string): string {
  if (PLAIN.test(target)) return target;
  const path = withoutHost(target)
    .replace(/[?#].*$/s, '')
    .replace(/^\/{2,}/, '/');
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Takes a path apart; undefined where it is none of the API's. */
export function parseUri(path: string): Uri | undefined {
  const match = URI.exec(path);
  if (!match) return undefined;
  const [, names = '', ids, action] = match;
  return {
    path: names.split('/').filter((name) => name !== ''),
    ids: ids === undefined ? undefined : ids === ':' ? [''] : ids.slice(1, -1).split(':'),
    action,
  };
}

/** `/api/v1/Site/` */
export const namespaceUri = (name: string): string => `${ROOT}${name}/`;

/** `/api/v1/Site/Site` */
export const modelUri = (path: string): string => `${ROOT}${path}`;

/** `/api/v1/Site/Site(getConfig)` */
export const actionUri = (path: string, action: string): string => `${ROOT}${path}(${action})`;
