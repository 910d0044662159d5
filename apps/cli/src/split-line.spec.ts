import { describe, expect, it } from '@jest/globals';
import { openWords, splitLine } from './split-line.ts';

describe('a line', () => {
  it.each([
    ['', []],
    ['  ', []],
    ['a b', ['a', 'b']],
    ['  a   b ', ['a', 'b']],
    [`a 'b c' "d e"`, ['a', 'b c', 'd e']],
    [`a "" ''`, ['a', '', '']],
    [`--name='b c'`, ['--name=b c']],
    [String.raw`a\ b c\\d`, ['a b', String.raw`c\d`]],
    [String.raw`"a \"b\" \c"`, [String.raw`a "b" \c`]],
    [String.raw`'a \'`, [String.raw`a ` + '\\']],
    ['a # b', ['a']],
    ['a#b', ['a#b']],
    [`{"a":1}`, ['{a:1}']],
    [`'{"a":1}'`, ['{"a":1}']],
  ])('%j has words', (line, words) => {
    expect(splitLine(line).words).toEqual(words);
  });

  it('may lack a quotation mark', () => {
    expect(splitLine(`a "b`)).toEqual({ words: ['a', 'b'], isOpen: true, isUnfinished: true });
    expect(splitLine(`a "b"`).isUnfinished).toBe(false);
  });

  it('goes on with a new word behind a space', () => {
    expect([openWords(''), openWords('a'), openWords('a '), openWords(`a 'b `)]).toEqual([
      [''],
      ['a'],
      ['a', ''],
      ['a', 'b '],
    ]);
  });
});
