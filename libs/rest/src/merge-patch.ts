import type { Json } from '#kernel';

const isMap = (value: unknown): value is Readonly<Record<string, Json>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A value after a JSON merge patch (RFC 7396): maps are merged key by key, null removes, everything else replaces. */
export function mergePatch(value: Json, patch: Json): Json {
  if (!isMap(patch)) return patch;
  const merged = new Map(Object.entries(isMap(value) ? value : {}));
  for (const [key, part] of Object.entries(patch)) {
    if (part === null) merged.delete(key);
    else merged.set(key, mergePatch(merged.get(key) ?? null, part));
  }
  return Object.fromEntries(merged);
}
