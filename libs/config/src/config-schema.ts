import type { Json, JsonMap } from '#kernel';
import { IntegralFloat, looksLikeReference, numberIn, writeJson } from '#kernel';
import { patternFlaw } from './bounded-pattern.ts';
import { TEMPLATE_MARK, templateFlaws } from './check-template.ts';
import { readConfigName } from './config-name.ts';
import { isSecretName } from './secret-names.ts';
import { fitFault } from './schema-fit.ts';

/** What a value can be declared to be. */
export const VALUE_TYPES = ['text', 'integer', 'number', 'boolean', 'list', 'map'] as const;
export type DeclaredType = (typeof VALUE_TYPES)[number];

/** What is declared of one key of a configuration. */
export interface DeclaredKey {
  readonly type: DeclaredType;
  /** Whether there has to be a value, other than null. */
  readonly required?: boolean;
  /** Whether its value is a secret, whatever its name. */
  readonly secret?: boolean;
  /** The value where no layer gives one. */
  readonly default?: Json;
  /** For people, at most 200 characters. */
  readonly description?: string;
  /** A regular expression that the whole text matches. */
  readonly pattern?: string;
  /** The values there are to choose from. */
  readonly enum?: readonly Json[];
  /** The least and the largest number, or count of the entries of a list or map. */
  readonly minimum?: number;
  readonly maximum?: number;
}

/** The keys of a configuration that are declared, by name. */
export type ConfigSchema = Readonly<Record<string, DeclaredKey>>;

/** How many keys one blueprint may declare. */
export const MAX_SCHEMA_KEYS = 200;
/** The longest schema, in characters of JSON. */
export const MAX_SCHEMA_LENGTH = 64 * 1024;
const MAX_DESCRIPTION = 200;
const MAX_PATTERN = 500;
const MAX_CHOICES = 100;

/** What is wrong with a schema as it is given, each fault with its key and rule; nothing: it is one. */
export function schemaFaults(schema: JsonMap): string[] {
  const keys = Object.keys(schema);
  if (keys.length > MAX_SCHEMA_KEYS) return [`has more than ${MAX_SCHEMA_KEYS} keys`];
  if (writeJson(schema).length > MAX_SCHEMA_LENGTH) return [`is longer than ${MAX_SCHEMA_LENGTH} characters`];
  return keys.flatMap((key) => {
    const name = readConfigName(key);
    if (name?.operator !== 'set' || name.only !== undefined) return [`key "${key}" is no name of a config item`];
    return [...keyFaults(key, schema[key] as Json)].map((fault) => `key "${key}": ${fault}`);
  });
}

type Rule = (value: Json, declared: JsonMap) => string | undefined;

const isNumber = (value: Json | undefined): boolean => numberIn(value) !== undefined;
const flag: Rule = (value) => (typeof value === 'boolean' ? undefined : 'must be true or false');
const bound: Rule = (value, { type }) => {
  if (!(['integer', 'number', 'list', 'map'] as readonly unknown[]).includes(type))
    return 'is for integers, numbers, lists and maps';
  return isNumber(value) ? undefined : 'must be a number';
};

/** What each rule asks of its own value. */
const RULES: Readonly<Record<keyof DeclaredKey, Rule>> = {
  type: (value) =>
    (VALUE_TYPES as readonly Json[]).includes(value) ? undefined : `must be one of ${VALUE_TYPES.join(', ')}`,
  required: flag,
  secret: flag,
  default: () => undefined,
  description: (value) =>
    typeof value === 'string' && value.length <= MAX_DESCRIPTION
      ? undefined
      : `must be text of at most ${MAX_DESCRIPTION} characters`,
  pattern: (value, { type }) => {
    if (type !== 'text') return 'is for texts';
    if (typeof value !== 'string' || value.length > MAX_PATTERN) {
      return `must be text of at most ${MAX_PATTERN} characters`;
    }
    return patternFlaw(value);
  },
  enum: (value, { type }) => {
    if (type !== 'text' && type !== 'integer' && type !== 'number') return 'is for texts, integers and numbers';
    if (!Array.isArray(value) || value.length === 0 || value.length > MAX_CHOICES) {
      return `must be a list of 1 to ${MAX_CHOICES} values`;
    }
    const other = (value as Json[]).find((choice) => fitFault({ type }, choice) !== undefined);
    return other === undefined ? undefined : `has a value that is no ${type}: ${writeJson(other)}`;
  },
  minimum: bound,
  maximum: bound,
};

function* keyFaults(key: string, given: Json): Generator<string> {
  if (typeof given !== 'object' || given === null || Array.isArray(given) || IntegralFloat.is(given)) {
    yield 'must be a map of rules';
    return;
  }
  const declared = given as JsonMap;
  let sound = true;
  for (const [rule, value] of Object.entries({ type: null, ...declared })) {
    const check = Object.hasOwn(RULES, rule) ? RULES[rule as keyof DeclaredKey] : undefined;
    const fault = check ? check(value, declared) : 'is no rule';
    if (fault === undefined) continue;
    sound = false;
    yield `"${rule}" ${fault}`;
  }
  if (!sound) return;
  const { minimum, maximum, secret } = declared;
  if (numberIn(minimum)! > numberIn(maximum)!) yield '"minimum" is more than "maximum"';
  if (secret === true) {
    for (const rule of ['default', 'pattern', 'enum', 'minimum', 'maximum']) {
      if (Object.hasOwn(declared, rule)) yield `"${rule}" can not be said of a secret`;
    }
  } else if (Object.hasOwn(declared, 'default')) {
    yield* defaultFaults(key, declared['default'] as Json, declared as unknown as DeclaredKey);
  }
}

function* defaultFaults(key: string, value: Json, declared: DeclaredKey): Generator<string> {
  if (value === null) {
    yield '"default" must be a value';
    return;
  }
  if (looksLikeReference(value)) yield '"default" holds a map with the key "$secret"';
  const path = secretPath(key, value);
  if (path !== undefined) yield `"default" holds a secret (${path})`;
  for (const [place, flaw] of templateFlaws({ path: key, name: key, value, before: undefined }, isSecretName)) {
    yield `"default" is not a valid template (${place}): ${flaw}`;
  }
  if (typeof value === 'string' && TEMPLATE_MARK.test(value)) return;
  const fault = fitFault(declared, value);
  if (fault !== undefined) yield `"default" ${fault.text}`;
}

/** Where in a value, under this name, something stands whose name is plainly that of a secret. */
function secretPath(path: string, value: Json, name = path): string | undefined {
  if (isSecretName(name)) return path;
  if (typeof value !== 'object' || value === null || IntegralFloat.is(value)) return undefined;
  for (const [key, inner] of Object.entries(value as JsonMap)) {
    const found = secretPath(`${path}.${key}`, inner, Array.isArray(value) ? '' : key);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The names that a schema declares to be those of secrets. */
export const schemaSecretNames = (schema: ConfigSchema = {}): string[] =>
  Object.entries<DeclaredKey | null>(schema).flatMap(([key, declared]) => (declared?.secret === true ? [key] : []));
