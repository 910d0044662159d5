import type { Budget } from './budget.ts';
import { TemplateFault } from './fault.ts';
import { shownNumber } from './text.ts';
import type { Value } from './values.ts';
import { isFraction, isList, isMap, kindOf, Undefined, numberOf, Tuple } from './values.ts';

/** Characters that mean something in HTML, or that are not ASCII, are written as escapes. */
const escaped = (char: string): string =>
  Array.from({ length: char.length }, (_, n) => `\\u${char.charCodeAt(n).toString(16).padStart(4, '0')}`).join('');

// oxlint-disable-next-line no-control-regex
const UNSAFE = /[<>&'\u007f-\uffff]/g;

/** A value as JSON that may stand in HTML: keys sorted, what is missing as `""`. @throws TemplateFault */
export function toJson(value: Value, budget: Budget, indent?: number): string {
  return budget.text(written(value, budget, indent, 0).replace(UNSAFE, escaped));
}

function written(value: Value, budget: Budget, indent: number | undefined, depth: number): string {
  budget.spend();
  if (depth > 100) throw new TemplateFault('LimitError', 'nested too deeply');
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return JSON.stringify(budget.text(value));
  if (value instanceof Undefined) return '""';
  const number = numberOf(value);
  if (number !== undefined) return shownNumber(number, isFraction(value));
  const inner = (item: Value): string => written(item, budget, indent, depth + 1);
  if (isMap(value)) {
    const entries = [...value].map(([key, item]) => [keyOf(key), item] as const);
    const sorted = entries.toSorted(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0));
    return enclosed(
      '{',
      '}',
      sorted.map(([key, item]) => `${JSON.stringify(key)}: ${inner(item)}`),
      indent,
      depth,
    );
  }
  const items = value instanceof Tuple ? value.items : value;
  if (isList(items)) return enclosed('[', ']', items.map(inner), indent, depth);
  throw new TemplateFault('TypeError', `Object of type ${kindOf(value)} is not JSON serializable`);
}

function keyOf(key: Value): string {
  if (typeof key === 'string') return key;
  if (key === null || typeof key === 'boolean') return String(key);
  const number = numberOf(key);
  if (number !== undefined) return shownNumber(number, isFraction(key));
  throw new TemplateFault('TypeError', `keys must be str, int, float, bool or None, not ${kindOf(key)}`);
}

function enclosed(begin: string, end: string, items: string[], indent: number | undefined, depth: number): string {
  if (items.length === 0 || indent === undefined) return `${begin}${items.join(', ')}${end}`;
  const line = `\n${' '.repeat(indent * (depth + 1))}`;
  return `${begin}${line}${items.join(`,${line}`)}\n${' '.repeat(indent * depth)}${end}`;
}
