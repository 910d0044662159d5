import type { Json } from '#kernel';
import { readConfigName } from './config-name.ts';

/** Names that are plainly secret: these words, alone or last. */
const SECRET = /(?:^|[_-])(?:password|passwd|token|secret|api[_-]key|private[_-]key)$/i;

/** What every key has at its end that is plainly the name of a secret; most keys need no second look. */
const MAY_BE_SECRET = /(?:password|passwd|token|secret|key)(?::[a-z0-9]+)?$/i;

/** Says whether a key, whatever its operator and class, names a secret. */
export type IsSecretName = (key: string) => boolean;

/** Whether a key is plainly the name of a secret. */
export const isSecretName: IsSecretName = (key) => MAY_BE_SECRET.test(key) && SECRET.test(nameIn(key));

const nameIn = (key: string): string => readConfigName(key)?.name ?? key;

/** The configuration value in which a site or blueprint lists further names of secrets. */
export const SECRET_NAMES = 'secret_names';

/** The names that values declare to be names of secrets, with whatever operator, for whatever class. */
export function declaredSecretNames(values: Iterable<readonly [string, Json]>): string[] {
  const names: string[] = [];
  for (const [key, value] of values) {
    if (!key.includes(SECRET_NAMES) || nameIn(key) !== SECRET_NAMES) continue;
    names.push(...[value].flat().filter((name): name is string => typeof name === 'string'));
  }
  return names;
}

/** Tells names of secrets where these were declared beside those that plainly are. */
export function secretNames(declared: readonly string[]): IsSecretName {
  if (declared.length === 0) return isSecretName;
  const names = new Set(declared.map((name) => name.toLowerCase()));
  return (key) => isSecretName(key) || names.has(nameIn(key).toLowerCase());
}

/** Tells names of secrets among these values: those that plainly are, those that the values declare, and others. */
export const secretNamesIn = (
  values: Iterable<readonly [string, Json]>,
  others: readonly string[] = [],
): IsSecretName => secretNames([...others, ...declaredSecretNames(values)]);
