import { describe, expect, it } from '@jest/globals';
import { readPythonLiteral } from './python-literal.ts';

describe('what Python writes', () => {
  it.each([
    ['{}', {}],
    ["{'a': 1, 'b': [1.5, -2, True, False, None]}", { a: 1, b: [1.5, -2, true, false, null] }],
    [
      `{'name': "it's", 'say': 'a "b"', 'line': 'x\\ny', 'back': 'a\\\\b'}`,
      { name: "it's", say: 'a "b"', line: 'x\ny', back: 'a\\b' },
    ],
    ["['VM', 'Metal']", ['VM', 'Metal']],
    ["'text'", 'text'],
    ['{1: 2}', { '1': 2 }],
  ])('is read: %s', (text, value) => expect(readPythonLiteral(text)).toEqual(value));

  it.each(['', '{', "{'a'}", "{'a': }", '[1 2]', 'None None', '<object at 0x1>'])(
    'is told from what is none: %s',
    (text) => expect(readPythonLiteral(text)).toBeUndefined(),
  );
});
