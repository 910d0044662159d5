import { TemplateFault } from './fault.ts';
import type { Method } from './methods.ts';
import { methods, wholeOf } from './methods.ts';
import { represented, shown } from './text.ts';
import type { Value } from './values.ts';
import { fraction, integer, isFraction, kindOf, Undefined, numberOf } from './values.ts';

function numeric(value: Value): number {
  const number = numberOf(value);
  if (number !== undefined) return number;
  throw value instanceof Undefined
    ? value.fault()
    : new TemplateFault('TypeError', `a number is required, not '${kindOf(value)}'`);
}

const DECIMAL = /^\s*[+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i;
const DIGITS: Readonly<Record<number, RegExp>> = {
  2: /^\s*([+-]?)(?:0b)?([01]+)\s*$/i,
  8: /^\s*([+-]?)(?:0o)?([0-7]+)\s*$/i,
  10: /^\s*([+-]?)([\d_]+)\s*$/,
  16: /^\s*([+-]?)(?:0x)?([\da-f]+)\s*$/i,
};

/** Text as a whole number; text of a fraction is cut. */
function wholeIn(text: string, base: number): number | undefined {
  const [, sign, digits] = DIGITS[base]?.exec(text) ?? [];
  if (digits !== undefined) return Number.parseInt(`${sign}${digits.replaceAll('_', '')}`, base);
  return DECIMAL.test(text) ? Math.trunc(Number(text)) : undefined;
}

const ROUND: Readonly<Record<string, (value: number) => number>> = {
  common: halfToEven,
  ceil: Math.ceil,
  floor: Math.floor,
};

/** Halves go to the even side. */
function halfToEven(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

function rounded(value: number, precision: number, method: string): number {
  const round = Object.hasOwn(ROUND, method) ? ROUND[method] : undefined;
  if (!round) throw new TemplateFault('FilterArgumentError', 'method must be common, ceil or floor');
  if (method === 'common' && precision > 0) return Number(value.toFixed(Math.min(precision, 100)));
  return round(value * 10 ** precision) / 10 ** precision;
}

/** The filters that work on numbers, and those that make numbers of other things. */
export const numberFilters: Readonly<Record<string, Method>> = methods({
  abs: [{}, (_, self) => (isFraction(self) ? fraction(Math.abs(numeric(self))) : Math.abs(numeric(self)))],
  round: [
    { precision: 0, method: 'common' },
    (_, self, precision, method) => {
      const result = rounded(numeric(self), wholeOf(precision), shown(method));
      return isFraction(self) || method !== 'common' ? fraction(result) : result;
    },
  ],
  int: [
    { default: 0, base: 10 },
    (_, self, otherwise, base) => {
      if (self instanceof Undefined) throw self.fault();
      const number = typeof self === 'string' ? wholeIn(self, wholeOf(base)) : numberOf(self);
      return number === undefined || !Number.isFinite(number) ? otherwise : integer(Math.trunc(number));
    },
  ],
  float: [
    { default: fraction(0) },
    (_, self, otherwise) => {
      if (self instanceof Undefined) throw self.fault();
      const number = typeof self === 'string' && DECIMAL.test(self) ? Number(self.replaceAll('_', '')) : numberOf(self);
      return number === undefined ? otherwise : fraction(number);
    },
  ],
  random: [
    {},
    (_, self) => {
      throw new TemplateFault(
        'SecurityError',
        `random is not there: ${represented(self)} must render the same every time`,
      );
    },
  ],
});
