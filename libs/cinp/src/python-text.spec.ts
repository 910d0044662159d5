import { describe, expect, it } from '@jest/globals';
import { fromPythonText, toPythonText } from './python-text.ts';

describe('the text of old clients', () => {
  it.each<[unknown, string | null]>([
    [null, null],
    [undefined, null],
    ['plain', 'plain'],
    ["it's", "it's"],
    [true, 'True'],
    [false, 'False'],
    [254, '254'],
    [-1.5, '-1.5'],
    [18446744073709551616n, '18446744073709551616'],
    [[], '[]'],
    [{}, '{}'],
    [['Metal', 'VM'], "['Metal', 'VM']"],
    [{ a: 1, b: null, c: [true, { d: 'e' }] }, "{'a': 1, 'b': None, 'c': [True, {'d': 'e'}]}"],
    [["it's", 'say "hi"', `it's "both"`], `["it's", 'say "hi"', 'it\\'s "both"']`],
    [['a\\b', 'line\nfeed', '\t\r', '\u0000\u007f', 'é'], `['a\\\\b', 'line\\nfeed', '\\t\\r', '\\x00\\x7f', 'é']`],
  ])('of %j is %s', (value, text) => {
    expect(toPythonText(value)).toBe(text);
  });

  it.each([
    [{ a: 1, b: null, c: [true, false, { d: 'True None' }], "it's": `"'\\\n\t\u0001é` }],
    [['a', 1.5, -3]],
    [{}],
  ])('is read back: %j', (value) => {
    expect(fromPythonText(toPythonText(value) ?? '')).toEqual(value);
  });

  it.each<[string, unknown]>([
    ['{"a": [true, null]}', { a: [true, null] }],
    ["['\\u00e9', '\\q']", ['é', 'q']],
    ["{'a': 1", undefined],
    ['__import__("os")', undefined],
    ["['a' 'b']", undefined],
    ['', undefined],
  ])('is read where it is JSON, and refused where it is neither: %s', (text, value) => {
    expect(fromPythonText(text)).toEqual(value);
  });
});
