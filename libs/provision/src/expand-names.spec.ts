import { describe, expect, it } from '@jest/globals';
import { array, assert, integer, property, tuple } from 'fast-check';
import { Refusal } from '#kernel';
import { expandNames, MAX_MACHINES } from './expand-names.ts';

const refusal = (patterns: readonly string[], count?: number): string => {
  try {
    return expandNames(patterns, count).join(' ');
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const [{ field, code, text } = { field: '', code: '', text: '' }] = error.faults;
    return `${field} ${code}: ${text}`;
  }
};

describe('names', () => {
  it.each<[string, readonly string[], number | undefined, string]>([
    ['are as they are', ['web', 'db1'], undefined, 'web db1'],
    ['are counted as the shell does', ['web{8..11}'], undefined, 'web8 web9 web10 web11'],
    ['have the digits that are written', ['web{08..11}'], undefined, 'web08 web09 web10 web11'],
    ['have as many as the longer end', ['web{01..100}'], undefined, expandNames(['web{001..100}']).join(' ')],
    ['go on behind the number', ['r{1..2}-x'], undefined, 'r1-x r2-x'],
    ['have the last range change first', ['r{1..2}n{1..2}'], undefined, 'r1n1 r1n2 r2n1 r2n2'],
    ['may be several', ['a{1..2}', 'b'], 3, 'a1 a2 b'],
    ['are numbered where there is a count', ['web'], 3, 'web1 web2 web3'],
    ['have as many digits as the count', ['web'], 10, expandNames(['web{01..10}']).join(' ')],
    ['go on from where they are left open', ['web{07..}'], 4, 'web07 web08 web09 web10'],
    ['go on as far as the count behind a range that ends', ['r{3..3}n{08..}'], 3, 'r3n08 r3n09 r3n10'],
    ['are those of a range that is of the count', ['web{1..2}'], 2, 'web1 web2'],
  ])('%s', (_, patterns, count, names) => {
    expect(refusal(patterns, count)).toBe(names);
  });

  it.each<[string, readonly string[], number | undefined, string]>([
    ['none', [], undefined, 'names REQUIRED: say what the machines are called'],
    [
      'an open range without a count',
      ['a{1..}'],
      undefined,
      'names INVALID_VALUE: "a{1..}": its range has no end, and there is no count',
    ],
    [
      'a range that runs back',
      ['a{3..1}'],
      undefined,
      'names INVALID_VALUE: "a{3..1}": its range ends before it begins',
    ],
    [
      'braces without a range',
      ['a{x,y}'],
      undefined,
      'names INVALID_VALUE: "a{x,y}": it has braces and no range such as {01..12} in them',
    ],
    ['one twice', ['a1', 'a{1..2}'], undefined, 'names TWICE: "a1" is named twice'],
    [
      'too many',
      ['a{0..1000}'],
      undefined,
      'names TOO_MANY: 1001 machines are more than the 1000 that one command may be about',
    ],
    [
      'too many by two ranges',
      ['a{1..999999999}{1..999999999}'],
      undefined,
      'names TOO_MANY: 999999999 machines are more than the 1000 that one command may be about',
    ],
    [
      'too many by several',
      ['a{1..600}', 'b{1..600}'],
      undefined,
      'names TOO_MANY: 1200 machines are more than the 1000 that one command may be about',
    ],
    ['another count', ['a', 'b'], 3, 'count RANGE: 3 is another number than that of the names, which are 2'],
    ['a count of nothing', ['a'], 0, 'count RANGE: 0 must be from 1 to 1000'],
    ['too large a count', ['a'], 1001, 'count RANGE: 1001 must be from 1 to 1000'],
  ])('are refused: %s', (_, patterns, count, text) => {
    expect(refusal(patterns, count)).toBe(text);
  });

  it('are as many as the ranges have, each once, and no more than a command may be about', () => {
    const range = tuple(integer({ min: 0, max: 50 }), integer({ min: 0, max: 40 }));
    assert(
      property(array(range, { minLength: 1, maxLength: 3 }), (ranges) => {
        const pattern = ranges.map(([from, more]) => `n{${from}..${from + more}}`).join('-');
        const wanted = ranges.reduce((product, [, more]) => product * (more + 1), 1);
        if (wanted > MAX_MACHINES) {
          expect(() => expandNames([pattern])).toThrow(Refusal);
          return;
        }
        const names = expandNames([pattern]);
        expect(names).toHaveLength(wanted);
        expect(new Set(names).size).toBe(wanted);
        expect(names.every((name) => /^n\d+(?:-n\d+)*$/.test(name))).toBe(true);
      }),
    );
  });
});
