import type { Json, JsonMap, SecretReference, Work } from '#kernel';
import { holdsSecret, isSecretReference, MASK, maskSecrets, objectOf, pairsOf } from '#kernel';
import { isSecretName, readConfigName } from './config-name.ts';
import type { Origin, Pairs } from './layer.ts';

const FIELD = 'config_values';

/** Where the values of secrets are kept. */
export interface SecretKeeping {
  /** Keeps a value for its owner, in words (`Site site1 db_password`). */
  keep(value: Json, owner: string): Promise<SecretReference>;
  /** Whether a secret has this value. */
  holds(reference: SecretReference, value: Json): Promise<boolean>;
}

/** Whose configuration values are given, and what is asked of them. */
export interface ConfigOwner {
  /** In words: `Site site1`. */
  readonly owner: string;
  /** The values before; none where the owner is new. */
  readonly before?: Pairs | undefined;
  readonly secrets: SecretKeeping;
  /** Names whose values have to be lists. */
  readonly lists?: readonly string[];
}

/**
 * Configuration values as they are given with an object. Keys that are no names, and values that have to be lists and
 * are none, are faults of the field. Values of secrets are kept elsewhere, and a reference stands for them; a mask means
 * that the secret is what it was.
 */
export async function configValuesFrom(work: Work, given: unknown, whose: ConfigOwner): Promise<Pairs> {
  const values: [string, Json][] = [];
  for (const [key, value] of pairsOf((given ?? {}) as JsonMap)) {
    if (!readConfigName(key)) work.fault(FIELD, 'NAME', `config item name "${key}" is invalid`);
    if (whose.lists?.includes(key) && !Array.isArray(value)) {
      work.fault(FIELD, 'LIST', `config item "${key}" must be a list`);
    }
    if (holdsSecret(value)) work.fault(FIELD, 'RESERVED', `config item "${key}" holds a map with the only key $secret`);
    values.push([key, isSecretName(key) && value !== null ? await secretFrom(work, key, value, whose) : value]);
  }
  return values;
}

/** The reference that stands for a secret: the one before where it is unchanged. */
async function secretFrom(
  work: Work,
  key: string,
  value: Json,
  { owner, before, secrets }: ConfigOwner,
): Promise<Json> {
  const old = before?.find(([name]) => name === key)?.[1];
  const known = isSecretReference(old) ? old : undefined;
  if (value === MASK) {
    if (!known) work.fault(FIELD, 'MASKED', `config item "${key}" is a mask, and there is no value it stands for`);
    return known ?? null;
  }
  return known && (await secrets.holds(known, value)) ? known : secrets.keep(value, secretOwner(owner, key));
}

/** By what name the values of a secret are kept. */
export const secretOwner = (owner: string, key: string): string => `${owner} ${key}`;

/** Configuration values as they are shown: secrets masked, the order as they were written in. */
export const shownValues = (values: Iterable<readonly [string, Json]>): Readonly<Record<string, Json>> =>
  objectOf<Json>(Array.from(values, ([key, value]) => [key, maskSecrets(value)] as const));

/** Values of an object with the event each of them was written with. */
export interface Written {
  readonly configValues: Pairs;
  readonly origins: Readonly<Record<string, Origin>>;
}

/** Values after they were written anew: those that are as they were keep the event they came with. */
export function written(before: Written | undefined, configValues: Pairs, origin: Origin): Written {
  const known = new Map(before?.configValues.map(([key, value]) => [key, JSON.stringify(value)]));
  const same = (key: string, text: string) => known.get(key) === text && before !== undefined;
  const origins = configValues.map(([key, value]) => {
    const old = same(key, JSON.stringify(value)) ? before?.origins[key] : undefined;
    return [key, old ?? origin] as const;
  });
  return { configValues, origins: Object.fromEntries(origins) };
}
