import { equal, order } from './compare.ts';
import { calculate } from './numbers.ts';
import { join } from './text.ts';
import { type Value, truth } from './values.ts';

/** The operators between two values, in the order in which the parser tries them. */
export const operators = [
  '.',
  '^',
  '*',
  '/',
  '%',
  '+',
  '-',
  '&',
  '|',
  'and',
  'or',
  '==',
  '!=',
  '<=',
  '>=',
  '>',
  '<',
] as const;

/** An operator between two values. */
export type Operator = (typeof operators)[number];

/** What an operator makes of two evaluated operands; `line` is named when an operand is refused. */
export const operations: Readonly<Record<Operator, (left: Value, right: Value, line: number) => Value>> = {
  '.': (left, right) => join(left, right),
  '^': (left, right, line) => calculate('^', left, right, line),
  '*': (left, right, line) => calculate('*', left, right, line),
  '/': (left, right, line) => calculate('/', left, right, line),
  '%': (left, right, line) => calculate('%', left, right, line),
  '+': (left, right, line) => calculate('+', left, right, line),
  '-': (left, right, line) => calculate('-', left, right, line),
  '&': (left, right, line) => calculate('&', left, right, line),
  '|': (left, right, line) => calculate('|', left, right, line),
  and: (left, right) => (truth(left) ? right : left),
  or: (left, right) => (truth(left) ? left : right),
  '==': (left, right) => equal(left, right),
  '!=': (left, right) => !equal(left, right),
  '<=': (left, right) => order(left, right) <= 0,
  '>=': (left, right) => order(left, right) >= 0,
  '>': (left, right) => order(left, right) > 0,
  '<': (left, right) => order(left, right) < 0,
};
