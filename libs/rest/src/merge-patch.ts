import type { Json, JsonMap } from '#kernel';
import { IntegralFloat, objectOf, pairsOf } from '#kernel';

const isMap = (value: Json): value is JsonMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !IntegralFloat.is(value);

/**
 * A value after a JSON merge patch (RFC 7396): maps are merged key by key, null removes, everything else replaces. Keys
 * that are new come after those that are there, in the order they were written.
 */
export function mergePatch(value: Json, patch: Json): Json {
  if (!isMap(patch)) return patch;
  const merged = new Map(pairsOf(isMap(value) ? value : {}));
  for (const [key, part] of pairsOf(patch)) {
    if (part === null) merged.delete(key);
    else merged.set(key, mergePatch(merged.get(key) ?? null, part));
  }
  return objectOf([...merged]);
}
