import { expect, it } from '@jest/globals';
import { queryErrors } from './query.ts';

const deep = (depth: number): unknown => (depth === 0 ? {} : { operation: 'not', right: deep(depth - 1) });

it.each<[unknown, unknown]>([
  [{}, {}],
  [{ filter: null, sort: null }, {}],
  [{ filter: {}, sort: [] }, {}],
  [{ filter: { field: 'a', operation: '=', value: 1 } }, { filter: ['field "a" can not be queried'] }],
  [
    { filter: { operation: 'and', left: { field: 'a' }, right: { operation: 'or', left: { field: 'b' }, right: 1 } } },
    { filter: ['field "a" can not be queried', 'field "b" can not be queried', 'a filter must be a map'] },
  ],
  [{ filter: { operation: 'toString' } }, { filter: ['unknown operation "toString"'] }],
  [{ filter: 'a' }, { filter: ['a filter must be a map'] }],
  [{ filter: [1] }, { filter: ['a filter must be a map'] }],
  [{ filter: deep(30) }, { filter: ['a filter may be nested 20 deep'] }],
  [{ sort: 'a' }, { sort: 'the order must be a list' }],
  [{ sort: ['a', '~b'] }, { sort: 'field "a" can not be sorted by' }],
])('%j', (data, errors) => {
  expect(queryErrors(data as Readonly<Record<string, unknown>>)).toEqual(errors);
});
