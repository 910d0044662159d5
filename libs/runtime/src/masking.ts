import { types } from 'node:util';
import { IntegralFloat, MASK, Secret } from '#kernel';

/** Names of what is secret. */
const SECRET = /pass(word|wd|phrase)|token|secret|credential|community|(api|auth|priv|private)_?key/i;

/** How many levels of a value are shown. */
const MAX_DEPTH = 12;
/** The longest text that is shown whole, in characters. */
const MAX_TEXT = 10_000;
/** The longest list, and the largest map, that is shown whole. */
const MAX_ENTRIES = 1000;

/** What stands in the place of a secret. */
export type Mask = (text: string) => string;

/** The same mark for every secret. */
export const hidden: Mask = () => MASK;

/** A copy fit for a line of JSON: every secret, and every text under a name that speaks of one, however deep, is masked, and what is long is cut. */
export const masked = (value: unknown, mask: Mask = hidden): unknown => maskedAt(value, mask, false, 0);

/** An error as the stacks of it and of its causes. */
export function stacksOf(error: unknown, depth = 0): readonly string[] {
  if (!isError(error)) return [cut(String(error))];
  const causes = error.cause === undefined || depth >= MAX_DEPTH ? [] : stacksOf(error.cause, depth + 1);
  return [cut(error.stack ?? error.message), ...causes];
}

function maskedAt(value: unknown, mask: Mask, secret: boolean, depth: number): unknown {
  if (typeof value === 'string') return secret ? mask(value) : cut(value);
  // JSON has no place for them.
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return '…';
  if (IntegralFloat.is(value)) return value.valueOf();
  if (value instanceof Secret) return mask(value.reveal());
  if (isError(value)) return stacksOf(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  if (Array.isArray(value)) {
    const shown = value.slice(0, MAX_ENTRIES).map((inner) => maskedAt(inner, mask, secret, depth + 1));
    return value.length > MAX_ENTRIES ? [...shown, `… ${value.length - MAX_ENTRIES} more`] : shown;
  }
  if (value instanceof Map || value instanceof Set) return maskedAt([...value], mask, secret, depth);
  const entries = Object.entries(value);
  const shown = entries
    .slice(0, MAX_ENTRIES)
    .map(([key, inner]) => [key, maskedAt(inner, mask, secret || SECRET.test(key), depth + 1)] as const);
  const more = entries.length > MAX_ENTRIES ? [['…', `${entries.length - MAX_ENTRIES} more`] as const] : [];
  return Object.fromEntries([...shown, ...more]);
}

const isError = (value: unknown): value is Error => types.isNativeError(value) || value instanceof Error;

const cut = (text: string): string =>
  text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}… ${text.length - MAX_TEXT} more` : text;
