import { describe, expect, it } from '@jest/globals';
import { agreeTerms } from './tftp-terms.ts';

describe('the terms of a transfer', () => {
  it.each([
    [{}, { blockSize: 512, window: 1, timeoutMs: 1000 }, {}],
    [{ blksize: '1432', tsize: '0' }, { blockSize: 1432 }, { blksize: '1432', tsize: '70000' }],
    [
      { blksize: '65464', windowsize: '64' },
      { blockSize: 1468, window: 16 },
      { blksize: '1468', windowsize: '16' },
    ],
    [{ timeout: '3' }, { timeoutMs: 3000 }, { timeout: '3' }],
    [
      { blksize: '7', windowsize: '0', timeout: '255', rollover: '0' },
      { blockSize: 512, window: 1, timeoutMs: 1000 },
      {},
    ],
    [{ blksize: '-8', windowsize: '1e1' }, { blockSize: 512, window: 1 }, {}],
  ])('%j are agreed to', (asked, terms, agreed) => {
    expect(agreeTerms(new Map(Object.entries(asked)), 70_000)).toMatchObject({
      ...terms,
      agreed: new Map(Object.entries(agreed)),
    });
  });
});
