import type { Json } from '#kernel';
import { IntegralFloat, pairsOf, refuse } from '#kernel';
import { OPERATORS, OPPOSITES } from './operators.ts';
import type { Test } from './operators.ts';
import { readPattern } from './pattern.ts';
import type { At } from './values-at.ts';
import { isMap, valuesAt } from './values-at.ts';

/** Bounds of one query. */
export const MAX_DEPTH = 20;
export const MAX_CONDITIONS = 200;
export const MAX_PATH = 200;

/** Whether a document is what a query asks for. */
export type Condition = (document: At) => boolean;

type Group = Readonly<Record<string, Json>>;
type Junction = (conditions: readonly Condition[]) => Condition;

const JUNCTIONS: Readonly<Record<string, Junction>> = {
  $and: (all) => (document) => all.every((one) => one(document)),
  $or: (all) => (document) => all.some((one) => one(document)),
  $nor: (all) => (document) => !all.some((one) => one(document)),
};

/** Everything that stands behind a path and begins with `$`. */
const KNOWN = [
  ...Object.keys(OPERATORS),
  ...Object.keys(OPPOSITES),
  '$exists',
  '$not',
  '$regex',
  '$options',
  '$elemMatch',
];

/**
 * Reads a query: a documented part of the language of MongoDB, without anything that runs code or takes time beyond
 * measure. @throws Refusal naming the operator or the value that is not taken
 */
export function readQuery(query: unknown): Condition {
  const reading: Reading = { conditions: 0 };
  return matching(query, 0, reading);
}

interface Reading {
  conditions: number;
}

const refused = (code: string, text: string): Error => refuse('query', code, text);

function matching(query: unknown, depth: number, reading: Reading): Condition {
  if (depth > MAX_DEPTH) throw refused('TOO_DEEP', `a query is at most ${MAX_DEPTH} levels deep`);
  if (!isMap(query)) throw refused('TYPE', 'must be a map of paths and what is asked of them');
  const all = pairsOf(query).map(([name, asked]): Condition => {
    reading.conditions += 1;
    if (reading.conditions > MAX_CONDITIONS)
      throw refused('TOO_MANY', `a query has at most ${MAX_CONDITIONS} conditions`);
    if (!name.startsWith('$')) return conditionAt(name, asked, depth, reading);
    const junction = Object.hasOwn(JUNCTIONS, name) ? JUNCTIONS[name] : undefined;
    if (!junction) {
      const where = KNOWN.includes(name) ? 'stands behind a path only' : 'is not taken';
      throw refused(
        'UNKNOWN',
        `the operator "${name}" ${where}; in its place may stand ${Object.keys(JUNCTIONS).join(', ')}, or a path`,
      );
    }
    if (!Array.isArray(asked) || asked.length === 0)
      throw refused('INVALID', `${name} takes a list of queries, at least one`);
    return junction((asked as Json[]).map((one) => matching(one, depth + 1, reading)));
  });
  return (document) => all.every((one) => one(document));
}

function conditionAt(name: string, asked: Json, depth: number, reading: Reading): Condition {
  if (name.length > MAX_PATH) throw refused('TOO_LONG', `a path has at most ${MAX_PATH} characters`);
  const path = name.split('.');
  if (path.includes('')) throw refused('INVALID', `"${name}" is no path: names with dots between them`);
  const holds = testsOf(name, asked, depth, reading);
  return (document) => holds(valuesAt(document, path));
}

/** Whether what stands at a path is what is asked. */
type Holds = (values: readonly At[]) => boolean;

/** A map that has an operator in it has nothing else. */
function isOperators(asked: Json, name: string): asked is Group {
  if (!isMap(asked)) return false;
  const keys = Object.keys(asked);
  const own = keys.filter((key) => key.startsWith('$'));
  if (own.length > 0 && own.length < keys.length) {
    const other = keys.find((key) => !key.startsWith('$'));
    throw refused('INVALID', `at "${name}" stand operators and "${other}" side by side: either operators, or a value`);
  }
  return own.length > 0;
}

function testsOf(name: string, asked: Json, depth: number, reading: Reading): Holds {
  if (depth > MAX_DEPTH) throw refused('TOO_DEEP', `a query is at most ${MAX_DEPTH} levels deep`);
  if (!isOperators(asked, name)) return some(OPERATORS['$eq']!(asked, '$eq', name));
  const all = pairsOf(asked).flatMap(([operator, given]): Holds[] => {
    reading.conditions += 1;
    if (reading.conditions > MAX_CONDITIONS)
      throw refused('TOO_MANY', `a query has at most ${MAX_CONDITIONS} conditions`);
    return operator === '$options' ? [] : [holdsFor(name, operator, given, asked, depth, reading)];
  });
  if (Object.hasOwn(asked, '$options') && !Object.hasOwn(asked, '$regex'))
    throw refused('INVALID', `$options at "${name}" goes with $regex`);
  return (values) => all.every((one) => one(values));
}

const some =
  (test: Test): Holds =>
  (values) =>
    values.some(test);

function holdsFor(name: string, operator: string, given: Json, beside: Group, depth: number, reading: Reading): Holds {
  const own = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
  if (own) return some(own(given, operator, name));
  const opposite = Object.hasOwn(OPPOSITES, operator) ? OPPOSITES[operator]! : undefined;
  if (opposite !== undefined) return not(some(OPERATORS[opposite]!(given, operator, name)));
  switch (operator) {
    case '$exists': {
      if (typeof given !== 'boolean') throw refused('INVALID', `$exists at "${name}" takes true or false`);
      const exists = some((value) => value !== undefined);
      return given ? exists : not(exists);
    }
    case '$not':
      if (!isOperators(given, name)) throw refused('INVALID', `$not at "${name}" takes operators`);
      return not(testsOf(name, given, depth + 1, reading));
    case '$regex': {
      const options = beside['$options'] ?? '';
      if (typeof given !== 'string' || typeof options !== 'string')
        throw refused('INVALID', `$regex and $options at "${name}" take text`);
      const pattern = readPattern(given, options);
      const test: Test = (value) => typeof value === 'string' && pattern(value);
      return some((value) => test(value) || (Array.isArray(value) && (value as Json[]).some(test)));
    }
    case '$elemMatch': {
      const item = itemTest(name, given, depth, reading);
      return some((value) => Array.isArray(value) && (value as Json[]).some(item));
    }
    default:
      throw refused('UNKNOWN', `the operator "${operator}" at "${name}" is not taken; taken are ${KNOWN.join(', ')}`);
  }
}

/** What one item of a list has to be: what operators ask of it, or a map that is what a query asks for. */
function itemTest(name: string, given: Json, depth: number, reading: Reading): Test {
  if (!isMap(given) || IntegralFloat.is(given))
    throw refused('INVALID', `$elemMatch at "${name}" takes operators or a query`);
  if (isOperators(given, name) && !Object.keys(given).some((key) => Object.hasOwn(JUNCTIONS, key))) {
    const holds = testsOf(name, given, depth + 1, reading);
    return (item) => holds([item]);
  }
  const condition = matching(given, depth + 1, reading);
  return (item) => isMap(item) && condition(item);
}

const not =
  (holds: Holds): Holds =>
  (values) =>
    !holds(values);
