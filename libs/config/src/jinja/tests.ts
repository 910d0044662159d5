import { TemplateFault } from './fault.ts';
import type { Parameters } from './methods.ts';
import { bind, REQUIRED } from './methods.ts';
import { contains, holds } from './operators.ts';
import { shown } from './text.ts';
import type { Arguments, Run, Value } from './values.ts';
import { Callable, isFraction, isList, isMap, isThing, Undefined, numberOf, Tuple } from './values.ts';

type Test = (run: Run, value: Value, args: Arguments) => boolean;

/** A test with these parameters. */
const test =
  (name: string, parameters: Parameters, ask: (run: Run, value: Value, ...values: Value[]) => boolean): Test =>
  (run, value, args) =>
    ask(run, value, ...bind(name, parameters, args));

/** Tests without parameters. */
const plain = (asked: Readonly<Record<string, (value: Value) => boolean>>): Readonly<Record<string, Test>> =>
  Object.fromEntries(Object.entries(asked).map(([name, ask]) => [name, test(name, {}, (_, value) => ask(value))]));

const comparison = (operator: string): Test =>
  test(operator, { other: REQUIRED }, ({ budget }, value, other = null) => holds(operator, value, other, budget));

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
  ...plain({
    defined: (value) => !(value instanceof Undefined),
    undefined: (value) => value instanceof Undefined,
    none: (value) => value === null,
    boolean: (value) => typeof value === 'boolean',
    true: (value) => value === true,
    false: (value) => value === false,
    integer: (value) => typeof value === 'number' && !isFraction(value),
    float: isFraction,
    number: (value) => numberOf(value) !== undefined,
    string: (value) => typeof value === 'string',
    mapping: isMap,
    sequence: (value) => isCollection(value) || value instanceof Undefined,
    iterable: (value) => isCollection(value) || value instanceof Undefined,
    callable: (value) => value instanceof Callable || (isThing(value) && value.call !== undefined),
    escaped: () => false,
    odd: (value) => remainder(value, 2) === 1,
    even: (value) => remainder(value, 2) === 0,
    lower: (value) => cased(value, (text) => text.toLowerCase()),
    upper: (value) => cased(value, (text) => text.toUpperCase()),
  }),
  divisibleby: test('divisibleby', { num: REQUIRED }, (_, value, by = null) => {
    if (numeric(by) === 0) throw new TemplateFault('ZeroDivisionError', 'integer modulo by zero');
    return remainder(value, numeric(by)) === 0;
  }),
  sameas: test('sameas', { other: REQUIRED }, (_, value, other) => value === other),
  in: test('in', { seq: REQUIRED }, ({ budget }, value, container = null) => contains(container, value, budget)),
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
