import { createHash } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { compile } from './compile.ts';

it.each(['', 'name = 1', 'text = "é ☃ 😀"\n', `text = "${'x'.repeat(10_000)}"`])(
  'a program is found by the SHA-256 of its form and its source (%#)',
  (source) => {
    expect(compile(source).hash).toBe(createHash('sha256').update(`tscript 1\n${source}`).digest('hex'));
  },
);
