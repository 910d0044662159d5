import type { Budget } from './budget.ts';
import { TemplateFault } from './fault.ts';
import { formatNumber } from './number-format.ts';
import { represented, shown } from './text.ts';
import type { Value } from './values.ts';
import { isFraction, isList, isMap, kindOf, numberOf, Tuple } from './values.ts';

const DIRECTIVE = /%(?:\(([^)]*)\))?([-+ #0]*)(\d+|\*)?(?:\.(\d+|\*))?[hlL]?([\s\S]?)/g;

/** `"%s-%03d" % (name, number)`: text with values put in. @throws TemplateFault */
export function percentFormat(template: string, given: Value, budget: Budget): string {
  const values = given instanceof Tuple ? given.items : [given];
  let next = 0;
  const take = (): Value => {
    const value = values[next];
    if (value === undefined) throw new TemplateFault('TypeError', 'not enough arguments for format string');
    next += 1;
    return value;
  };
  const size = (text: string | undefined): number | undefined =>
    text === undefined ? undefined : text === '*' ? (numberOf(take()) ?? 0) : Number(text);

  const result = template.replace(
    DIRECTIVE,
    (_, name?: string, flags = '', width?: string, precision?: string, kind = '') => {
      if (kind === '%') return '%';
      const write = WRITE[kind as string];
      if (!write)
        throw new TemplateFault('ValueError', kind ? `unsupported format character '${kind}'` : 'incomplete format');
      const [wide, precise] = [size(width) ?? 0, size(precision)];
      budget.room(wide + (precise ?? 0));
      const value = name === undefined ? take() : named(given, name);
      return padded(write(value, precise, budget), wide, flags as string);
    },
  );
  if (next < values.length && !isMap(given) && !isList(given)) {
    throw new TemplateFault('TypeError', 'not all arguments converted during string formatting');
  }
  return budget.text(result);
}

function named(given: Value, name: string): Value {
  if (!isMap(given)) throw new TemplateFault('TypeError', 'format requires a mapping');
  const value = given.get(name);
  if (value === undefined) throw new TemplateFault('KeyError', `'${name}'`);
  return value;
}

function padded(text: string, width: number, flags: string): string {
  const isNumber = /^[+-]?(\d|0x)/.test(text);
  const signed =
    isNumber && !text.startsWith('-')
      ? flags.includes('+')
        ? `+${text}`
        : flags.includes(' ')
          ? ` ${text}`
          : text
      : text;
  if (flags.includes('-')) return signed.padEnd(width);
  if (!flags.includes('0') || !isNumber) return signed.padStart(width);
  const sign = /^[+ -]/.exec(signed)?.[0] ?? '';
  return sign + signed.slice(sign.length).padStart(width - sign.length, '0');
}

type Write = (value: Value, precision: number | undefined, budget: Budget) => string;

const text =
  (form: (value: Value, budget: Budget) => string): Write =>
  (value, precision, budget) =>
    precision === undefined ? form(value, budget) : form(value, budget).slice(0, precision);

function whole(value: Value, kind: string): number {
  const number = numberOf(value);
  if (number === undefined || (kind !== 'd' && isFraction(value))) {
    const needed = kind === 'd' ? 'a real number is required' : 'an integer is required';
    throw new TemplateFault('TypeError', `%${kind} format: ${needed}, not ${kindOf(value)}`);
  }
  return Math.trunc(number);
}

const decimal: Write = (value, precision = 0) => {
  const number = whole(value, 'd');
  return `${number < 0 ? '-' : ''}${String(Math.abs(number)).padStart(precision, '0')}`;
};
const based =
  (kind: string): Write =>
  (value) =>
    formatNumber(whole(value, kind), kind);
const fractional =
  (kind: string): Write =>
  (value, precision = 6) => {
    const number = numberOf(value);
    if (number === undefined) throw new TemplateFault('TypeError', `must be real number, not ${kindOf(value)}`);
    return formatNumber(number, kind, precision);
  };

const WRITE: Readonly<Record<string, Write>> = {
  s: text(shown),
  r: text(represented),
  a: text(represented),
  d: decimal,
  i: decimal,
  u: decimal,
  ...Object.fromEntries(['x', 'X', 'o'].map((kind) => [kind, based(kind)])),
  ...Object.fromEntries(['f', 'F', 'e', 'E', 'g', 'G'].map((kind) => [kind, fractional(kind)])),
  c: (value) => (typeof value === 'string' ? value : String.fromCodePoint(whole(value, 'c'))),
};
