import { equal, order } from './compare.ts';
import type { Walk } from './limits.ts';
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

/** What an operator makes of two evaluated operands; `line` is named when an operand is refused, `walk` counts what is visited. */
export const operations: Readonly<Record<Operator, (left: Value, right: Value, line: number, walk: Walk) => Value>> = {
  '.': (left, right, _line, walk) => join(left, right, walk),
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
  '==': (left, right, _line, walk) => equal(left, right, walk),
  '!=': (left, right, _line, walk) => !equal(left, right, walk),
  '<=': (left, right, _line, walk) => order(left, right, walk) <= 0,
  '>=': (left, right, _line, walk) => order(left, right, walk) >= 0,
  '>': (left, right, _line, walk) => order(left, right, walk) > 0,
  '<': (left, right, _line, walk) => order(left, right, walk) < 0,
};
