import { describe, expect, it } from '@jest/globals';
import { isKindPattern, matchesKind } from './kind-patterns.ts';

describe('patterns of kinds', () => {
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
