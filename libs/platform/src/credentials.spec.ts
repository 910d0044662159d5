import { describe, expect, it } from '@jest/globals';
import { Secret } from '#kernel';
import { vaultPathOf } from './credentials.ts';

describe('a text that may name an entry of the vault', () => {
  it.each([
    ['vault:/v1/secret/data/db', '/v1/secret/data/db'],
    [new Secret('vault:/v1/secret/data/db'), '/v1/secret/data/db'],
    ['/v1/secret/data/db', undefined],
    ['hunter2', undefined],
    ['', undefined],
  ])('%p', (text, path) => {
    expect(vaultPathOf(text)).toBe(path);
  });
});
