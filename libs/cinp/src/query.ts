import { IntegralFloat } from '#kernel';
/** The name of the filter that takes an expression over fields. */
export const QUERY = '_query_';

/** How deep an expression may be nested. */
const DEEPEST = 20;

/**
 * What is wrong with a filter expression and an order. No field of the API can be queried, so only the empty expression
 * and the empty order are right; everything else is told apart as it will be once fields can be.
 */
export function queryErrors({ filter, sort }: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const faults = isEmpty(filter) ? [] : nodeFaults(filter, DEEPEST);
  const unsortable = isEmpty(sort) ? undefined : sortFault(sort);
  return {
    ...(faults.length > 0 ? { filter: faults } : {}),
    ...(unsortable === undefined ? {} : { sort: unsortable }),
  };
}

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  (typeof value === 'object' && !IntegralFloat.is(value) && Object.keys(value).length === 0);

type Expression = Readonly<Record<string, unknown>>;

/** The sides of an operation that joins expressions. */
const SIDES: Readonly<Record<string, readonly string[]>> = {
  and: ['left', 'right'],
  or: ['left', 'right'],
  not: ['right'],
};

function nodeFaults(node: unknown, depth: number): string[] {
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return ['a filter must be a map'];
  if (depth === 0) return [`a filter may be nested ${DEEPEST} deep`];
  const { field, operation } = node as Expression;
  if (typeof field === 'string') return [`field "${field}" can not be queried`];
  const sides = typeof operation === 'string' && Object.hasOwn(SIDES, operation) ? SIDES[operation] : undefined;
  if (!sides) return [`unknown operation "${String(operation)}"`];
  return sides.flatMap((side) => nodeFaults((node as Expression)[side], depth - 1));
}

function sortFault(sort: unknown): string {
  if (!Array.isArray(sort)) return 'the order must be a list';
  return `field "${String(sort[0]).replace(/^~/, '')}" can not be sorted by`;
}
