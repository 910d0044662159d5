import type { Json } from '#kernel';
import { MASK, pairsOf } from '#kernel';
import { isMap } from '../query/values-at.ts';

/** A document that is searched: the configuration of an object, and its id as `_id`. */
export type PreparedDocument = Readonly<Record<string, Json>>;

/** What every configuration says about the server, and no document does. */
const LEFT_OUT: ReadonlySet<string> = new Set(['__contractor_host', '__pxe_location']);
/** Keys with these in them are left out, at any depth. */
const SECRET = /password|token|secret/;

const isLeftOut = (key: string, value: Json): boolean => SECRET.test(key) || value === MASK;

/** What is left of a configuration: nothing of the server, no key that may name a secret, and nothing that is masked. */
export function preparedDocument(id: string | number, configuration: Readonly<Record<string, Json>>): PreparedDocument {
  const kept = pairsOf(configuration).filter(([key, value]) => !LEFT_OUT.has(key) && !isLeftOut(key, value));
  return Object.fromEntries([...kept.map(([key, value]) => [key, prepared(value)]), ['_id', id]]) as PreparedDocument;
}

function prepared(value: Json): Json {
  if (Array.isArray(value)) return (value as Json[]).filter((item) => item !== MASK).map(prepared);
  if (!isMap(value)) return value;
  return Object.fromEntries(
    pairsOf(value).flatMap(([key, inner]) => (isLeftOut(key, inner) ? [] : [[key, prepared(inner)] as const])),
  );
}
