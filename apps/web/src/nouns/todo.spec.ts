import { describe, expect, it } from '@jest/globals';
import { needsByFoundation, todoOf } from './todo.ts';

const FOUNDATIONS = [
  { locator: 'a', state: 'built', type: 'Manual' },
  { locator: 'b', state: 'planned', type: 'Manual' },
  { locator: 'c', state: 'located', type: 'Test' },
  { locator: 'd', state: 'planned', type: 'Test' },
];
const DEPENDENCIES = [
  { foundation: 'c', state: 'built' },
  { foundation: 'c', state: 'planned' },
  { foundation: 'd', state: 'built' },
  { foundation: null, state: 'planned' },
];
const needs = needsByFoundation(DEPENDENCIES);
const found = (waits: boolean, type: string) =>
  todoOf(FOUNDATIONS, needs, { waits, type }).map(({ locator }) => locator);

describe('what is still to be done', () => {
  it('is what is not built', () => {
    expect(found(false, '')).toEqual(['b', 'c', 'd']);
    expect(found(false, 'Test')).toEqual(['c', 'd']);
  });

  it('is what waits for something that is not built', () => {
    expect(needs.get('c')).toEqual({ unmet: 1, all: 2 });
    expect(found(true, '')).toEqual(['c']);
    expect(found(true, 'Manual')).toEqual([]);
  });
});
