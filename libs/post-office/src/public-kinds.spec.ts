import { describe, expect, it } from '@jest/globals';
import { isKindPattern, matchesKind, PUBLIC_KINDS } from './public-kinds.ts';

describe('the kinds of public events', () => {
  it('are told apart, and say of what and what', () => {
    expect(new Set(PUBLIC_KINDS).size).toBe(PUBLIC_KINDS.length);
    expect(PUBLIC_KINDS.filter((kind) => !/^[a-z_]+\.[a-z_]+$/.test(kind))).toEqual([]);
  });

  it.each([
    ['*', 'foundation.built', true],
    ['foundation.built', 'foundation.built', true],
    ['foundation.*', 'foundation.built', true],
    ['*.built', 'foundation.built', true],
    ['*.*', 'foundation.built', true],
    ['foundation.*', 'structure.built', false],
    ['*.deleted', 'foundation.built', false],
    ['foundation.built', 'foundation.forced', false],
  ])('%s names %s: %s', (pattern, kind, expected) => expect(matchesKind(pattern, kind)).toBe(expected));

  it.each([
    ['*', true],
    ['*.*', true],
    ['job.*', true],
    ['address_block.created', true],
    ['', false],
    ['job', false],
    ['job.', false],
    ['Job.*', false],
    ['job.step.*', false],
    ['j*.ended', false],
  ])('"%s" is a pattern: %s', (pattern, expected) => expect(isKindPattern(pattern)).toBe(expected));
});
