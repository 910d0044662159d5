import { Text } from '@codemirror/state';
import { describe, expect, it } from '@jest/globals';
import { partOf } from './lint-fault.ts';

const text = Text.of(['first', '', 'third line']);
const fault = (line: number, column: number, length: number) => ({
  severity: 'error',
  kind: 'syntax',
  message: 'x',
  line,
  column,
  length,
});

describe('the place of a fault', () => {
  it.each([
    [1, 1, 5, 'first'],
    [3, 7, 4, 'line'],
    [3, 7, 0, 'l'],
    [3, 7, 400, 'line'],
    // Behind the end of a line, or of the text.
    [1, 6, 1, 't'],
    [9, 1, 3, 'thi'],
    [0, 1, 3, 'fir'],
    [2, 1, 1, ''],
  ])('line %d, column %d, %d characters is %j', (line, column, length, marked) => {
    const { from, to } = partOf(fault(line, column, length), text);
    expect(text.sliceString(from, to)).toBe(marked);
  });
});
