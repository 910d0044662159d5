import type { Json, JsonMap, SecretReference, UnitOfWork } from '#kernel';
import { IntegralFloat, isSecretReference, looksLikeReference, MASK, objectOf, pairsOf, writeJson } from '#kernel';
import type { Operator } from './config-name.ts';
import { isSecretName, readConfigName } from './config-name.ts';
import type { Origin, Pairs } from './layer.ts';

const FIELD = 'config_values';

/** Where the values of secrets are kept. */
export interface SecretKeeping {
  /** Keeps a value for its owner, in words (`Site site1 db_password`); `request` is the id of the request it came with. */
  keep(value: Json, owner: string, request: string): Promise<SecretReference>;
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
  /** Id of the request the values came with. */
  readonly request: string;
  /** Names whose values have to be lists. */
  readonly lists?: readonly string[];
}

/**
 * Configuration values as they are given with an object. Keys that are no names, and values that have to be lists and
 * are none, are faults of the field. Values of secrets, also deeper in a map, are kept elsewhere, and a reference stands
 * for them; a mask means that the secret is what it was.
 */
export async function configValuesFrom(work: UnitOfWork, given: unknown, whose: ConfigOwner): Promise<Pairs> {
  const values: [string, Json][] = [];
  for (const [key, value] of pairsOf((given ?? {}) as JsonMap)) {
    for (const [code, text] of faultsOf(key, value, whose.lists)) work.fault(FIELD, code, text);
    const before = whose.before?.find(([name]) => name === key)?.[1];
    values.push([key, await sealed({ path: key, name: key, value, before }, whose, work)]);
  }
  return values;
}

function* faultsOf(key: string, value: Json, lists: readonly string[] = []): Generator<[code: string, text: string]> {
  const name = readConfigName(key);
  if (!name) yield ['NAME', `config item name "${key}" is invalid`];
  if (lists.includes(key) && !Array.isArray(value)) yield ['LIST', `config item "${key}" must be a list`];
  if (looksLikeReference(value)) yield ['RESERVED', `config item "${key}" holds a map with the key "$secret"`];
  if (isSecretName(key) && name && !SEALED.includes(name.operator)) {
    yield ['OPERATOR', `config item "${key}" is a secret: it can only be set or dropped`];
  }
}

/** What may be done with a secret as a whole; nobody can put together what nobody can see. */
const SEALED: readonly Operator[] = ['set', 'drop'];

/** A value on its way in: where it stands, the name it stands under, and what stood there before. */
interface Given {
  readonly path: string;
  readonly name: string;
  readonly value: Json;
  readonly before: Json | undefined;
}

/** A value with references in the place of its secrets. */
async function sealed(given: Given, whose: ConfigOwner, work: UnitOfWork): Promise<Json> {
  const { path, name, value, before } = given;
  if (value === null || typeof value === 'undefined') return null;
  if (isSecretName(name)) return readConfigName(name)?.operator === 'drop' ? null : referenceFor(given, whose, work);
  if (typeof value !== 'object' || IntegralFloat.is(value)) return value;
  const parts: [string, Json][] = [];
  for (const [key, inner] of Array.isArray(value) ? [...value.entries()] : pairsOf(value as JsonMap)) {
    const old = typeof before === 'object' && before !== null ? (before as JsonMap)[key] : undefined;
    const part = { path: `${path}.${key}`, name: String(key), value: inner as Json, before: old };
    parts.push([String(key), await sealed(part, whose, work)]);
  }
  return Array.isArray(value) ? parts.map(([, part]) => part) : objectOf(parts);
}

/** The reference that stands for a secret: the one before where it is unchanged. */
async function referenceFor({ path, value, before }: Given, whose: ConfigOwner, work: UnitOfWork): Promise<Json> {
  const { owner, secrets, request } = whose;
  const known = isSecretReference(before) ? before : undefined;
  if (value === MASK) {
    if (!known) work.fault(FIELD, 'MASKED', `config item "${path}" is a mask, and there is no value it stands for`);
    return known ?? null;
  }
  return known && (await secrets.holds(known, value)) ? known : secrets.keep(value, secretOwner(owner, path), request);
}

/** By what name the values of a secret are kept. */
export const secretOwner = (owner: string, path: string): string => `${owner} ${path}`;

/** Configuration values as they are shown: secrets masked, the order as they were written in. */
export const shownValues = (values: Iterable<readonly [string, Json]>): Readonly<Record<string, Json>> =>
  objectOf<Json>(Array.from(values, ([key, value]) => [key, shownValue(key, value)] as const));

/** A value as it is shown, by the name it stands under: secrets masked, whether they were sealed already or not. */
function shownValue(name: string, value: Json): Json {
  if (value === null) return value;
  if (isSecretReference(value) || isSecretName(name)) return MASK;
  if (typeof value !== 'object' || IntegralFloat.is(value)) return value;
  if (Array.isArray(value)) return value.map((inner) => shownValue('', inner as Json));
  return shownValues(pairsOf(value as JsonMap));
}

/** Values of an object with the event each of them was written with. */
export interface Written {
  readonly configValues: Pairs;
  readonly origins: Readonly<Record<string, Origin>>;
}

/** Values after they were written anew: those that are as they were keep the event they came with. */
export function written(before: Written | undefined, configValues: Pairs, origin: Origin): Written {
  const known = new Map(before?.configValues.map(([key, value]) => [key, writeJson(value)]));
  const same = (key: string, text: string) => known.get(key) === text && before !== undefined;
  const origins = configValues.map(([key, value]) => {
    const old = same(key, writeJson(value)) ? before?.origins[key] : undefined;
    return [key, old ?? origin] as const;
  });
  return { configValues, origins: Object.fromEntries(origins) };
}
