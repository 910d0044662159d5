import { describe, expect, it } from '@jest/globals';
import { format } from './format.ts';
import { ScriptFault } from './source-fault.ts';

const table: readonly (readonly [name: string, source: string, formatted: string])[] = [
  ['blanks', '\tcount=3  ', 'count = 3\n'],
  ['brackets', 'aa=[1,{bb=2}]\ncc=(aa==[])', 'aa = [ 1, { bb=2 } ]\ncc = ( aa == [] )\n'],
  ['calls', 'lab.go()\nlab.go(at=1,to= list[0])', 'lab.go()\nlab.go( at=1, to=list[ 0 ] )\n'],
  ['quotes', 'aa = "plain"\nbb = "it\'s"', "aa = 'plain'\nbb = \"it's\"\n"],
  ['numbers', 'aa = [ +5, 007, -0, 00.50, -1.50, 1:5 ]', 'aa = [ 5, 7, 0, 0.50, -1.50, 1:5 ]\n'],
  ['words', 'aa = [ true, False, none ]', 'aa = [ True, False, None ]\n'],
  ['one blank line at most', '\n\none = 1\n\n\n\ntwo = 2\n\n', 'one = 1\n\ntwo = 2\n'],
  ['choices', 'if aa then bb elif cc then dd else ee', 'if aa then\n  bb\nelif cc then\n  dd\nelse\n  ee\n'],
  [
    'blocks',
    "begin( description='x',max_time=1:00 )\none = 1\nbegin()\n# why\nend\nend",
    "begin( description='x', max_time=1:00 )\n  one = 1\n  begin()\n    # why\n  end\nend\n",
  ],
  ['loops', 'while not aa do\nbegin() # each\nbreak\nend', 'while not aa do\n  begin() # each\n    break\n  end\n'],
  [
    'remarks',
    '# top\none = 1   # beside\nif aa then # why\n# own\nbb # end\n# before\nelse # other\ncc',
    '# top\none = 1 # beside\nif aa then # why\n  # own\n  bb # end\n  # before\nelse # other\n  cc\n',
  ],
  ['jumps', ':aa # x\ngoto aa', ':aa # x\ngoto aa\n'],
  ['line ends', 'one = 1\r\ntwo = 2\r', 'one = 1\ntwo = 2\n'],
  ['nothing', ' \n\n', ''],
];

describe('the canonical layout', () => {
  it.each(table)('of %s', (_name, source, formatted) => {
    expect(format(source)).toBe(formatted);
    expect(format(formatted)).toBe(formatted);
  });

  it('keeps texts of several lines as they are', () => {
    expect(format("begin()\naa = 'one\n  two'\nend")).toBe("begin()\n  aa = 'one\n  two'\nend\n");
  });

  it('is refused to a source that cannot be read', () => {
    expect(() => format('aa = (')).toThrow(ScriptFault);
  });
});
