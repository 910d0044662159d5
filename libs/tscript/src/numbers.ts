import { largestInteger } from './limits.ts';
import { ParameterError, LanguageFault } from './signals.ts';
import { type Value, float, kindOf, numeric } from './values.ts';

type Arithmetic = '+' | '-' | '*' | '/' | '%' | '^' | '&' | '|';

interface Rule {
  readonly whole: (left: number, right: number) => Value;
  readonly real: (left: number, right: number) => Value;
}

/** Applies an arithmetic operator; booleans count as 0 and 1, and one float makes the result a float. */
export function calculate(operator: Arithmetic, left: Value, right: Value, line: number): Value {
  if (typeof left === 'number' && typeof right === 'number') return rules[operator].whole(left, right);
  const [first, second] = [numeric(left), numeric(right)];
  if (first === undefined) throw new ParameterError('left of operator', 'must be numeric', line);
  if (second === undefined) throw new ParameterError('right of operator', 'must be numeric', line);
  if (kindOf(left) === 'float' || kindOf(right) === 'float') return rules[operator].real(first, second);
  const whole = rules[operator].whole(first, second);
  const flags = typeof left === 'boolean' && typeof right === 'boolean' && (operator === '&' || operator === '|');
  return flags ? whole !== 0 : whole;
}

const rules: Readonly<Record<Arithmetic, Rule>> = {
  '+': {
    whole: (left, right) => exact(left + right, () => BigInt(left) + BigInt(right)),
    real: (left, right) => float(left + right),
  },
  '-': {
    whole: (left, right) => exact(left - right, () => BigInt(left) - BigInt(right)),
    real: (left, right) => float(left - right),
  },
  '*': {
    whole: (left, right) => exact(left * right, () => BigInt(left) * BigInt(right)),
    real: (left, right) => float(left * right),
  },
  '/': { whole: divide, real: divide },
  '%': {
    whole: (left, right) => exact(remainder(left, right), () => 0n),
    real: (left, right) => float(remainder(left, right)),
  },
  '^': { whole: wholePower, real: realPower },
  '&': { whole: (left, right) => bits(left, right, 'and'), real: noBits },
  '|': { whole: (left, right) => bits(left, right, 'or'), real: noBits },
};

/** An integer result, which must be exact: at most 2^53 either way. */
function exact(result: number, precisely: () => bigint): number {
  if (Number.isSafeInteger(result)) return result + 0;
  return wholeNumber(precisely());
}

/** A big integer as an integer of the language; throws beyond 2^53. */
export function wholeNumber(big: bigint): number {
  if (big > BigInt(largestInteger) || big < -BigInt(largestInteger)) throw tooLarge();
  return Number(big);
}

function tooLarge(): LanguageFault {
  return new LanguageFault('an integer is beyond 2^53');
}

function divide(left: number, right: number): Value {
  if (right === 0) throw new LanguageFault('division by zero');
  return float(left / right);
}

function remainder(left: number, right: number): number {
  if (right === 0) throw new LanguageFault('division by zero');
  const rest = left % right;
  if (rest === 0) return right < 0 ? -0 : 0;
  return rest < 0 === right < 0 ? rest : rest + right;
}

function wholePower(left: number, right: number): Value {
  if (right < 0) return realPower(left, right);
  if (Math.abs(left) < 2) return left === -1 && right % 2 === 0 ? 1 : right === 0 ? 1 : left;
  if (right > 53) throw tooLarge();
  return wholeNumber(BigInt(left) ** BigInt(right));
}

/** Whole bases and exponents go by exact integers, so that the nearest float comes out. */
function realPower(left: number, right: number): Value {
  if (left === 0 && right < 0) throw new LanguageFault('zero cannot be raised to a negative power');
  const steps = Math.abs(right);
  const simple = Number.isSafeInteger(left) && Number.isInteger(right) && steps <= 1100;
  const result = simple ? simplePower(left, steps, right < 0) : left ** right;
  if (Number.isNaN(result) && !Number.isNaN(left) && !Number.isNaN(right)) {
    throw new LanguageFault('a negative number cannot be raised to a fraction');
  }
  if (!Number.isFinite(result) && Number.isFinite(left) && Number.isFinite(right)) {
    throw new LanguageFault('a power is too large for a float');
  }
  return float(result);
}

function simplePower(base: number, steps: number, inverse: boolean): number {
  const power = Number(BigInt(base) ** BigInt(steps));
  return inverse ? 1 / power : power;
}

function bits(left: number, right: number, mode: 'and' | 'or'): number {
  const small = left === (left | 0) && right === (right | 0);
  if (small) return mode === 'and' ? left & right : left | right;
  const [first, second] = [BigInt(left), BigInt(right)];
  return wholeNumber(mode === 'and' ? first & second : first | second);
}

function noBits(): never {
  throw new LanguageFault('floats have no bits');
}
