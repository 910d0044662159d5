import { describe, expect, it } from '@jest/globals';
import { etagOf, isKnown, positionsIn } from './etag.ts';

const TAG = etagOf(7n, { a: 1 });

it('a tag tells the position and what is shown apart', () => {
  expect(TAG).toMatch(/^"7-[\w-]{16}"$/);
  expect(etagOf(7n, { a: 1 })).toBe(TAG);
  expect(new Set([TAG, etagOf(8n, { a: 1 }), etagOf(7n, { a: 2 })]).size).toBe(3);
});

it.each<[string | undefined, boolean]>([
  [undefined, false],
  ['*', true],
  [TAG, true],
  [`W/${TAG}`, true],
  [`"1-x", ${TAG} , "y"`, true],
  ['"7-other"', false],
])('If-None-Match: %s is known: %j', (header, known) => {
  expect(isKnown(header, TAG)).toBe(known);
});

it.each<[string | undefined, readonly bigint[] | undefined]>([
  [undefined, undefined],
  ['*', undefined],
  [TAG, [7n]],
  [`${TAG}, "12-abc"`, [7n, 12n]],
  [`W/${TAG}`, []],
  ['"of another server"', []],
  ['""', []],
])('If-Match: %s is held to %j', (header, positions) => {
  expect(positionsIn(header)).toEqual(positions);
});

describe('a header that is no list of tags', () => {
  it.each(['', '7', 'W/7', '"a" "b"', '"a",', '*, "a"', '"a'])('%j is refused', (header) => {
    expect(() => positionsIn(header)).toThrow(/If-Match/);
    expect(() => isKnown(header, TAG)).toThrow(/If-None-Match/);
  });
});
