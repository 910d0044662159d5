import type { Layer } from '#config';
import type { Json, JsonMap, SecretReference } from '#kernel';
import { IntegralFloat, isSecretReference } from '#kernel';

/** Gives the value of a secret; undefined where it was erased. */
export type ReadSecret = (reference: SecretReference) => Promise<Json | undefined>;

/**
 * Layers with the secrets of their configuration values in clear text. What is known of an object itself stays as it is:
 * it comes from machines, which may not name secrets.
 */
export async function revealedLayers(layers: readonly Layer[], read: ReadSecret): Promise<Layer[]> {
  const found: Layer[] = [];
  for (const layer of layers) {
    if (!layer.values) {
      found.push(layer);
      continue;
    }
    const values: [string, Json][] = [];
    for (const [key, value] of layer.values) values.push([key, await revealed(value, read)]);
    found.push({ ...layer, values });
  }
  return found;
}

/** A value with the secrets it refers to in clear text; what was erased is null. */
export async function revealed(value: Json, read: ReadSecret): Promise<Json> {
  if (typeof value !== 'object' || value === null || IntegralFloat.is(value)) return value;
  if (isSecretReference(value)) return (await read(value)) ?? null;
  if (Array.isArray(value)) {
    const items: Json[] = [];
    for (const item of value as Json[]) items.push(await revealed(item, read));
    return items;
  }
  const entries: [string, Json][] = [];
  for (const [key, item] of Object.entries(value as JsonMap)) entries.push([key, await revealed(item, read)]);
  return Object.fromEntries(entries);
}
