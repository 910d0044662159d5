import { describe, expect, it } from '@jest/globals';
import { isTyping, ShortcutReader } from './shortcuts.ts';

const press = (keys: readonly (readonly [string, number])[]) => {
  const reader = new ShortcutReader();
  return keys.map(([key, at]) => reader.read(key, at)?.path);
};

describe('shortcuts', () => {
  it('are two keys, one soon after the other', () => {
    expect(
      press([
        ['g', 0],
        ['s', 300],
      ]),
    ).toEqual([undefined, '/structures']);
    expect(
      press([
        ['g', 0],
        ['s', 5000],
      ]),
    ).toEqual([undefined, undefined]);
    expect(
      press([
        ['s', 0],
        ['g', 1],
        ['f', 2],
      ]),
    ).toEqual([undefined, undefined, '/foundations']);
  });

  it('begin anew behind a key that is none', () => {
    expect(
      press([
        ['g', 0],
        ['x', 1],
        ['s', 2],
      ]),
    ).toEqual([undefined, undefined, undefined]);
    expect(
      press([
        ['g', 0],
        ['g', 1],
        ['s', 2],
      ]),
    ).toEqual([undefined, undefined, '/structures']);
  });

  it('are none where one types', () => {
    expect([isTyping({ tagName: 'INPUT' }), isTyping({ isContentEditable: true }), isTyping({ tagName: 'A' })]).toEqual(
      [true, true, false],
    );
  });
});
