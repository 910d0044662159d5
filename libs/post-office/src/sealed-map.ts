import { isSecretName } from '#config';
import type { Json, JsonMap } from '#kernel';
import { IntegralFloat, isSecretReference, MASK } from '#kernel';
import type { Secrets } from '#secrets';

/** Where the secrets of a map are kept, and as whose. */
export interface Sealing {
  readonly secrets: Pick<Secrets, 'keep'>;
  /** In words: `Box 12`. */
  readonly owner: string;
  readonly request: string;
}

/** A map with references in the place of what stands under names of secrets, at any depth; a mask is what was there before. */
export async function sealedMap(map: JsonMap, before: JsonMap | undefined, sealing: Sealing): Promise<JsonMap> {
  const sealed: [string, Json][] = [];
  for (const [name, value] of Object.entries(map)) {
    sealed.push([name, await sealedValue(name, value, before?.[name], sealing)]);
  }
  return Object.fromEntries(sealed);
}

async function sealedValue(name: string, value: Json, before: Json | undefined, sealing: Sealing): Promise<Json> {
  if (value === null || value === undefined) return null;
  if (isSecretName(name)) {
    if (value === MASK && isSecretReference(before)) return before;
    return sealing.secrets.keep(value, `${sealing.owner} ${name}`, sealing.request);
  }
  if (typeof value !== 'object' || IntegralFloat.is(value)) return value;
  if (Array.isArray(value)) {
    const old = Array.isArray(before) ? (before as readonly Json[]) : [];
    return Promise.all(value.map((item: Json, n) => sealedValue('', item, old[n], sealing)));
  }
  return sealedMap(value as JsonMap, isMap(before) ? before : undefined, sealing);
}

const isMap = (value: Json | undefined): value is JsonMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !IntegralFloat.is(value);

/** A value with its secrets in the place of their references. @throws Erased */
export async function unsealed(value: Json, secrets: Pick<Secrets, 'read'>): Promise<Json> {
  if (isSecretReference(value)) return secrets.read(value);
  if (value === null || typeof value !== 'object' || IntegralFloat.is(value)) return value;
  if (Array.isArray(value)) return Promise.all(value.map((item: Json) => unsealed(item, secrets)));
  const pairs = await Promise.all(
    Object.entries(value as JsonMap).map(async ([name, inner]) => [name, await unsealed(inner, secrets)] as const),
  );
  return Object.fromEntries(pairs);
}
