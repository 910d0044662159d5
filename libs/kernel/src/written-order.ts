/**
 * JavaScript moves keys that look like whole numbers to the front of an object. Where the order of keys means something
 * they are therefore kept as a list of pairs; here is how such a list comes out of JSON text, and goes back into it.
 */

/** Keys as they were written, by the object whose own order is another. */
const written = new WeakMap<object, readonly string[]>();

const NUMBER_KEY = /"(?:0|[1-9]\d*)"\s*:/;
const STRING = /"(?:[^"\\]|\\.)*"(\s*:)?/g;

/** Parses JSON as `JSON.parse` does; {@link pairsOf} still knows the order in which keys were written. */
export function parseJson(text: string): unknown {
  const plain = JSON.parse(text) as unknown;
  if (!NUMBER_KEY.test(text)) return plain;
  // With a letter before every key none of them looks like a number.
  const marked = text.replace(STRING, (string, colon?: string) =>
    colon === undefined ? string : `"k${string.slice(1)}`,
  );
  return unmarked(JSON.parse(marked));
}

function unmarked(value: unknown): unknown {
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
  const keys = [...new Set(pairs.map(([key]) => key))];
  if (isInOrder(object, keys)) return object;
  return new Proxy(object, { ownKeys: () => keys });
}
