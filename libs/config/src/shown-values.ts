import type { Json, JsonMap } from '#kernel';
import { IntegralFloat, isSecretReference, MASK, objectOf, pairsOf } from '#kernel';
import type { IsSecretName } from './secret-names.ts';
import { isSecretName, secretNamesIn } from './secret-names.ts';

/**
 * Configuration values as they are shown: secrets masked (of names that plainly are secret, and of those that the
 * values or others declare), the order as they were written in.
 */
export function shownValues(
  values: Iterable<readonly [string, Json]>,
  others: readonly string[] = [],
): Readonly<Record<string, Json>> {
  const pairs = Array.from(values);
  return shownMap(pairs, secretNamesIn(pairs, others));
}

const shownMap = (
  pairs: readonly (readonly [string, Json])[],
  isSecret: IsSecretName,
): Readonly<Record<string, Json>> =>
  objectOf<Json>(pairs.map(([key, value]) => [key, shownValue(key, value, isSecret)] as const));

/** A value as it is shown, by the name it stands under: secrets masked, whether they were sealed already or not. */
export function shownValue(name: string, value: Json, isSecret: IsSecretName = isSecretName): Json {
  if (value === null || value === undefined) return value;
  if (isSecretReference(value) || isSecret(name)) return MASK;
  if (typeof value !== 'object' || IntegralFloat.is(value)) return value;
  if (Array.isArray(value)) return value.map((inner) => shownValue('', inner as Json, isSecret));
  return shownMap(pairsOf(value as JsonMap), isSecret);
}
