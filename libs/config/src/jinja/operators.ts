import type { Budget } from './budget.ts';
import { compare, isEqual } from './comparison.ts';
import { TemplateFault } from './fault.ts';
import { percentFormat } from './percent-format.ts';
import { isSecret, secretFault } from './secret-mark.ts';
import type { Value } from './values.ts';
import { fraction, integer, isFraction, isList, isMap, kindOf, made, Undefined, numberOf, Tuple } from './values.ts';

/** How operators are written, by the names of their tokens. */
const SIGNS: Readonly<Record<string, string>> = {
  add: '+',
  sub: '-',
  mul: '*',
  div: '/',
  floordiv: '//',
  mod: '%',
  pow: '** or pow()',
  lt: '<',
  lteq: '<=',
  gt: '>',
  gteq: '>=',
};

const NUMERIC: Readonly<Record<string, (left: number, right: number, isFractional: boolean) => Value>> = {
  add: (left, right, f) => number(left + right, f),
  sub: (left, right, f) => number(left - right, f),
  mul: (left, right, f) => number(left * right, f),
  div: (left, right) => fraction(left / divisor(right, 'division by zero')),
  floordiv: (left, right, f) => number(Math.floor(left / divisor(right, zero('integer division or modulo', f))), f),
  mod: (left, right, f) => number(remainder(left, divisor(right, zero('integer division or modulo', f))), f),
  pow: (left, right, f) => (right < 0 ? fraction(left ** right) : number(left ** right, f)),
};

const zero = (what: string, isFractional: boolean): string => (isFractional ? 'float modulo' : `${what} by zero`);
const number = (value: number, isFractional: boolean): Value => (isFractional ? fraction(value) : integer(value));
/** The remainder has the sign of the divisor. */
const remainder = (left: number, right: number): number => left - right * Math.floor(left / right);

function divisor(value: number, why: string): number {
  if (value === 0) throw new TemplateFault('ZeroDivisionError', why);
  return value;
}

/** What an operator between two values comes to. @throws TemplateFault */
export function operate(operator: string, left: Value, right: Value, budget: Budget): Value {
  budget.spend();
  const formats = operator === 'mod' && typeof left === 'string';
  for (const value of formats ? [] : [left, right]) if (value instanceof Undefined) throw value.fault();
  const [a, b] = [numberOf(left), numberOf(right)];
  const numeric = NUMERIC[operator];
  if (a !== undefined && b !== undefined && numeric) return numeric(a, b, isFraction(left) || isFraction(right));
  const other = OTHER[operator]?.(left, right, budget);
  if (other !== undefined) return other;
  throw new TemplateFault('TypeError', unsupported(operator, left, right));
}

function unsupported(operator: string, left: Value, right: Value): string {
  if (operator === 'add' && typeof left === 'string') return `can only concatenate str (not "${kindOf(right)}") to str`;
  if (operator === 'add' && isList(left)) return `can only concatenate list (not "${kindOf(right)}") to list`;
  if (operator === 'mul' && (typeof left === 'string' || isList(left))) {
    return `can't multiply sequence by non-int of type '${kindOf(right)}'`;
  }
  return `unsupported operand type(s) for ${SIGNS[operator]}: '${kindOf(left)}' and '${kindOf(right)}'`;
}

type Operate = (left: Value, right: Value, budget: Budget) => Value | undefined;

const OTHER: Readonly<Record<string, Operate>> = {
  add: (left, right, budget) => {
    if (typeof left === 'string' && typeof right === 'string') {
      budget.room(left.length + right.length);
      return left + right;
    }
    if (isList(left) && isList(right)) {
      budget.spend(left.length + right.length);
      return made([...left, ...right]);
    }
    if (left instanceof Tuple && right instanceof Tuple) {
      budget.spend(left.items.length + right.items.length);
      return new Tuple([...left.items, ...right.items]);
    }
    return undefined;
  },
  mul: (left, right, budget) => repeated(left, right, budget) ?? repeated(right, left, budget),
  mod: (left, right, budget) => (typeof left === 'string' ? percentFormat(left, right, budget) : undefined),
};

function repeated(what: Value, times: Value, budget: Budget): Value | undefined {
  const count = isFraction(times) ? undefined : numberOf(times);
  if (count === undefined) return undefined;
  const n = Math.max(0, count);
  if (typeof what === 'string') {
    budget.room(what.length * n);
    return what.repeat(n);
  }
  const items = what instanceof Tuple ? what.items : isList(what) ? what : undefined;
  if (items === undefined) return undefined;
  budget.spend(items.length * n);
  const all = Array.from({ length: n }, () => items).flat();
  return what instanceof Tuple ? new Tuple(all) : made(all);
}

/** Whether a comparison holds. @throws TemplateFault where the two cannot be compared */
export function holds(operator: string, left: Value, right: Value, budget: Budget): boolean {
  budget.spend();
  const check = COMPARISONS[operator];
  if (!check) throw new Error(`there is no comparison ${operator}`);
  if (isSecret(left) || isSecret(right)) throw secretFault('compared');
  return check(left, right, budget);
}

const COMPARISONS: Readonly<Record<string, (left: Value, right: Value, budget: Budget) => boolean>> = {
  eq: (left, right, budget) => isEqual(left, right, budget),
  ne: (left, right, budget) => !isEqual(left, right, budget),
  lt: (left, right, budget) => compare(left, right, budget, '<') < 0,
  lteq: (left, right, budget) => compare(left, right, budget, '<=') <= 0,
  gt: (left, right, budget) => compare(left, right, budget, '>') > 0,
  gteq: (left, right, budget) => compare(left, right, budget, '>=') >= 0,
  in: (left, right, budget) => contains(right, left, budget),
  notin: (left, right, budget) => !contains(right, left, budget),
};

/** Whether a value is in another. @throws TemplateFault where nothing can be in that */
export function contains(container: Value, value: Value, budget: Budget): boolean {
  if (typeof container === 'string') {
    budget.room(container.length);
    if (typeof value === 'string') return container.includes(value);
    const what = `'in <string>' requires string as left operand, not ${kindOf(value)}`;
    throw value instanceof Undefined ? value.fault() : new TemplateFault('TypeError', what);
  }
  if (isMap(container)) return container.has(value);
  if (container instanceof Undefined) return false;
  const items = container instanceof Tuple ? container.items : container;
  if (!isList(items)) throw new TemplateFault('TypeError', `argument of type '${kindOf(container)}' is not iterable`);
  return items.some((item) => isEqual(item, value, budget));
}

/** A number with its sign turned, or as it is. @throws TemplateFault */
export function signed(sign: 'negative' | 'positive', value: Value): Value {
  if (value instanceof Undefined) throw value.fault();
  const plain = numberOf(value);
  if (plain === undefined) {
    throw new TemplateFault(
      'TypeError',
      `bad operand type for unary ${sign === 'negative' ? '-' : '+'}: '${kindOf(value)}'`,
    );
  }
  return number(sign === 'negative' ? 0 - plain : plain, isFraction(value));
}
