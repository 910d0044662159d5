import type { Json } from '#kernel';
import { IntegralFloat, numberIn, writeJson } from '#kernel';
import { matchPattern } from './bounded-pattern.ts';
import type { DeclaredKey } from './config-schema.ts';

/** How long the values of one configuration may take to be held against all patterns of its schema, in milliseconds. */
export const MAX_MATCHING_MS = 250;

/** How a value does not fit what is declared. */
export interface FitFault {
  /** The rule it breaks. */
  readonly rule: 'type' | 'pattern' | 'enum' | 'minimum' | 'maximum';
  /** What would fit, and what it is: `must be an integer, is text`. */
  readonly text: string;
}

const ARTICLE: Readonly<Record<string, string>> = { text: 'text', integer: 'an integer' };
const named = (type: string): string => ARTICLE[type] ?? `a ${type}`;

/** The narrowest type of a value; null is none. */
export function typeOf(value: Json): DeclaredKey['type'] | 'null' {
  if (value === null) return 'null';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'boolean') return 'boolean';
  if (IntegralFloat.is(value)) return 'number';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return Array.isArray(value) ? 'list' : 'map';
}

/** How a value does not fit what is declared: the first rule it breaks; undefined: it fits. */
export function fitFault(
  { type, pattern, enum: choices, minimum, maximum }: Omit<DeclaredKey, 'type'> & { readonly type: unknown },
  value: Json,
  deadline = performance.now() + MAX_MATCHING_MS,
): FitFault | undefined {
  const wanted = String(type);
  const is = typeOf(value);
  if (is !== wanted && !(wanted === 'number' && is === 'integer')) {
    return { rule: 'type', text: `must be ${named(wanted)}, is ${named(is)}` };
  }
  if (pattern !== undefined && typeof value === 'string') {
    const match = matchPattern(pattern, value, { deadline, whole: true });
    if (match === 'no') return { rule: 'pattern', text: `must match ${pattern}` };
    if (match === 'too-long') return { rule: 'pattern', text: `takes too long to be held against ${pattern}` };
  }
  if (choices && !choices.some((choice) => sameValue(choice, value))) {
    return { rule: 'enum', text: `must be one of ${choices.map((choice) => writeJson(choice)).join(', ')}` };
  }
  const size = sizeOf(value);
  const unit = is === 'list' || is === 'map' ? ' entries' : '';
  if (minimum !== undefined && size < numberIn(minimum)!) {
    return { rule: 'minimum', text: `must be at least ${writeJson(minimum)}${unit}, is ${size}` };
  }
  if (maximum !== undefined && size > numberIn(maximum)!) {
    return { rule: 'maximum', text: `must be at most ${writeJson(maximum)}${unit}, is ${size}` };
  }
  return undefined;
}

/** Numbers are the same by their value: `1.0` and `1`, where a number is declared. */
const sameValue = (one: Json, other: Json): boolean =>
  one === other || (numberIn(one) !== undefined && numberIn(one) === numberIn(other));

/** The number something is, or the count of its entries. */
function sizeOf(value: Json): number {
  const number = numberIn(value);
  if (number !== undefined) return number;
  return typeof value === 'object' && value !== null ? Object.keys(value).length : 0;
}

/** What a rendered text says where this type is declared: `8080`, `true`, `[1, 2]`; the text itself where it says nothing so. */
export function readRendered(text: string, type: DeclaredKey['type']): Json {
  if (type === 'text') return text;
  const trimmed = text.trim();
  if (type === 'boolean') return BOOLEANS[trimmed] ?? text;
  if (type === 'integer' ? !INTEGER.test(trimmed) : type === 'number' && !NUMBER.test(trimmed)) return text;
  try {
    return JSON.parse(trimmed) as Json;
  } catch {
    return text;
  }
}

const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, True: true, false: false, False: false };
const INTEGER = /^-?(?:0|[1-9]\d*)$/;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;
