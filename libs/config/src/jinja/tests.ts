import { TemplateFault } from './fault.ts';
import { contains, holds } from './operators.ts';
import { shown } from './text.ts';
import type { Arguments, Run, Value } from './values.ts';
import { Callable, isFraction, isList, isMap, isThing, Undefined, numberOf, Tuple } from './values.ts';

type Test = (run: Run, value: Value, args: Arguments) => boolean;

const comparison =
  (operator: string): Test =>
  ({ budget }, value, { positional: [other = null] }) =>
    holds(operator, value, other, budget);

function numeric(value: Value): number {
  const number = numberOf(value);
  if (number !== undefined) return number;
  throw value instanceof Undefined ? value.fault() : new TemplateFault('TypeError', 'a number is required');
}

const remainder = (value: Value, by: number): number => ((numeric(value) % by) + by) % by;
const cased = (value: Value, form: (text: string) => string): boolean => {
  const text = shown(value);
  return form(text) === text && text.toLowerCase() !== text.toUpperCase();
};
const isCollection = (value: Value): boolean =>
  typeof value === 'string' || isMap(value) || isList(value) || value instanceof Tuple;

const [eq, ne, lt, le, gt, ge] = ['eq', 'ne', 'lt', 'lteq', 'gt', 'gteq'].map(comparison) as [
  Test,
  Test,
  Test,
  Test,
  Test,
  Test,
];

/** What can be asked about a value with `is`. */
export const tests: Readonly<Record<string, Test>> = {
  defined: (_, value) => !(value instanceof Undefined),
  undefined: (_, value) => value instanceof Undefined,
  none: (_, value) => value === null,
  boolean: (_, value) => typeof value === 'boolean',
  true: (_, value) => value === true,
  false: (_, value) => value === false,
  integer: (_, value) => typeof value === 'number' && !isFraction(value),
  float: (_, value) => isFraction(value),
  number: (_, value) => numberOf(value) !== undefined,
  string: (_, value) => typeof value === 'string',
  mapping: (_, value) => isMap(value),
  sequence: (_, value) => isCollection(value) || value instanceof Undefined,
  iterable: (_, value) => isCollection(value) || value instanceof Undefined,
  callable: (_, value) => value instanceof Callable || (isThing(value) && value.call !== undefined),
  escaped: () => false,
  odd: (_, value) => remainder(value, 2) === 1,
  even: (_, value) => remainder(value, 2) === 0,
  divisibleby: (_, value, { positional: [by = 1] }) => {
    if (numeric(by) === 0) throw new TemplateFault('ZeroDivisionError', 'integer modulo by zero');
    return remainder(value, numeric(by)) === 0;
  },
  lower: (_, value) => cased(value, (text) => text.toLowerCase()),
  upper: (_, value) => cased(value, (text) => text.toUpperCase()),
  sameas: (_, value, { positional: [other = null] }) => value === other,
  in: ({ budget }, value, { positional: [container = null] }) => contains(container, value, budget),
  eq,
  equalto: eq,
  '==': eq,
  ne,
  '!=': ne,
  lt,
  lessthan: lt,
  '<': lt,
  le,
  '<=': le,
  gt,
  greaterthan: gt,
  '>': gt,
  ge,
  '>=': ge,
};
