import { describe, expect, it } from '@jest/globals';
import type { Refusal } from '#kernel';
import type { Model, Values } from '#api';
import { integer, map, text } from '#api';
import { exampleCatalogue } from '../test/example-catalogue.ts';
import { changes, newValues } from './given-fields.ts';

const catalogue = exampleCatalogue();
const model: Model = {
  path: 'X/Y',
  fields: {
    name: text(5, { mode: 'RC' }),
    size: integer(),
    values: map(),
    lists: map({ list: true }),
    made: text(undefined, { mode: 'RO' }),
  },
};

const faultsOf = (task: () => unknown): string[] => {
  try {
    task();
  } catch (error) {
    return (error as Refusal).faults.map(({ field, code }) => `${field} ${code}`);
  }
  return [];
};

describe('a new object', () => {
  it('is made of the fields that are given', () => {
    expect(newValues(model, { name: 'x', values: null, _links: {} }, catalogue)).toEqual({ name: 'x', values: {} });
  });

  it('names all that is at fault', () => {
    const data = { name: 'too long', size: 'x', made: null, toString: 1 };
    expect(faultsOf(() => newValues(model, data, catalogue))).toEqual([
      'toString UNKNOWN',
      'name TOO_LONG',
      'size TYPE',
      'made NOT_WRITEABLE',
    ]);
  });
});

describe('a change', () => {
  const change = (data: Values, merge: boolean) => changes(model, data, catalogue, merge);

  it('tells what is written from what is repeated', () => {
    expect(change({ name: 'x', made: 'then', size: 1 }, false)).toEqual({
      values: { size: 1 },
      repeated: { name: 'x', made: 'then' },
    });
  });

  it('replaces maps, or merges them into those that are there', () => {
    expect(change({ values: { a: 1 } }, false).values).toEqual({ values: { a: 1 } });
    const merged = change({ size: 1, values: { a: null, b: { d: 1 } } }, true).values as (object: Values) => Values;
    expect(merged({ values: { a: 1, b: { c: 1 } } })).toEqual({ size: 1, values: { b: { c: 1, d: 1 } } });
    expect(merged({})).toEqual({ size: 1, values: { b: { d: 1 } } });
  });

  it('needs no object where there is nothing to merge', () => {
    expect(change({ size: 1, values: null, lists: [{ a: 1 }] }, true).values).toEqual({
      size: 1,
      values: {},
      lists: [{ a: 1 }],
    });
  });

  it('names all that is at fault', () => {
    expect(faultsOf(() => change({ size: 'x', name: 7, other: 1 }, true))).toEqual([
      'other UNKNOWN',
      'size TYPE',
      'name TYPE',
    ]);
  });
});
