/**
 * Values and JSON. What JSON has no form for is written as an object with one tag: `$int` (2^53, beyond the safe
 * numbers of JSON), `$float` (a whole or infinite float), `$seconds` (a duration), `$secret` (the reference of a
 * secret), `$text` (text with secrets in it), `$opaque` (something of the host's) and `$map` (entries of a map whose
 * keys are not all plain text).
 */
import { type Walk, largestWalk, visit } from './limits.ts';
import { LanguageFault } from './signals.ts';
import { wholeNumber } from './numbers.ts';
import { floatText } from './text.ts';
import {
  type ScriptMap,
  type SecretPart,
  type Value,
  duration,
  float,
  isMarked,
  keyOf,
  opaque,
  sealed,
  secret,
} from './values.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/** JSON from a host, or a value, as a value; whole numbers become integers, boxed ones (`Number` objects) floats. Throws on what neither can be. */
export function fromJson(json: unknown): Value {
  return read(json, { visited: 0 }, 1);
}

/** How values are written for a host: elements at most, and how a whole float is written if not as a plain number. */
export interface JsonOptions {
  readonly most?: number;
  readonly float?: ((number: number) => unknown) | undefined;
}

/** A value as plain JSON for the host: map keys become text, secrets stay references, cycles and too many elements refused. */
export function toJson(value: Value, { most = largestWalk, float: wholeFloat }: JsonOptions = {}): unknown {
  const forms = wholeFloat === undefined ? plainForms : { ...plainForms, float: hostFloat(wholeFloat) };
  return write(value, { visited: largestWalk - most }, 1, forms);
}

const hostFloat =
  (wholeFloat: (number: number) => unknown) =>
  (number: number): unknown =>
    Number.isInteger(number) ? wholeFloat(number) : plainFloat(number);

/** A value as JSON from which `fromJson` makes the same value again, for the state of external functions. */
export function toTaggedJson(value: Value): unknown {
  return write(value, { visited: 0 }, 1, taggedForms);
}

/** JSON from outside with every tagged object turned into an ordinary map, so that nothing in it counts as a tag. */
export function untagged(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(untagged);
  if (json === null || typeof json !== 'object' || isBoxed(json)) return json;
  const entries = Object.entries(json).map(([key, inner]) => [key, untagged(inner)] as const);
  return tagOf(json as JsonObject) === undefined ? Object.fromEntries(entries) : { $map: entries };
}

/** Whether something of the host's is a `Number` object: by that it says that its number is a float, also a whole one. */
const isBoxed = (json: object): boolean => Object.prototype.toString.call(json) === '[object Number]';

/** An independent copy of JSON, without what JSON cannot carry; throws when it is nested too deep. */
export function cloneJson<Json>(json: Json): Json {
  return clone(json, { visited: 0 }, 1) as Json;
}

function clone(json: unknown, walk: Walk, depth: number): unknown {
  if (json === null || typeof json !== 'object' || isBoxed(json)) return json;
  visit(walk, depth);
  if (Array.isArray(json)) return json.map((element) => clone(element, walk, depth + 1));
  const copy: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(json)) {
    if (inner !== undefined) put(copy, key, clone(inner, walk, depth + 1));
  }
  return copy;
}

/** Sets a property whatever it is called. */
export function put(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  else object[key] = value;
}

function read(json: unknown, walk: Walk, depth: number): Value {
  if (json === null || json === undefined) return null;
  if (typeof json === 'boolean' || typeof json === 'string') return json;
  if (typeof json === 'number') return readNumber(json);
  if (typeof json !== 'object') throw new LanguageFault(`a ${typeof json} of the host is not a value`);
  visit(walk, depth);
  if (Array.isArray(json)) return json.map((element) => read(element, walk, depth + 1));
  if (isBoxed(json)) return float(Number(json));
  if (json instanceof Map) return json as ScriptMap;
  if (isMarked(json)) return json;
  const tag = tagOf(json as JsonObject);
  if (tag !== undefined) return tags[tag]((json as JsonObject)[tag], (inner) => read(inner, walk, depth + 1));
  const map: ScriptMap = new Map();
  for (const [key, inner] of Object.entries(json)) map.set(`t${key}`, { key, value: read(inner, walk, depth + 1) });
  return map;
}

function readNumber(number: number): Value {
  if (Number.isSafeInteger(number)) return number + 0;
  if (Number.isInteger(number)) throw new LanguageFault('a number of the host is beyond 2^53');
  return float(number);
}

type Tag = '$int' | '$float' | '$seconds' | '$secret' | '$text' | '$opaque' | '$map';

function tagOf(json: JsonObject): Tag | undefined {
  for (const key in json) return key.startsWith('$') && Object.hasOwn(tags, key) ? (key as Tag) : undefined;
  return undefined;
}

/** How each tag is read. */
const tags: Readonly<Record<Tag, (content: unknown, inner: (json: unknown) => Value) => Value>> = {
  $int: (content) => {
    if (!/^-?\d{1,20}$/.test(String(content))) throw new LanguageFault('an integer of the host is none');
    return wholeNumber(BigInt(String(content)));
  },
  $float: (content) => float(spelledFloat(content)),
  $seconds: (content) => {
    if (typeof content !== 'number' || !Number.isFinite(content))
      throw new LanguageFault('a duration of the host is none');
    return duration(content);
  },
  $secret: (content) => secret(String(content)),
  $text: (content) => sealed((Array.isArray(content) ? content : []).map(readPart)),
  $opaque: (content) => {
    const { type = 'object', handle = null } = (content ?? {}) as { type?: string; handle?: unknown };
    return opaque(type, handle);
  },
  $map: (content, inner) => {
    const map: ScriptMap = new Map();
    for (const [key, value] of Array.isArray(content) ? (content as [unknown, unknown][]) : []) {
      const readKey = inner(key);
      const name = keyOf(readKey);
      if (name !== undefined) map.set(name, { key: readKey, value: inner(value) });
    }
    return map;
  },
};

function readPart(part: unknown): SecretPart {
  if (part === null || typeof part !== 'object') return String(part);
  return { ref: String((part as { $secret?: unknown }).$secret) };
}

/** A float as it stands under its tag. */
export function spelledFloat(content: unknown): number {
  if (content === 'inf') return Infinity;
  return content === '-inf' ? -Infinity : Number(content);
}

/** How floats and maps are written. */
interface Forms {
  readonly integer: (number: number) => unknown;
  readonly float: (number: number) => unknown;
  readonly map: (entries: readonly (readonly [key: Value, value: unknown])[]) => unknown;
}

const plainForms: Forms = { integer: (number) => number, float: plainFloat, map: (entries) => plainMap(entries) };

const taggedForms: Forms = {
  integer: (number) => (Number.isSafeInteger(number) ? number : { $int: String(number) }),
  float: taggedFloat,
  map: (entries) => {
    const plain = entries.every(([key]) => typeof key === 'string' && !key.startsWith('$'));
    return plain ? plainMap(entries) : { $map: entries.map(([key, value]) => [toTaggedJson(key), value]) };
  },
};

function plainMap(entries: readonly (readonly [key: Value, value: unknown])[]): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const [key, value] of entries) put(object, keyText(key), value);
  return object;
}

function write(value: Value, walk: Walk, depth: number, forms: Forms): unknown {
  if (typeof value === 'number') return forms.integer(value);
  if (value === null || typeof value !== 'object') return value;
  visit(walk, depth);
  if (Array.isArray(value)) return value.map((element) => write(element, walk, depth + 1, forms));
  if (!(value instanceof Map)) return writeMarked(value, forms.float);
  return forms.map([...value.values()].map((entry) => [entry.key, write(entry.value, walk, depth + 1, forms)]));
}

/** A float as JSON: a plain number only when it has a fraction. */
export function taggedFloat(number: number): unknown {
  if (!Number.isFinite(number)) return { $float: floatText(number) };
  if (!Number.isInteger(number)) return number;
  return { $float: Object.is(number, -0) ? '-0' : number };
}

/** A marked object in its tagged form; the form of a float is up to the caller. */
export function writeMarked(
  value: Exclude<Value, null | boolean | number | string | Value[] | ScriptMap>,
  floatForm: (number: number) => unknown,
): unknown {
  if (value.kind === 'float') return floatForm(value.number);
  if (value.kind === 'duration') return { $seconds: value.seconds };
  if (value.kind === 'opaque') return { $opaque: { type: value.type, handle: value.handle } };
  const [first] = value.parts;
  if (value.parts.length === 1 && typeof first === 'object') return { $secret: first.ref };
  return { $text: value.parts.map((part) => (typeof part === 'string' ? part : { $secret: part.ref })) };
}

function plainFloat(number: number): number {
  if (!Number.isFinite(number)) throw new LanguageFault(`the float ${floatText(number)} cannot leave the script`);
  return number;
}

function keyText(key: Value): string {
  if (typeof key === 'string') return key;
  if (key === null) return 'null';
  if (typeof key === 'boolean' || typeof key === 'number') return String(key);
  if (typeof key === 'object' && 'kind' in key) {
    if (key.kind === 'float') return floatText(key.number);
    if (key.kind === 'duration') return String(key.seconds);
  }
  throw new LanguageFault('a key of a map has no form as text');
}

/** Whether two pieces of JSON are the same, whatever the order of their keys. */
export function sameJson(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other);
}

function canonical(json: unknown): string {
  return JSON.stringify(json, (_key, inner: unknown) => {
    if (inner === null || typeof inner !== 'object' || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)));
  });
}
