import { describe, expect, it } from '@jest/globals';
import { splitCommand } from './split-command.ts';

describe('a command that is written as one text', () => {
  it.each([
    ['httpd -f -p 80', ['httpd', '-f', '-p', '80']],
    ['  a\t b\n', ['a', 'b']],
    ['', []],
    [`sh -c 'echo "$HOME" \\ x'`, ['sh', '-c', 'echo "$HOME" \\ x']],
    [`say "two words" a"b c"d`, ['say', 'two words', 'ab cd']],
    [`"a\\"b" "c\\d" e\\ f`, ['a"b', 'c\\d', 'e f']],
    [`a '' ""`, ['a', '', '']],
    ['a\\', ['a\\']],
  ])('%j', (line, words) => {
    expect(splitCommand(line)).toEqual(words);
  });

  it.each([`echo "a`, `echo 'a`])('that ends within quotes is refused: %s', (line) => {
    expect(() => splitCommand(line)).toThrow('is not closed');
  });
});
