import { IntegralFloat } from './integral-float.ts';
import type { Json, JsonMap } from './json.ts';

/**
 * A secret as events, read models and stored machines hold it: a reference. The value lies encrypted in a ledger and
 * becomes text only where it is used.
 */
export interface SecretReference extends JsonMap {
  /** Id of the value in the ledger. */
  readonly $secret: string;
}

/** What is shown in the place of a secret; written back it means "unchanged". */
export const MASK = '********';

export const secretReference = (id: string): SecretReference => ({ $secret: id });

export const isSecretReference = (value: unknown): value is SecretReference =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as { $secret?: unknown }).$secret === 'string' &&
  Object.keys(value).length === 1;

/** Whether a map in a value, at any depth, has the key that makes references: then it might be taken for one. */
export const looksLikeReference = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (Object.hasOwn(value, '$secret') || Object.values(value).some((inner) => looksLikeReference(inner)));

/** A copy in which every secret, at any depth, is masked. */
export function maskSecrets(value: unknown): Json {
  if (isSecretReference(value)) return MASK;
  if (Array.isArray(value)) return value.map(maskSecrets);
  if (value === null || typeof value !== 'object' || IntegralFloat.is(value)) return value as Json;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, maskSecrets(inner)]));
}
