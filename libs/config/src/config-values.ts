import { createHash } from 'node:crypto';
import type { Json, JsonMap, SecretReference, UnitOfWork } from '#kernel';
import {
  IntegralFloat,
  isSecretReference,
  looksLikeReference,
  MASK,
  objectOf,
  pairsOf,
  secretReference,
  writeJson,
} from '#kernel';
import { templateFlaws } from './check-template.ts';
import type { Operator } from './config-name.ts';
import { readConfigName } from './config-name.ts';
import type { Origin, Pairs } from './layer.ts';
import { itemsBefore } from './items-before.ts';
import type { IsSecretName } from './secret-names.ts';
import { declaredSecretNames, SECRET_NAMES, secretNames } from './secret-names.ts';

const FIELD = 'config_values';

/** Where the values of secrets are kept. */
export interface SecretKeeping {
  /** Keeps a value for its owner, in words (`Site site1 db_password`); `request` is the id of the request it came with. */
  keep(value: Json, owner: string, request: string): Promise<SecretReference>;
  /** Whether a secret has this value. */
  holds(reference: SecretReference, value: Json): Promise<boolean>;
  /** Whose a secret is, in the words it was kept for; undefined where it is not known. */
  ownerOf(reference: SecretReference): Promise<string | undefined>;
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
  /** Names of secrets that are declared above it. */
  readonly secretNames?: readonly string[];
}

/**
 * Configuration values as they are given with an object. Keys that are no names, and values that have to be lists and
 * are none, are faults of the field. Values of secrets, also deeper in a map, are kept elsewhere, and a reference stands
 * for them; a mask means that the secret is what it was. In a list, an item is known again by what stands beside its
 * secrets; where that fits no item, or more than one, a mask is a fault.
 */
export async function configValuesFrom(work: UnitOfWork, given: unknown, whose: ConfigOwner): Promise<Pairs> {
  const pairs = pairsOf((given ?? {}) as JsonMap);
  const isSecret = secretNames([...(whose.secretNames ?? []), ...declaredSecretNames(pairs)]);
  const sealing: Sealing = { work, whose, isSecret };
  const values: [string, Json][] = [];
  for (const [key, value] of pairs) {
    for (const [code, text] of faultsOf(key, value, sealing)) work.fault(FIELD, code, text, key);
    const before = whose.before?.find(([name]) => name === key)?.[1];
    for (const [path, flaw] of templateFlaws({ path: key, name: key, value, before }, isSecret)) {
      work.fault(FIELD, 'TEMPLATE', `config item "${path}" is not a valid template: ${flaw}`, path);
    }
    values.push([key, await sealed({ path: key, owner: key, name: key, value, before }, sealing)]);
  }
  return values;
}

/** What sealing takes besides the value. */
interface Sealing {
  readonly work: UnitOfWork;
  readonly whose: ConfigOwner;
  readonly isSecret: IsSecretName;
}

type FaultText = readonly [code: string, text: string];

function* faultsOf(key: string, value: Json, { whose: { lists = [] }, isSecret }: Sealing): Generator<FaultText> {
  const name = readConfigName(key);
  if (!name) yield ['NAME', `config item name "${key}" is invalid`];
  if (lists.includes(key) && !Array.isArray(value)) yield ['LIST', `config item "${key}" must be a list`];
  if (name?.name === SECRET_NAMES && name.operator !== 'drop' && !isListOfTexts(value)) {
    yield ['LIST', `config item "${key}" must be a list of names`];
  }
  if (looksLikeReference(value)) yield ['RESERVED', `config item "${key}" holds a map with the key "$secret"`];
  if (isSecret(key) && name && !SEALED.includes(name.operator)) {
    yield ['OPERATOR', `config item "${key}" is a secret: it can only be set or dropped`];
  }
}

const isListOfTexts = (value: Json): boolean =>
  Array.isArray(value) && value.every((item) => typeof item === 'string' && item !== '');

/** What may be done with a secret as a whole; nobody can put together what nobody can see. */
const SEALED: readonly Operator[] = ['set', 'drop'];

/** A value on its way in: where it stands, the name it stands under, and what stood there before. */
interface Given {
  /** As refusals name it: `users.0.password`. */
  readonly path: string;
  /** As its secrets are kept: with what never changes in the place of an index. */
  readonly owner: string;
  readonly name: string;
  readonly value: Json;
  readonly before: Json | undefined;
}

/** A value with references in the place of its secrets. */
async function sealed(given: Given, sealing: Sealing): Promise<Json> {
  const { name, value } = given;
  if (value === null || typeof value === 'undefined') return null;
  if (sealing.isSecret(name)) {
    return readConfigName(name)?.operator === 'drop' ? null : referenceFor(given, sealing);
  }
  if (typeof value !== 'object' || IntegralFloat.is(value)) return value;
  const parts: [string, Json][] = [];
  for (const part of Array.isArray(value) ? itemsOf(given, value, sealing) : entriesOf(given, value as JsonMap)) {
    parts.push([part.name, await sealed(part, sealing)]);
  }
  return Array.isArray(value) ? parts.map(([, part]) => part) : objectOf(parts);
}

const isMap = (value: Json | undefined): value is JsonMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !IntegralFloat.is(value);

const entriesOf = ({ path, owner, before }: Given, value: JsonMap): Given[] =>
  pairsOf(value).map(([name, inner]) => ({
    path: `${path}.${name}`,
    owner: `${owner}.${name}`,
    name,
    value: inner,
    before: isMap(before) && Object.hasOwn(before, name) ? before[name] : undefined,
  }));

/** The items of a list; a secret in one is kept under a name of its own, wherever the item goes. */
function itemsOf({ path, owner, before }: Given, value: readonly Json[], { whose, isSecret }: Sealing): Given[] {
  const old = itemsBefore(value, Array.isArray(before) ? before : [], isSecret);
  const mark = (index: number): string =>
    createHash('sha256').update(`${whose.request}\n${path}.${index}`).digest('hex').slice(0, 12);
  return value.map((item, index) => ({
    path: `${path}.${index}`,
    owner: `${owner}[${mark(index)}]`,
    name: '',
    value: item,
    before: old[index],
  }));
}

/** The reference that stands for a secret: the one before where it is unchanged. */
async function referenceFor({ path, owner, value, before }: Given, { work, whose }: Sealing): Promise<Json> {
  const { secrets, request } = whose;
  const known = isSecretReference(before) ? before : undefined;
  const keep = async (text: Json): Promise<SecretReference> => {
    const words = known && (await secrets.ownerOf(known));
    return secrets.keep(text, words ?? secretOwner(whose.owner, owner), request);
  };
  if (value !== MASK) return known && (await secrets.holds(known, value)) ? known : keep(value);
  if (known) return known;
  // It was written before its name was that of a secret.
  if (before !== undefined && before !== null && !looksLikeReference(before)) return keep(before);
  work.fault(FIELD, 'MASKED', `config item "${path}" is a mask, and there is no value it stands for`, path);
  return null;
}

/** By what name the values of a secret are kept. */
export const secretOwner = (owner: string, path: string): string => `${owner} ${path}`;

/** Whether a value stands in clear text under the name of a secret. */
export const holdsClear = (values: Pairs, isSecret: IsSecretName): boolean =>
  values.some(([key, value]) => isClear(key, value, isSecret));

function isClear(name: string, value: Json, isSecret: IsSecretName): boolean {
  if (value === null || isSecretReference(value)) return false;
  if (isSecret(name)) return readConfigName(name)?.operator !== 'drop';
  if (typeof value !== 'object' || IntegralFloat.is(value)) return false;
  return Object.entries(value as JsonMap).some(([key, inner]) =>
    isClear(Array.isArray(value) ? '' : key, inner, isSecret),
  );
}

/** Values that were written before some of their names were those of secrets, with references in the place of these. */
export async function sealedValues(
  values: Pairs,
  isSecret: IsSecretName,
  { owner, secrets, request }: Pick<ConfigOwner, 'owner' | 'secrets' | 'request'>,
): Promise<Pairs> {
  const seal = async (path: string, name: string, value: Json): Promise<Json> => {
    if (!isClear(name, value, isSecret)) return value;
    if (isSecret(name)) return secrets.keep(value, secretOwner(owner, path), request);
    const parts: [string, Json][] = [];
    for (const [key, inner] of Array.isArray(value) ? value.entries() : pairsOf(value as JsonMap)) {
      const step = typeof key === 'number' ? `[${request}-${key}]` : `.${key}`;
      parts.push([String(key), await seal(`${path}${step}`, typeof key === 'number' ? '' : key, inner as Json)]);
    }
    return Array.isArray(value) ? parts.map(([, part]) => part) : objectOf(parts);
  };
  const sealed: [string, Json][] = [];
  for (const [key, value] of values) sealed.push([key, await seal(key, key, value)]);
  return sealed;
}

/** The reference that stands at a path (`users.0.password`) in configuration values; undefined where there is none. */
export function referenceAt(values: Pairs, path: string): SecretReference | undefined {
  const [key, at] = values
    .filter(([name]) => path === name || path.startsWith(`${name}.`))
    .reduce<readonly [string, Json | undefined]>(
      (best, one) => (one[0].length >= best[0].length ? one : best),
      ['', undefined],
    );
  const steps = path.slice(key.length + 1);
  const found = (steps === '' ? [] : steps.split('.')).reduce<Json | undefined>(
    (inside, step) =>
      typeof inside === 'object' && inside !== null && Object.hasOwn(inside, step)
        ? (inside as JsonMap)[step]
        : undefined,
    at,
  );
  return isSecretReference(found) ? secretReference(found.$secret) : undefined;
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
