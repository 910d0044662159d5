import { TemplateFault } from './fault.ts';
import type { Arguments, Run, Value } from './values.ts';
import { isFraction, kindOf, Undefined, numberOf } from './values.ts';

/** Something that can be done with a value: a method, a filter. */
export type Method = (run: Run, self: Value, args: Arguments) => Value;

/** Stands for a parameter that has to be given. */
export const REQUIRED = Symbol('required');

/** Parameters in order, each with its default. */
export type Parameters = Readonly<Record<string, Value | typeof REQUIRED>>;

/** The values of parameters, in their order. @throws TemplateFault where what was handed does not fit */
export function bind(name: string, parameters: Parameters, { positional, named }: Arguments): Value[] {
  const names = Object.keys(parameters);
  if (positional.length > names.length) {
    throw wrong(`${name}() takes at most ${names.length} arguments (${positional.length} given)`);
  }
  const unknown = [...named.keys()].find((key) => !names.includes(key));
  if (unknown !== undefined) throw wrong(`${name}() got an unexpected keyword argument '${unknown}'`);
  return names.map((key, n) => {
    const given = positional[n];
    if (given !== undefined && named.has(key)) throw wrong(`${name}() got multiple values for argument '${key}'`);
    const value = given ?? named.get(key) ?? parameters[key];
    if (value === REQUIRED || value === undefined) throw wrong(`${name}() missing a required argument: '${key}'`);
    return value;
  });
}

const wrong = (message: string): TemplateFault => new TemplateFault('TypeError', message);

/** A method with these parameters. */
export const method =
  (name: string, parameters: Parameters, run: (run: Run, self: Value, ...values: Value[]) => Value): Method =>
  (state, self, args) =>
    run(state, self, ...bind(name, parameters, args));

/** A table of methods, each with its parameters. */
export const methods = (
  table: Readonly<
    Record<string, readonly [parameters: Parameters, run: (run: Run, self: Value, ...values: Value[]) => Value]>
  >,
): Readonly<Record<string, Method>> =>
  Object.fromEntries(Object.entries(table).map(([name, [parameters, run]]) => [name, method(name, parameters, run)]));

/** A value that has to be text. @throws TemplateFault */
export function textOf(value: Value | undefined): string {
  if (typeof value === 'string') return value;
  throw mismatch(value, 'a str is required');
}

/** A value that has to be a whole number. @throws TemplateFault */
export function wholeOf(value: Value | undefined): number {
  const number = value === undefined || isFraction(value) ? undefined : numberOf(value);
  if (number === undefined) throw mismatch(value, 'an integer is required');
  return number;
}

function mismatch(value: Value | undefined, needed: string): TemplateFault {
  return value instanceof Undefined ? value.fault() : wrong(`${needed}, not '${kindOf(value ?? null)}'`);
}
