import { describe, expect, it } from '@jest/globals';
import { type Symbols, lint } from './lint.ts';
import { lintText } from './lint-text.ts';

const symbols: Symbols = {
  variables: ['given'],
  modules: {
    lab: {
      members: { fixed: { writable: false }, sink: { readable: false }, cell: {} },
      functions: { task: { parameters: ['name'] }, free: {} },
    },
    config: { open: true },
  },
};

function said(source: string, names?: Symbols): string[] {
  return lint(source, names).map(({ severity, kind, line, column }) => `${line}:${column} ${severity} ${kind}`);
}

describe('the linter', () => {
  it.each([
    ['aa = 1\nlab.task( name=aa )', []],
    ['goto nowhere', ['1:1 error unknown-label']],
    [':spot\naa = 1', ['1:1 warning unused-label']],
    ['goto out\naa = 1\n:out', ['2:1 warning unreachable']],
    ['while True do\nbegin()\n  break\n  aa = 1\nend', ['4:3 warning unreachable']],
    ['begin( bogus=1, max_time=5 )\nend', ['1:8 error option', '1:26 error option-type']],
    ['begin()\n:spot\nend', ['2:1 error label']],
    ['if True then\nbegin()\n:spot\nend', ['3:1 error label']],
    [':aa\ngoto aa\n:aa', ['3:1 error duplicate-label']],
    ['aa = { bb=1, bb=2 }', ['1:14 error repeated-name']],
    ['aa = bb = 1', ['1:9 error syntax']],
    ['aa = ghost', ['1:6 warning unassigned']],
    ['if exists( ghost ) then aa = 1', []],
    ['append( array=ghost, value=1 )', ['1:15 warning unassigned']],
    ['nosuch()', ['1:1 error unknown-function']],
    ['constructor()', ['1:1 error unknown-function']],
    ['len( list=[] )', ['1:1 error unknown-parameter', '1:6 error unknown-parameter']],
    ['delay( days=1 )', ['1:8 warning unknown-parameter']],
  ])('%j', (source, expected) => {
    expect(said(source)).toEqual(expected);
  });

  it.each([
    ['aa = given\nlab.task( name=aa )\nlab.free( any=1 )\naa = config.anything', []],
    ['lab.task( nome=1 )', ['1:11 error unknown-parameter']],
    ['lab.nosuch()', ['1:1 error unknown-function']],
    ['nomodule.task()', ['1:1 error unknown-module']],
    ['aa = nomodule.task', ['1:6 error unknown-module']],
    ['aa = lab.nothing', ['1:6 error unknown-member']],
    ['aa = lab.sink', ['1:6 error unknown-member']],
    ['lab.sink = 1\nlab.cell = lab.cell', []],
    ['lab.fixed = 1', ['1:1 error unknown-member']],
    ['lab.constructor()', ['1:1 error unknown-function']],
  ])('with a symbol table: %j', (source, expected) => {
    expect(said(source, symbols)).toEqual(expected);
  });

  it('has one line for those who know no other', () => {
    expect(lintText('aa = 1')).toBeNull();
    expect(lintText('goto nowhere')).toBeNull();
    expect(lintText('aa = (')).toBe('Incomplete Parsing on line: 1 column: 1');
    expect(lintText('begin( bogus=1 )\nend')).toBe('Exception Parsing "Scope option "bogus" not valid"');
    expect(lintText('begin()\n:aa\nend')).toBe(
      'Invalid Script "Jump points can not be inside begin/end blocks, jump point name: "aa"", line: 2 column: 0',
    );
    expect(lintText('begin( max_time=1 )\nend')).toBe(
      'Invalid Script "Scope option "max_time" must be a duration", line: 1 column: 17',
    );
  });
});
