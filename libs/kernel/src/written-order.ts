import { IntegralFloat } from './integral-float.ts';

/**
 * What `JSON.parse` loses: JavaScript moves keys that look like whole numbers to the front of an object, and takes `1.0`
 * for `1`. Where the order of keys means something they are therefore kept as a list of pairs; here is how such a list
 * comes out of JSON text, and goes back into it.
 */

/** Keys as they were written, by the object whose own order is another. */
const written = new WeakMap<object, readonly string[]>();

const NUMBER_KEY = /"(?:0|[1-9]\d*)"\s*:/;
/** Whether there may be a float that is whole: most texts have none, and need no second look. */
const WHOLE_FLOAT = /[:,[\s]-?\d+(?:\.0+[\s,}\]]|(?:\.\d+)?[eE][+\-\d])/;
/** A number by itself. */
const NUMBER = /^\s*-?\d/;
const TOKEN = /"([^"\\]*(?:\\.[^"\\]*)*)"(\s*:)?|-?\d[\d.eE+-]*/g;
const FLOAT = /[.eE]/;

/**
 * Parses JSON as `JSON.parse` does, and keeps what that loses: whole floats (`1.0`) are {@link IntegralFloat}s, and
 * {@link pairsOf} knows the order in which keys were written.
 */
export function parseJson(text: string): unknown {
  const plain = JSON.parse(text) as unknown;
  return NUMBER_KEY.test(text) || WHOLE_FLOAT.test(text) || NUMBER.test(text)
    ? unmarked(JSON.parse(marked(text)))
    : plain;
}

/** Parses JSON that `writeJson` wrote; whole floats are {@link IntegralFloat}s. the order of keys is not kept. */
export function parseStored(text: string): unknown {
  for (let at = text.indexOf('.0'); at !== -1; at = text.indexOf('.0', at + 2)) {
    if (endsNumber(text.charCodeAt(at + 2))) return unmarked(JSON.parse(marked(text)));
  }
  return JSON.parse(text);
}

/** Whether a number may end before a character: a comma, a bracket, or the end of the text. */
const endsNumber = (code: number): boolean => code === 44 || code === 125 || code === 93 || Number.isNaN(code);

/** With a letter before every text and key, no key looks like a number, and whole floats can be texts of their own. */
const marked = (json: string): string =>
  json.replace(TOKEN, (token, text: string | undefined, colon: string | undefined) => {
    if (text !== undefined) return `"t${text}"${colon ?? ''}`;
    return FLOAT.test(token) && Number.isInteger(Number(token)) ? `"f${token}"` : token;
  });

function unmarked(value: unknown): unknown {
  if (typeof value === 'string') return value.startsWith('f') ? new IntegralFloat(value.slice(1)) : value.slice(1);
  if (Array.isArray(value)) return value.map(unmarked);
  if (value === null || typeof value !== 'object') return value;
  const pairs = Object.entries(value).map(([key, inner]) => [key.slice(1), unmarked(inner)] as const);
  const object = Object.fromEntries(pairs);
  const keys = pairs.map(([key]) => key);
  if (!isInOrder(object, keys)) written.set(object, keys);
  return object;
}

const isInOrder = (object: object, keys: readonly string[]): boolean =>
  Object.keys(object).every((key, n) => key === keys[n]);

/** What stands in an object, in the order in which it was written. */
export function pairsOf<V>(object: Readonly<Record<string, V>>): [key: string, value: V][] {
  const keys = written.get(object) ?? Object.keys(object);
  return keys.map((key) => [key, object[key] as V]);
}

/** An object that shows its keys in the order of these pairs, in JSON text too. */
export function objectOf<V>(pairs: readonly (readonly [key: string, value: V])[]): Readonly<Record<string, V>> {
  const object = Object.fromEntries(pairs);
  const own = Object.keys(object);
  if (own.length === pairs.length && own.every((key, n) => key === pairs[n]?.[0])) return object;
  const keys = [...new Set(pairs.map(([key]) => key))];
  if (isInOrder(object, keys)) return object;
  return new Proxy(object, { ownKeys: () => keys });
}

/** A value that {@link parseJson} has read, as one whose objects show their keys in the order written, in JSON text too. */
export function inWrittenOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inWrittenOrder);
  if (value === null || typeof value !== 'object' || IntegralFloat.is(value)) return value;
  return objectOf(
    pairsOf(value as Readonly<Record<string, unknown>>).map(([key, inner]) => [key, inWrittenOrder(inner)]),
  );
}
