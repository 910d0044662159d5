import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { sha256 } from './sha256.ts';

describe('the hash', () => {
  it('is the one everybody else computes', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '\u0000', 'é', '☃', '\u{1f600}'), maxLength: 150 }),
        (text) => {
          expect(sha256(text)).toBe(createHash('sha256').update(text).digest('hex'));
        },
      ),
    );
    expect(sha256('x'.repeat(10_000))).toBe(createHash('sha256').update('x'.repeat(10_000)).digest('hex'));
  });
});
