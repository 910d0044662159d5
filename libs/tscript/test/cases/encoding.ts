import { floatText } from '../../src/text.ts';
import type { Value } from '../../src/values.ts';

/** A value in the encoding of the case file. */
export function encoded(value: Value): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(encoded);
  if (value instanceof Map) return encodedMap([...value.values()].map((entry) => [entry.key, entry.value]));
  if (value.kind === 'float') return encodedFloat(value.number);
  if (value.kind === 'duration') return { $seconds: value.seconds };
  return value.kind === 'opaque' ? { $object: value.type } : { $secret: value.parts };
}

/** A float in the encoding of the case file. */
export function encodedFloat(number: number): unknown {
  if (!Number.isFinite(number)) return { $float: floatText(number) };
  return Number.isInteger(number) ? { $float: number } : number;
}

function encodedMap(entries: readonly [Value, Value][]): unknown {
  if (entries.every(([key]) => typeof key === 'string')) {
    return Object.fromEntries(entries.map(([key, value]) => [key, encoded(value)]));
  }
  return { $entries: entries.map(([key, value]) => [encoded(key), encoded(value)]) };
}
