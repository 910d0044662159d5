import type { Json } from '#kernel';
import { refuse } from '#kernel';
import { isEqual, isOrdered, order } from './comparing.ts';
import type { At } from './values-at.ts';

/** Whether one of the values that stand at a path is what an operator asks for. */
export type Test = (value: At) => boolean;

/** How many values `$in`, `$nin` and `$all` take. */
export const MAX_VALUES = 1000;

const invalid = (operator: string, path: string, rule: string): Error =>
  refuse('query', 'INVALID', `${operator} at "${path}" takes ${rule}`);

/** A value itself or, where it is a list, one of its items. */
const itselfOrItem =
  (test: Test): Test =>
  (value) =>
    test(value) || (Array.isArray(value) && (value as Json[]).some(test));

/** Equality; null is also what is not there. */
export const equals = (wanted: Json): Test =>
  itselfOrItem((value) => (wanted === null ? value === null || value === undefined : isEqual(value, wanted)));

/** A comparison, between values of one kind. */
const compared =
  (fits: (ordered: number) => boolean, orEqual: boolean) =>
  (wanted: Json, operator: string, path: string): Test => {
    if (wanted === null && orEqual) return equals(null);
    if (!isOrdered(wanted)) throw invalid(operator, path, 'a number, a text, or true or false');
    return itselfOrItem((value) => {
      const ordered = order(value, wanted);
      return ordered !== undefined && fits(ordered);
    });
  };

function listed(wanted: Json, operator: string, path: string): readonly Json[] {
  if (!Array.isArray(wanted)) throw invalid(operator, path, 'a list');
  if (wanted.length > MAX_VALUES) throw invalid(operator, path, `at most ${MAX_VALUES} values`);
  return wanted as Json[];
}

const oneOf = (wanted: Json, operator: string, path: string): Test => {
  const tests = listed(wanted, operator, path).map(equals);
  return (value) => tests.some((test) => test(value));
};

/** What an operator makes of what it is given. @throws Refusal */
export type Operator = (given: Json, operator: string, path: string) => Test;

/** Operators that are fulfilled where one of the values at the path is what they ask for. */
export const OPERATORS: Readonly<Record<string, Operator>> = {
  $eq: equals,
  $gt: compared((ordered) => ordered > 0, false),
  $gte: compared((ordered) => ordered >= 0, true),
  $lt: compared((ordered) => ordered < 0, false),
  $lte: compared((ordered) => ordered <= 0, true),
  $in: oneOf,
  $all: (wanted, operator, path) => {
    const tests = listed(wanted, operator, path).map(equals);
    return (value) => tests.length > 0 && tests.every((test) => test(value));
  },
  $size: (wanted, operator, path) => {
    if (!Number.isSafeInteger(wanted) || (wanted as number) < 0) throw invalid(operator, path, 'a whole number from 0');
    return (value) => Array.isArray(value) && value.length === wanted;
  },
};

/** Operators that are fulfilled where another one is not. */
export const OPPOSITES: Readonly<Record<string, string>> = { $ne: '$eq', $nin: '$in' };
