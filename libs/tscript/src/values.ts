/**
 * The values a script works with. Text, booleans and none are JavaScript's own; a plain number is always an integer,
 * so a float is an object of its own and `1.0` stays `1.0`. Arrays and maps are shared by whoever holds them; the
 * other objects never change and carry a mark by which they are told from JSON.
 */
const mark: unique symbol = Symbol('tscript value');

interface Marked {
  readonly [mark]: true;
}

/** A floating point number, also one without a fraction. */
export interface Float extends Marked {
  readonly kind: 'float';
  readonly number: number;
}

/** A span of time in seconds. */
export interface Duration extends Marked {
  readonly kind: 'duration';
  readonly seconds: number;
}

/** Something of the host's: handed on and compared, never looked into. `handle` is JSON. */
export interface Opaque extends Marked {
  readonly kind: 'opaque';
  readonly type: string;
  readonly handle: unknown;
}

/** Text that is known by reference only, in whole or in part. */
export interface Secret extends Marked {
  readonly kind: 'secret';
  readonly parts: readonly SecretPart[];
}

/** A stretch of a secret text: plain, or the reference of what stands there. */
export type SecretPart = string | { readonly ref: string };

/** One entry of a map: the key as it was first written, and what it leads to. */
export interface MapEntry {
  readonly key: Value;
  value: Value;
}

/** A map; its entries stand under `keyOf` their keys in the order they were first written. */
export type ScriptMap = Map<string, MapEntry>;

/** Anything a variable can hold. */
export type Value = null | boolean | number | string | Float | Duration | Opaque | Secret | Value[] | ScriptMap;

/** What a value is, in the words of messages. */
export type Kind =
  'none' | 'boolean' | 'integer' | 'float' | 'text' | 'duration' | 'array' | 'map' | 'opaque' | 'secret';

/** A float. */
export function float(number: number): Float {
  return { [mark]: true, kind: 'float', number };
}

/** A span of time. */
export function duration(seconds: number): Duration {
  return { [mark]: true, kind: 'duration', seconds };
}

/** Something of the host's; two are equal when type and handle are. */
export function opaque(type: string, handle: unknown): Opaque {
  return { [mark]: true, kind: 'opaque', type, handle };
}

/** A secret known only by its reference. */
export function secret(ref: string): Value {
  return { [mark]: true, kind: 'secret', parts: [{ ref }] };
}

/** Text made of parts: plain text when no part is secret. */
export function sealed(parts: readonly SecretPart[]): string | Secret {
  const joined: SecretPart[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (typeof part !== 'string' || typeof last !== 'string') joined.push(part);
    else joined[joined.length - 1] = last + part;
  }
  if (joined.every((part) => typeof part === 'string')) return joined.join('');
  return { [mark]: true, kind: 'secret', parts: joined.filter((part) => part !== '') };
}

/** Whether something is one of the marked objects above (as opposed to JSON of the host). */
export function isMarked(thing: object): thing is Float | Duration | Opaque | Secret {
  return mark in thing;
}

/** What a value is. */
export function kindOf(value: Value): Kind {
  if (value === null) return 'none';
  if (typeof value === 'number') return 'integer';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'boolean') return 'boolean';
  if (Array.isArray(value)) return 'array';
  return value instanceof Map ? 'map' : value.kind;
}

/** Whether a value counts as true in a condition. */
export function truth(value: Value): boolean {
  if (value === null || typeof value !== 'object') return Boolean(value);
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof Map) return value.size > 0;
  if (value.kind === 'float') return value.number !== 0;
  return value.kind === 'duration' ? value.seconds !== 0 : true;
}

/** A number or a boolean as a number, anything else undefined. */
export function numeric(value: Value): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return Number(value);
  return value !== null && typeof value === 'object' && isFloat(value) ? value.number : undefined;
}

/** Whether a value is a float. */
export function isFloat(value: Value): value is Float {
  return value !== null && typeof value === 'object' && 'kind' in value && value.kind === 'float';
}

/** The name a key goes by in a map; equal keys have equal names. Undefined when a value cannot be a key. */
export function keyOf(key: Value): string | undefined {
  if (typeof key === 'string') return `t${key}`;
  const number = numeric(key);
  if (number !== undefined) return `n${number + 0}`;
  if (key === null) return 'none';
  if (typeof key !== 'object' || Array.isArray(key) || key instanceof Map) return undefined;
  if (key.kind === 'duration') return `d${key.seconds}`;
  return key.kind === 'opaque' ? `o${key.type} ${JSON.stringify(key.handle)}` : undefined;
}

/** A map with text keys. */
export function mapOf(entries: Iterable<readonly [string, Value]>): ScriptMap {
  const map: ScriptMap = new Map();
  for (const [key, value] of entries) map.set(`t${key}`, { key, value });
  return map;
}

/** Whether a value is shared by whoever holds it. */
export function isCompound(value: Value): value is Value[] | ScriptMap {
  return typeof value === 'object' && value !== null && (Array.isArray(value) || value instanceof Map);
}

/** A number that can be a position: an integer or a boolean. */
export function position(value: Value): number | undefined {
  return typeof value === 'number' || typeof value === 'boolean' ? Number(value) : undefined;
}

/** The characters of a text; one outside the first 65,536 counts as one. */
export function characters(text: string): string | readonly string[] {
  return /[\ud800-\udfff]/.test(text) ? Array.from(text) : text;
}
