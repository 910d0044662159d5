import type { Json } from '#kernel';
import { numberIn, pairsOf, refuse } from '#kernel';
import { isMap } from '../query/values-at.ts';
import type { PreparedDocument } from './prepared-document.ts';

/** What is shown of a document. */
export interface Projection {
  readonly of: (document: PreparedDocument) => PreparedDocument;
  /** The names of the values that may be shown; undefined: those of all. */
  readonly names: ReadonlySet<string> | undefined;
}

/** How many paths a projection has, at most. */
export const MAX_FIELDS = 100;

interface Tree {
  readonly [name: string]: Tree | true;
}

/**
 * Reads which fields are shown: `{"a": 1, "b.c": 1}` shows these, `{"a": 0}` all but these, `{}` all of them. `_id` is
 * shown unless it is turned off. @throws Refusal
 */
export function readProjection(fields: unknown): Projection {
  if (!isMap(fields)) throw refuse('fields', 'TYPE', 'must be a map of paths and 1 or 0');
  const entries = pairsOf(fields).map(([path, shown]) => [path, isShown(path, shown)] as const);
  if (entries.length > MAX_FIELDS) throw refuse('fields', 'TOO_MANY', `there may be at most ${MAX_FIELDS} fields`);
  const others = entries.filter(([path]) => path !== '_id');
  const showsId = entries.find(([path]) => path === '_id')?.[1];
  const including = others.length > 0 ? others[0]?.[1] === true : showsId === true;
  const odd = others.find(([, shown]) => shown !== including);
  if (odd)
    throw refuse('fields', 'INVALID', `"${odd[0]}": either fields are named that are shown, or such that are not`);
  const tree = treeOf(others.map(([path]) => path));
  if (!including) {
    const left = showsId === false ? { ...tree, _id: true as const } : tree;
    return { of: (document) => without(document, left), names: undefined };
  }
  const shown = showsId === false ? tree : { ...tree, _id: true as const };
  return { of: (document) => only(document, shown), names: new Set(Object.keys(shown)) };
}

function isShown(path: string, shown: Json): boolean {
  const number = numberIn(shown);
  if (number === 0 || shown === false) return false;
  if (number === 1 || shown === true) return true;
  throw refuse('fields', 'INVALID', `"${path}" takes 1 (shown) or 0 (not shown)`);
}

function treeOf(paths: readonly string[]): Tree {
  const tree: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const path of paths) {
    const names = path.split('.');
    if (names.includes('') || names.length > 20) throw refuse('fields', 'INVALID', `"${path}" is no path`);
    let at = tree;
    for (const [n, name] of names.entries()) {
      const last = n === names.length - 1;
      if (at[name] === true) break;
      if (last) at[name] = true;
      else at = (at[name] ??= Object.create(null)) as Record<string, unknown>;
    }
  }
  return tree as Tree;
}

function only(map: PreparedDocument, tree: Tree): PreparedDocument {
  return Object.fromEntries(
    Object.entries(map).flatMap(([name, value]): [string, Json][] => {
      const below = tree[name];
      if (below === undefined) return [];
      if (below === true) return [[name, value]];
      if (isMap(value)) return [[name, only(value, below)]];
      return Array.isArray(value)
        ? [[name, (value as Json[]).flatMap((item) => (isMap(item) ? [only(item, below)] : []))]]
        : [];
    }),
  );
}

function without(map: PreparedDocument, tree: Tree): PreparedDocument {
  return Object.fromEntries(
    Object.entries(map).flatMap(([name, value]): [string, Json][] => {
      const below = tree[name];
      if (below === undefined) return [[name, value]];
      if (below === true) return [];
      if (isMap(value)) return [[name, without(value, below)]];
      return [
        [
          name,
          Array.isArray(value) ? (value as Json[]).map((item) => (isMap(item) ? without(item, below) : item)) : value,
        ],
      ];
    }),
  );
}
