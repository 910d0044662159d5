import { isDeepStrictEqual } from 'node:util';
import { IntegralFloat, isSecretReference, MASK } from '#kernel';
import type { LineChange } from './line-changes.ts';
import { lineChanges } from './line-changes.ts';

/** What is different in one place of a value: a field of an object, or a key in a map of it. */
export interface Difference {
  /** The names that lead there, the field first. */
  readonly path: readonly string[];
  /** What stood there; left out where nothing did. */
  readonly before?: unknown;
  /** What stands there; left out where nothing does. */
  readonly after?: unknown;
  /** Of texts of several lines, in the place of both: the lines that went and came. */
  readonly lines?: readonly LineChange[];
  /** Set where a secret has another value, which nobody is shown. */
  readonly secret?: 'changed';
}

/** Ids of the secrets in a value, by the name that each stands under. */
type SecretIds = ReadonlyMap<string, string>;

/** What is different between two values, in the order of their names; a value that is a secret is told by that alone. */
export function differences(before: unknown, after: unknown, secrets: readonly [unknown, unknown] = [{}, {}]) {
  const [old, now] = secrets.map(secretsIn) as [SecretIds, SecretIds];
  const found: Difference[] = [];
  compare([], before, after, (difference) => found.push(difference), [old, now]);
  return found;
}

function compare(
  path: readonly string[],
  before: unknown,
  after: unknown,
  tell: (difference: Difference) => void,
  secrets: readonly [SecretIds, SecretIds],
): void {
  if (isMap(before) && isMap(after)) {
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
      compare([...path, name], own(before, name), own(after, name), tell, secrets);
    }
    return;
  }
  const name = path.at(-1) ?? '';
  if (before === MASK && after === MASK) {
    if (secrets[0].get(name) !== secrets[1].get(name)) tell({ path, before, after, secret: 'changed' });
    return;
  }
  if (isDeepStrictEqual(before, after)) return;
  if (isLong(before) && isLong(after)) {
    tell({ path, lines: lineChanges(before, after) });
    return;
  }
  tell({ path, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) });
}

const own = (map: object, name: string): unknown =>
  Object.hasOwn(map, name) ? (map as Readonly<Record<string, unknown>>)[name] : undefined;

const isMap = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !IntegralFloat.is(value);

const isLong = (value: unknown): value is string => typeof value === 'string' && value.includes('\n');

/** The secrets that a row refers to, by the name each stands under; maps may stand as lists of pairs. */
function secretsIn(row: unknown): SecretIds {
  const found = new Map<string, string>();
  const walk = (name: string, value: unknown): void => {
    if (typeof value !== 'object' || value === null || IntegralFloat.is(value)) return;
    if (isSecretReference(value)) {
      found.set(name, `${found.get(name) ?? ''} ${value.$secret}`);
    } else if (Array.isArray(value)) {
      const [first, second] = value as readonly unknown[];
      if (value.length === 2 && typeof first === 'string') walk(first, second);
      else for (const item of value) walk(name, item);
    } else {
      for (const [key, item] of Object.entries(value)) walk(key, item);
    }
  };
  walk('', row);
  return found;
}
