import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { IntegralFloat, writeJson } from '#kernel';
import type { Json, JsonMap } from '#kernel';
import { readResourceFile } from './resource-file.ts';
import type { TomlNode } from './toml-tree.ts';
import { readToml } from './toml-tree.ts';
import { writeKey, writeValue } from './write-toml.ts';

/** What was read, as plain values; tables are lists of pairs. */
function plain({ value }: Pick<TomlNode, 'value'>): unknown {
  if (value instanceof Map) return [...value].map(([key, node]) => [key, plain(node)]);
  return Array.isArray(value) ? (value as TomlNode[]).map(plain) : value;
}
const read = (text: string) => plain({ value: readToml(text).root });
const told = (text: string): string[] =>
  readToml(text).faults.map(({ line, key, text: its }) => `${line}: ${key}${key === '' ? '' : ': '}${its}`);

describe('a TOML file', () => {
  it.each([
    [
      'keys in their order, also those that look like numbers',
      'b = 1\n10 = 2\n2 = 3\na = 4',
      [
        ['b', 1],
        ['10', 2],
        ['2', 3],
        ['a', 4],
      ],
    ],
    [
      'lines that end as they do on Windows',
      'a = \'\'\'\r\none\r\ntwo\r\n\'\'\'\r\nb = """\r\nthree\r\n"""\r\n',
      [
        ['a', 'one\ntwo\n'],
        ['b', 'three\n'],
      ],
    ],
    ['carriage returns that are meant', 'a = "one\\r\\ntwo"', [['a', 'one\r\ntwo']]],
    ['a byte order mark', '\uFEFFa = 1', [['a', 1]]],
    [
      'all kinds of numbers',
      'a = 1_000\nb = 0xff\nc = 0o17\nd = 0b101\ne = -5\nf = 1.5\ng = 6.5e-3',
      [
        ['a', 1000],
        ['b', 255],
        ['c', 15],
        ['d', 5],
        ['e', -5],
        ['f', 1.5],
        ['g', 0.0065],
      ],
    ],
    [
      'lists of several kinds, over several lines',
      'a = [ 1,\n "two", # three\n [ true ],\n]',
      [['a', [1, 'two', [true]]]],
    ],
    [
      'tables in tables',
      '[a]\nb.c = 1\n[a.d]\ne = { f = 2 }\n[[a.g]]\nh = 3\n[[a.g]]\nh = 4\n',
      [
        [
          'a',
          [
            ['b', [['c', 1]]],
            ['d', [['e', [['f', 2]]]]],
            ['g', [[['h', 3]], [['h', 4]]]],
          ],
        ],
      ],
    ],
    [
      'a table above one that was there first',
      '[a.b]\nc = 1\n[a]\nd = 2',
      [
        [
          'a',
          [
            ['b', [['c', 1]]],
            ['d', 2],
          ],
        ],
      ],
    ],
    ['tables of newer TOML over several lines', 'a = {\n b = 1,\n}', [['a', [['b', 1]]]]],
    [
      'names that objects have anyway',
      '__proto__ = 1\nconstructor = 2\n[toString]\nvalueOf = 3',
      [
        ['__proto__', 1],
        ['constructor', 2],
        ['toString', [['valueOf', 3]]],
      ],
    ],
  ])('has %s', (_, text, expected) => expect(read(text)).toEqual(expected));

  it('keeps whole floats', () => {
    const [, one] = readToml('a = 1.0\nb = 1e3').root;
    expect(writeJson([readToml('a = 1.0').root.get('a')?.value, one?.[1].value])).toBe('[1.0,1000.0]');
    expect(one?.[1].value).toBeInstanceOf(IntegralFloat);
  });

  it('knows the line of every value, and of the first line of a text', () => {
    const { root } = readToml("[a]\n\nb = '''\ntext'''\nc = '''text\nmore'''\n[a.d]\ne = [\n 1,\n 2,\n]");
    const tableAt = (table: ReadonlyMap<string, TomlNode>, key: string) =>
      table.get(key)?.value as Map<string, TomlNode>;
    const a = tableAt(root, 'a');
    const e = tableAt(a, 'd').get('e');
    const items = (e?.value ?? []) as TomlNode[];
    expect([root.get('a')?.line, a.get('b'), a.get('c')]).toMatchObject([
      1,
      { line: 3, textLine: 4 },
      { line: 5, textLine: 5 },
    ]);
    expect([a.get('d')?.line, e?.line, items.map(({ line }) => line)]).toEqual([7, 8, [9, 10]]);
  });

  it.each([
    [
      'a = 9007199254740993',
      ['1: a: the integer 9007199254740993 is beyond 2^53 and cannot be kept exactly; write it as a text'],
    ],
    [
      '[a]\nb = [ 1,\n -9223372036854775808 ]',
      ['3: a.b.1: the integer -9223372036854775808 is beyond 2^53 and cannot be kept exactly; write it as a text'],
    ],
    ["a = { 'b c' = inf }", ["1: a.'b c': inf is no number that can be kept"]],
    ['a = nan', ['1: a: nan is no number that can be kept']],
    ['a = 1979-05-27', ['1: a: a date or time has to be written as a text, in quotes']],
    ['a = 07:32:00', ['1: a: a date or time has to be written as a text, in quotes']],
    ['[a]\nb = 1\n\n[a]\nc = 2', ['4: the table [a] stands there twice, first on line 1; put both together']],
    ['a = { b = 1 }\n[a]', ['2: the table [a] has been given as a value before']],
    ['script = []\n[[script]]', ['2: the table [script] has been given as a value before']],
    ['a = 1\na = 2', ['2: the key a stands there twice']],
    ['[a]\nb: [ 1 ]', ['2: between the key b and its value there has to be "=", not ":"']],
    ['a = { >b:VM = 1 }', ["1: the key >b:VM has to be in quotes: '>b:VM'"]],
    ["a = '''b", ['1: not valid TOML, column 9: unterminated string constant']],
    ['a = 1 b = 2', ['1: not valid TOML, column 7: must be a newline']],
    [`a = ${'['.repeat(101)}${']'.repeat(101)}`, ['1: more than 100 tables or lists in one another']],
  ])('cannot be used where it is %j', (text, faults) => expect(told(text)).toEqual(faults));

  it.each([
    ['>a = 1', "'>a' = 1", [[1, '>a']]],
    [
      "[x]\n  <a_b:VM = [ 1,\n  2 ]\n~c = ''",
      "[x]\n  '<a_b:VM' = [ 1,\n  2 ]\n'~c' = ''",
      [
        [2, '<a_b:VM'],
        [4, '~c'],
      ],
    ],
    [
      '-a:B=1\nc:D = 2',
      "'-a:B'=1\n'c:D' = 2",
      [
        [1, '-a:B'],
        [2, 'c:D'],
      ],
    ],
    ["a = '''\n>b = 1\n'''\n>c = 2", "a = '''\n>b = 1\n'''\n'>c' = 2", [[4, '>c']]],
    [
      'a = """x\\"""\n>b = 1\n"""\n# \'\'\'\n>c = "[" # ]\n>d = 3',
      'a = """x\\"""\n>b = 1\n"""\n# \'\'\'\n\'>c\' = "[" # ]\n\'>d\' = 3',
      [
        [5, '>c'],
        [6, '>d'],
      ],
    ],
  ])('has its keys put into quotes: %j', (text, quoted, warned) => {
    const { root, warnings, faults } = readToml(text);
    expect([faults, warnings.map(({ line, key }) => [line, key])]).toEqual([[], warned]);
    expect(plain({ value: root })).toEqual(read(quoted));
  });

  it('is left alone where nothing has to be put into quotes', () =>
    expect(readToml("a = [\n'>b = 1',\n]\n-c = 2").warnings).toEqual([]));
});

/** Any text, any number that can be kept, and what can be made of them. */
const { value } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.string({ unit: 'grapheme' }),
    fc.stringMatching(/^[a"'\\\n\t ]{0,12}$/),
    fc.integer(),
    fc.maxSafeInteger(),
    fc
      .double({ noNaN: true, noDefaultInfinity: true })
      .map((one) => (Number.isInteger(one) ? new IntegralFloat(one) : one)),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.stringMatching(/^[a-z-]{1,6}$/), fc.string()), tie('value'), {
      maxKeys: 4,
      noNullPrototype: true,
    }),
  ),
}));

describe('a value that is written', () => {
  it.each([
    ['text', '"text"'],
    ['a "b" \\c', `'a "b" \\c'`],
    [`it's "this"`, `"it's \\"this\\""`],
    ['one\ntwo\n', "'''\none\ntwo\n'''"],
    ["one\n'''two", `"""\none\n'''two"""`],
    [new IntegralFloat(1), '1.0'],
    [1e-7, '1e-7'],
    [[], '[]'],
    [['a', 1], '["a", 1]'],
    [{ 'a b': 1, c: { d: true } }, `{ 'a b' = 1, c = { d = true } }`],
    [null, "{ '$null' = true }"],
    [Array.from({ length: 3 }, () => 'x'.repeat(40)), `[\n${`  "${'x'.repeat(40)}",\n`.repeat(3)}]`],
  ])('%j reads as a person would write it', (given, written) => expect(writeValue(given)).toBe(written));

  it('is read as what it was', () => {
    fc.assert(
      fc.property(value, (given) => {
        const text = `[structure.x.config_values]\nkey = ${writeValue(given)}\n`;
        const { definitions, faults } = readResourceFile('x.toml', text);
        const [definition] = definitions;
        expect(faults).toEqual([]);
        const values = definition?.kind === 'structure' ? definition.configValues : undefined;
        expect(writeJson(values)).toBe(writeJson({ key: given }));
      }),
      { numRuns: 1000 },
    );
  });

  it('stands under any key', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (key) => {
        const { root, faults } = readToml(`${writeKey(key)} = 1`);
        expect([faults, [...root.keys()]]).toEqual([[], [key]]);
      }),
    );
  });
});

describe('a resource file', () => {
  const read = (text: string) => {
    const { definitions, links, faults, warnings } = readResourceFile('a.toml', text);
    const lines = (some: typeof faults) => some.map(({ line, key, text: its }) => `${line}: ${key}: ${its}`);
    return { definitions, links, faults: lines(faults), warnings: lines(warnings) };
  };

  it.each([
    [
      'colour = 1\n[paint.red]',
      [
        '1: colour: is no entry of a resource file, and was not looked at',
        '2: paint: is no entry of a resource file, and was not looked at',
      ],
    ],
    [
      "[structure.a]\ndescription = 'x'\nfoundation_types = []",
      ['3: structure.a.foundation_types: is no key of a structure, and was not looked at'],
    ],
    ["[script.'a b']\nlanguage = 'x'", ["2: script.'a b'.language: is no key of a script, and was not looked at"]],
    ["[pxe.a]\ndescription = 'x'", []],
  ])('is warned of what is not known: %j', (text, warnings) =>
    expect(read(text)).toMatchObject({ faults: [], warnings }),
  );

  it.each([
    ["sflinks = 'a'", '1: sflinks: must be a list of pairs: [structure blueprint, foundation blueprint]'],
    [
      "sflinks = [['a', 'b'],\n['c']]",
      '2: sflinks.1: must be a list of pairs: [structure blueprint, foundation blueprint]',
    ],
    ['script = 1', '1: script: must be tables: [script.NAME]'],
    ['[[script]]\na = 1', '1: script: must be tables: [script.NAME]'],
    ['[script]\na = 1', '2: script.a: must be a table'],
    ['[script.a]\ndescription = 5', '2: script.a.description: must be a text'],
    ["[structure.a]\nparents = 'b'", '2: structure.a.parents: must be a list of texts'],
    ["[structure.a]\nparents = ['b',\n5]", '3: structure.a.parents.1: must be a text'],
    ["[structure.a]\nscripts = ['b']", '2: structure.a.scripts: must be a table: slot = script'],
    ['[structure.a.scripts]\ncreate = 5', '2: structure.a.scripts.create: must be the name of a script'],
    ['[structure.a]\nconfig_values = []', '2: structure.a.config_values: must be a table'],
    ["[foundation.a]\ntemplate = 'x'", '2: foundation.a.template: must be a table'],
    [
      '[structure.a.config_values.map]\nb = 1\n10 = 2',
      '3: structure.a.config_values.map.10: keys that are whole numbers have to stand first, in ascending order: no other order is kept here',
    ],
    [
      '[foundation.a.template]\nb = 1\n10 = 2',
      '3: foundation.a.template.10: keys that are whole numbers have to stand first, in ascending order: no other order is kept here',
    ],
  ])('has to be right: %j', (text, fault) => expect(read(text).faults).toEqual([fault]));

  it('may have numbers as the keys of configuration values themselves, in any order', () => {
    const [definition] = read(
      '[structure.a.config_values]\nb = 1\n10 = 2\n2 = 3\n[structure.a.config_values.map]\n2 = 1\n10 = 2',
    ).definitions;
    const values = definition?.kind === 'structure' ? (definition.configValues as JsonMap) : {};
    expect(writeJson(values)).toBe('{"b":1,"10":2,"2":3,"map":{"2":1,"10":2}}');
  });
});
