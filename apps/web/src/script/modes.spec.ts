import type { StreamParser } from '@codemirror/language';
import { StringStream } from '@codemirror/language';
import { describe, expect, it } from '@jest/globals';
import { templateMode } from './template-mode.ts';
import { tscriptMode } from './tscript-mode.ts';

/** What a mode says of a text: each word that has a kind, with its kind. */
function read<T>(mode: StreamParser<T>, text: string): string[] {
  const state = mode.startState?.(2) as T;
  return text.split('\n').flatMap((line) => {
    const stream = new StringStream(line, 2, 2);
    const found: string[] = [];
    while (!stream.eol()) {
      stream.start = stream.pos;
      const kind = mode.token(stream, state);
      if (stream.pos === stream.start) throw new Error(`no progress at ${stream.pos} of ${line}`);
      if (kind !== null) found.push(`${kind} ${stream.current()}`);
    }
    return found;
  });
}

describe('the words of TScript', () => {
  it.each([
    ['# begin', ['comment # begin']],
    ['begin( max_time=1:30 )', ['keyword begin', 'propertyName max_time', 'operator =', 'number 1:30']],
    [
      'if ( aa == -1.5 ) then',
      ['keyword if', 'variableName aa', 'operator ==', 'operator -', 'number 1.5', 'keyword then'],
    ],
    ['aa = not None', ['propertyName aa', 'operator =', 'operatorKeyword not', 'atom None']],
    [
      'test.act( name="x" )',
      ['namespace test', 'operator .', 'variableName.function act', 'propertyName name', 'operator =', 'string "x"'],
    ],
    [':again', ['labelName :again']],
    ['goto again', ['keyword goto', 'variableName again']],
    ["aa = 'one\n# two' # three", ['propertyName aa', 'operator =', "string 'one", "string # two'", 'comment # three']],
    ['delay( seconds=2 )', ['variableName.function delay', 'propertyName seconds', 'operator =', 'number 2']],
    ['ä ~', []],
  ])('%j', (line, words) => expect(read(tscriptMode, line)).toEqual(words));
});

describe('the words of templates', () => {
  it.each([
    [
      'kernel {{ url|upper }} quiet',
      ['keyword {{', 'variableName url', 'operator |', 'variableName upper', 'keyword }}'],
    ],
    [
      '{% if aa == "b" %}x',
      [
        'keyword {%',
        'operatorKeyword if',
        'operatorKeyword aa',
        'operator =',
        'operator =',
        'string "b"',
        'keyword %}',
      ],
    ],
    ['a {# one\ntwo # #} b', ['comment {#', 'comment  one', 'comment two ', 'comment #', 'comment  ', 'comment #}']],
    ['#!ipxe', ['comment #!ipxe']],
    ['{ plain }', []],
  ])('%j', (line, words) => expect(read(templateMode, line)).toEqual(words));
});
