import { isSecretName } from '#config';
import type { Json, JsonMap, UnitOfWork } from '#kernel';
import { IntegralFloat, isSecretReference, MASK } from '#kernel';
import type { Secrets } from '#secrets';

/** Where secrets are kept, and as whose. */
export interface Sealing {
  readonly secrets: Pick<Secrets, 'keep'>;
  /** In words: `Box 12`. */
  readonly owner: string;
  /** Id of the request they came with. */
  readonly request: string;
}

/** Where a map was given, and what keeps its secrets. */
interface Given {
  readonly work: UnitOfWork;
  /** At which faults are noted. */
  readonly field: string;
  readonly sealing: Sealing;
}

/**
 * A map with references in the place of what stands under names of secrets, at any depth. A mask is what was there before;
 * where there was nothing, that is a fault.
 */
export async function sealedMap(given: Given, map: JsonMap, before?: JsonMap): Promise<JsonMap> {
  const sealed: [string, Json][] = [];
  for (const [name, value] of Object.entries(map)) {
    sealed.push([name, await sealedValue(given, name, value, before?.[name])]);
  }
  return Object.fromEntries(sealed);
}

async function sealedValue(given: Given, name: string, value: Json, before: Json | undefined): Promise<Json> {
  if (value === null || value === undefined) return null;
  if (isSecretName(name)) return sealedSecret(given, name, value, before);
  if (typeof value !== 'object' || IntegralFloat.is(value)) return value;
  if (Array.isArray(value)) {
    const old = Array.isArray(before) ? (before as readonly Json[]) : [];
    return Promise.all(value.map((item: Json, n) => sealedValue(given, '', item, old[n])));
  }
  return sealedMap(given, value as JsonMap, isMap(before) ? before : undefined);
}

async function sealedSecret(
  { work, field, sealing: { secrets, owner, request } }: Given,
  name: string,
  value: Json,
  before: Json | undefined,
): Promise<Json> {
  if (value !== MASK) return secrets.keep(value, `${owner} ${name}`, request);
  if (isSecretReference(before)) return before;
  work.fault(field, 'MASKED', `the value of ${name} is a mask, and there is no value it stands for`);
  return null;
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
