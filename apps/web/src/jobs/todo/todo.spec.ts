import { describe, expect, it } from '@jest/globals';
import type { TodoFilter } from './todo.ts';
import { todoOf } from './todo.ts';

const FOUNDATIONS = [
  { locator: 'a1', state: 'planned', type: 'Manual', structure: 7 },
  { locator: 'a2', state: 'located', type: 'Test', structure: null },
  { locator: 'a3', state: 'built', type: 'Test', structure: 8 },
  { locator: 'a4', state: 'planned', type: 'Test', structure: 9 },
];
const DEPENDENCIES = [
  { id: 1, structure: 7, foundation: 'a4', state: 'planned' },
  { id: 2, structure: 7, foundation: 'a2', state: 'built' },
  { id: 3, structure: 8, foundation: 'a3', state: 'planned' },
  { id: 4, structure: 9, foundation: null, state: 'planned' },
];
const carriers = new Map([['a2', { model: 'Test/TestComplex', id: 'c1' }]]);
const found = (filter: Partial<TodoFilter> = {}) =>
  todoOf(FOUNDATIONS, DEPENDENCIES, carriers, { waiting: false, type: undefined, ...filter });

describe('what is still to be dealt with', () => {
  it('is what is not built, with what waits for it and what it waits for', () => {
    expect(
      found().map(({ locator, dependants, waits_for, complex }) => [locator, dependants, waits_for, complex]),
    ).toEqual([
      ['a1', 2, [], null],
      ['a2', 0, [], { model: 'Test/TestComplex', id: 'c1' }],
      ['a4', 1, [1], null],
    ]);
  });

  it('is only what waits for something, or of one type, where that is asked for', () => {
    expect(found({ waiting: true }).map(({ locator }) => locator)).toEqual(['a4']);
    expect(found({ type: 'Test' }).map(({ locator }) => locator)).toEqual(['a2', 'a4']);
    expect(found({ waiting: true, type: 'Manual' })).toEqual([]);
  });
});
