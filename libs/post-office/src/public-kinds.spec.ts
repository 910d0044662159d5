import { describe, expect, it } from '@jest/globals';
import { PUBLIC_KINDS } from './public-kinds.ts';

describe('the kinds of public events', () => {
  it('are told apart, and say of what and what', () => {
    expect(new Set(PUBLIC_KINDS).size).toBe(PUBLIC_KINDS.length);
    expect(PUBLIC_KINDS.filter((kind) => !/^[a-z_]+\.[a-z_]+$/.test(kind))).toEqual([]);
  });
});
