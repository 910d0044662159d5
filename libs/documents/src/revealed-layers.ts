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
  const revealed: Layer[] = [];
  for (const layer of layers) {
    if (!layer.values) {
      revealed.push(layer);
      continue;
    }
    const values: [string, Json][] = [];
    for (const [key, value] of layer.values) values.push([key, await clear(value, read)]);
    revealed.push({ ...layer, values });
  }
  return revealed;
}

async function clear(value: Json, read: ReadSecret): Promise<Json> {
  if (typeof value !== 'object' || value === null || IntegralFloat.is(value)) return value;
  if (isSecretReference(value)) return (await read(value)) ?? null;
  if (Array.isArray(value)) {
    const items: Json[] = [];
    for (const item of value as Json[]) items.push(await clear(item, read));
    return items;
  }
  const entries: [string, Json][] = [];
  for (const [key, item] of Object.entries(value as JsonMap)) entries.push([key, await clear(item, read)]);
  return Object.fromEntries(entries);
}
