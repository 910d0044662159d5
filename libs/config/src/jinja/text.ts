import { IntegralFloat } from '#kernel';
import { TemplateFault } from './fault.ts';
import type { Budget } from './budget.ts';
import type { Value } from './values.ts';
import { Callable, isList, isMap, Undefined, Tuple } from './values.ts';

const DEEPEST = 100;

/** A value as it is shown: `True`, `None`, `1.5`, `[1, 'a']`; text as it is, what is missing as nothing. */
export function shown(value: Value, budget?: Budget): string {
  if (typeof value === 'string') return value;
  return value instanceof Undefined ? '' : written(value, budget, 0);
}

/** A value as it would be written in a program: text in quotes. */
export const represented = (value: Value, budget?: Budget): string => written(value, budget, 0);

function written(value: Value, budget: Budget | undefined, depth: number): string {
  budget?.spend();
  if (depth > DEEPEST) throw new TemplateFault('LimitError', 'nested too deeply');
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return shownNumber(value);
  if (typeof value === 'string') return budget ? budget.text(quoted(value)) : quoted(value);
  if (IntegralFloat.is(value)) return shownNumber(value.valueOf(), true);
  if (value instanceof Undefined) return 'Undefined';
  if (value instanceof Callable) return `<function ${value.name}>`;
  const inner = (item: Value): string => written(item, budget, depth + 1);
  if (value instanceof Tuple) {
    return `(${value.items.map(inner).join(', ')}${value.items.length === 1 ? ',' : ''})`;
  }
  if (isMap(value)) return `{${[...value].map(([key, item]) => `${inner(key)}: ${inner(item)}`).join(', ')}}`;
  if (isList(value)) return `[${value.map(inner).join(', ')}]`;
  return value.shown?.() ?? `<${value.thing}>`;
}

/** A number in decimal; a fraction keeps its point (`3.0`) and takes an exponent below 1e-4 and from 1e16 on. */
export function shownNumber(value: number, isFraction = !Number.isInteger(value)): string {
  if (!isFraction) return String(value);
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
    const [digits = '', exponent = ''] = value.toExponential().split('e');
    const sign = exponent.startsWith('-') ? '-' : '+';
    return `${digits}e${sign}${exponent.replace(/^[+-]/, '').padStart(2, '0')}`;
  }
  return Number.isInteger(value) ? `${Object.is(value, -0) ? '-0' : value}.0` : String(value);
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Text in quotes: single ones unless it holds only those. */
export function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const inner = text.replace(/[\\\p{Cc}\p{Zl}\p{Zp}\u00a0\u00ad]/gu, (char) => {
    const code = char.codePointAt(0) ?? 0;
    return ESCAPES[char] ?? (code < 256 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`);
  });
  return `${quote}${quote === "'" ? inner.replaceAll("'", "\\'") : inner}${quote}`;
}

const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, '0');
