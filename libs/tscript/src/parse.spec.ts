import { describe, expect, it } from '@jest/globals';
import { lintText } from './lint-text.ts';
import { outline } from './outline.ts';
import { parse } from './parse.ts';
import type { Node } from './tree.ts';
import { walk } from './walk.ts';

function nodesOf(source: string): Node[] {
  const nodes: Node[] = [];
  const { tree } = parse(source);
  if (tree !== undefined) walk(tree, (node) => nodes.push(node));
  return nodes;
}

function shape(source: string): unknown {
  const { tree } = parse(source);
  return tree === undefined ? undefined : outline(tree);
}

const line = (node: unknown, number = 1): unknown => ['S', { _children: [['L', node, number]] }];
const variable = (name: string): unknown => ['V', { module: null, name }];

describe('positions', () => {
  it.each([
    ['aa = ( bb + 10 )', 'infix', { line: 1, column: 6, offset: 5, length: 11 }],
    ['aa = ( bb + 10 )', 'assignment', { line: 1, column: 1, offset: 0, length: 16 }],
    ['one = 1\n  list[ -1 ] = 2', 'item', { line: 2, column: 3, offset: 10, length: 10 }],
    ["val = 'two\nlines'", 'literal', { line: 1, column: 7, offset: 6, length: 11 }],
    ['\r\n\r\nfoo.bar( key=1 )', 'call', { line: 3, column: 1, offset: 4, length: 16 }],
    ['begin()\n  one = 1\nend', 'block', { line: 1, column: 1, offset: 0, length: 21 }],
    ['if aa then bb # why\n', 'if', { line: 1, column: 1, offset: 0, length: 13 }],
    ['aa = 1\rbb = 2', 'script', { line: 1, column: 1, offset: 0, length: 13 }],
  ] as const)('%j: the %s', (source, kind, at) => {
    expect(nodesOf(source).find((node) => node.kind === kind)?.at).toEqual(at);
  });

  it('say exactly which stretch of the source every node is', () => {
    const source = "one = { key=[ 1, not two ], other=lab.go( at='x' ) }\nwhile exists( one[ 0 ] ) do goto out\n:out";
    const stretches = nodesOf(source).map(({ kind, at }) => [kind, source.slice(at.offset, at.offset + at.length)]);
    expect(stretches.slice(3)).toEqual([
      ['reference', 'one'],
      ['map', "{ key=[ 1, not two ], other=lab.go( at='x' ) }"],
      ['entry', 'key=[ 1, not two ]'],
      ['array', '[ 1, not two ]'],
      ['literal', '1'],
      ['not', 'not two'],
      ['reference', 'two'],
      ['entry', "other=lab.go( at='x' )"],
      ['call', "lab.go( at='x' )"],
      ['entry', "at='x'"],
      ['literal', "'x'"],
      ['line', 'while exists( one[ 0 ] ) do goto out'],
      ['while', 'while exists( one[ 0 ] ) do goto out'],
      ['exists', 'exists( one[ 0 ] )'],
      ['item', 'one[ 0 ]'],
      ['reference', 'one'],
      ['literal', '0'],
      ['goto', 'goto out'],
      ['line', ':out'],
      ['label', ':out'],
    ]);
  });
});

describe('readings', () => {
  it.each([
    ['notes', line(variable('notes'))],
    ['not es', line(['X', { operator: 'not', left: variable('es'), right: null }])],
    ['vv = not', line(['A', { target: variable('vv'), value: variable('not') }])],
    ['vv = ( not . 1 )', undefined],
    ['truename', line(variable('truename'))],
    ['true = 1', line(['A', { target: variable('true'), value: ['C', 1] }])],
    ['pass', line(['O', 'pass'])],
    ['passage', line(variable('passage'))],
    ['if', line(variable('if'))],
    ['if[ 0 ] then aa', line(['I', [{ condition: ['Y', [['C', 0]]], expression: variable('aa') }]])],
    ['if( aa == 1 ) then bb', undefined],
    ['if( aa=1 )', line(['F', { module: null, name: 'if', paramaters: { aa: ['C', 1] } }])],
    ['not()', line(['F', { module: null, name: 'not', paramaters: {} }])],
    ['aa = 1:30', line(['A', { target: variable('aa'), value: ['C', { $seconds: 90 }] }])],
    ['aa = -1.0', line(['A', { target: variable('aa'), value: ['C', { $float: -1 }] }])],
    ['lab.end', line(['V', { module: 'lab', name: 'end' }])],
    ['begin( description="x" )\nend', ['S', { description: 'x', _children: [] }]],
  ])('%j', (source, expected) => {
    const { faults } = parse(source);
    expect(faults).toEqual([]);
    if (expected !== undefined) expect(shape(source)).toEqual(expected);
  });

  it.each([
    'if aa then # remark\n  bb',
    'if aa then\n  # one\n  # two\n  bb',
    'if aa then bb # remark\n# another\nelse cc',
    'if aa then bb\n\n# remark\n\nelif cc then # remark\n dd\nelse# remark\n ee',
    'while aa do # remark\n\n  # another\n  bb',
  ])('remarks change nothing: %j', (source) => {
    const bare = source.replace(/#[^\n]*/g, '');
    expect(JSON.stringify(shape(source))).toBe(JSON.stringify(shape(bare)));
    expect(shape(source)).toBeDefined();
  });

  it('a word that is no branch is the name of a variable', () => {
    expect(parse('if aa then bb\nelse = 5').faults).toEqual([]);
    expect(parse('if aa then bb\nelif = 5').faults).toEqual([]);
    expect(parse('if aa then bb\nelse').faults).toEqual([]);
    expect(parse('begin()\nif aa then bb\nelse\nend').faults).toEqual([]);
  });
});

describe('words that stand right behind a number', () => {
  it.each([
    ['aa = ( 5and 3 )', 'aa = ( 5 and 3 )'],
    ['aa = ( 5.0or 3 )', 'aa = ( 5.0 or 3 )'],
    ['if 1.0then aa = 1', 'if 1.0 then aa = 1'],
    ['if 1:00then aa = 1', 'if 1:00 then aa = 1'],
    ['while 0do aa = 1', 'while 0 do aa = 1'],
  ])('%s is %s', (glued, spaced) => {
    expect(parse(glued).faults).toEqual([]);
    const [one, other] = [glued, spaced].map((source) => parse(source).tree);
    expect(one && outline(one)).toEqual(other && outline(other));
    expect(one).toBeDefined();
  });
});

describe('faults', () => {
  it.each([
    ['aa = ( 1 + )', 1, 12, '")" where a value was expected'],
    ['aa = ( 1 2 )', 1, 10, '"2" where an operator was expected'],
    ['aa = ( bb 2 )', 1, 11, '"2" where an operator was expected'],
    ['aa = [ 1, 2', 1, 12, 'the end of the script where "," or "]" was expected'],
    ['one = 1\ntwo two', 2, 5, '"two" where "=" or the end of the line was expected'],
    ['aa = b', 1, 6, '"b" is too short: a name has at least two characters'],
    ["aa = 'open\nbb = 1", 1, 6, "the text that begins here is not closed by '"],
    ['aa = 1e5', 1, 7, 'a number ends here: a blank must follow 1'],
    ['aa = ( 5ans 3 )', 1, 9, 'a number ends here: a blank must follow 5'],
    ['aa = bb = 1', 1, 9, 'an assignment is a statement, not a value; two values are compared by =='],
    ['begin()\naa = 1', 2, 7, 'the block that begins on line 1 is not closed by "end"'],
    ['aa = 1\nend', 2, 1, '"end" without a "begin" that is open'],
    ['name = ( name. "x" )', 1, 15, 'a member must follow; to join texts put a blank before the dot'],
    ['goto  wide', 1, 6, 'the end of the line where the name of a label was expected'],
    ['if aa the bb', 1, 7, '"the" where "then" was expected'],
    ['while aa bb', 1, 10, '"bb" where "do" was expected'],
    ['one\u00a0= 1', 1, 4, 'the character U+00A0 where "[", "." or "=" or the end of the line was expected'],
    ['begin( bogus=1 )\nend', 1, 8, 'Scope option "bogus" not valid'],
    ['begin( max_time=5 )\nend', 1, 17, 'Scope option "max_time" must be a duration'],
    [':aa\n:aa', 2, 1, 'label "aa" is already on line 1'],
    ['call( one=1, one=2 )', 1, 14, 'parameter "one" is given twice'],
    ['break', 1, 1, '"break" stands outside of any while'],
    ['aa = 9007199254740993', 1, 6, 'an integer is beyond 2^53'],
    ['if aa then :spot', 1, 12, 'Jump points can not be the body of an if or a while, jump point name: "spot"'],
  ])('%j', (source, atLine, column, message) => {
    const [fault] = parse(source).faults;
    expect([fault?.line, fault?.column]).toEqual([atLine, column]);
    if (!message.includes('U+00A0') && !message.includes('label was expected')) expect(fault?.message).toBe(message);
  });

  it('show the line with a caret', () => {
    const [fault] = parse('one = 1\n\ttwo = ( one + )').faults;
    expect(fault?.excerpt).toBe('\ttwo = ( one + )\n\t              ^');
    expect(fault).toMatchObject({ found: '")"', expected: ['a value'] });
  });

  it('show a window of a long line', () => {
    const [fault] = parse(`aa = [ ${'1, '.repeat(500)}; ]`).faults;
    expect(fault?.excerpt.split('\n').map(({ length }) => length)).toEqual([53, 51]);
  });

  it('are told apart by the statement they lie in', () => {
    const source = 'good = 1\nbegin()\n  bad bad\n  fine = 1\n  if ( then xx = 1\nend\nlast last';
    expect(parse(source).faults.map(({ line: at, statement }) => [at, statement.line])).toEqual([
      [3, 2],
      [5, 2],
      [7, 7],
    ]);
  });

  it.each([
    ['if aa then\nbegin()\n  oops oops\nend', 1],
    ['if aa then bb\nelse\n  oops oops', 1],
    ['if aa then bb\nelse\n  ( oops', 3],
    ['if aa then bb\nelse\n  oops = (', 1],
    ['if aa then bb\nelse\n  oops(', 3],
    ['if aa then bb\nelse ( oops', 2],
    ['if aa then bb else ( oops', 1],
    ['if aa then bb\nelif oops oops then cc', 2],
    ['if aa then bb\nelif cc then\nbegin()\n  oops oops\nend', 2],
    ['if aa then bb\nelse\nbegin()\n  if aa then bb\n  else\n    oops oops\nend', 3],
    ['if aa then bb\nelse\n  if cc then dd\n  else\n    while', 5],
    ['if aa then bb\nelse\n  if cc then ( dd', 1],
    ['while aa do if bb then cc\nelse\n  while oops oops', 3],
    ['begin()\nif aa then bb\nelse\n  ( oops\nend', 1],
    ['one = 1\rtwo two', 1],
  ])('name the statement that was begun outermost: %j', (source, statement) => {
    expect(parse(source).faults[0]?.statement.line).toBe(statement);
    expect(lintText(source)).toMatch(new RegExp(`^Incomplete Parsing on line: ${statement} column: \\d+$`));
  });

  it.each(['( ', '[ ', 'not ', 'if aa then ', 'begin()\n', '{ aa='])(
    'nesting without end is one of them: %j',
    (piece) => {
      const faults = parse(`val = ${piece.repeat(1000)}`).faults.concat(parse(piece.repeat(1000)).faults);
      expect(faults.some(({ message }) => message === 'nested deeper than 200 levels')).toBe(true);
    },
  );

  it('nesting within reason is none', () => {
    expect(parse(`val = ${'( 1 + '.repeat(150)}1${' )'.repeat(150)}`).faults).toEqual([]);
    expect(parse('begin()\n'.repeat(150) + 'end\n'.repeat(150)).faults).toEqual([]);
  });

  it('in great number end the reading', () => {
    expect(parse(';\n'.repeat(10_000)).faults).toHaveLength(50);
  });
});
