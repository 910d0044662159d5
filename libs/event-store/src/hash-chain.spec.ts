import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { hashOf } from './hash-chain.ts';

const event = { id: '1', type: 'Made', data: '{"n":1}', meta: '{"v":1}' };

describe('the hash of an event', () => {
  it('is SHA-256 over every part with its length in bytes before it', () => {
    const parts = '9:t-streám1:71:14:Made7:{"n":1}7:{"v":1}';
    expect(hashOf('t-streám', 7, event)).toBe(createHash('sha256').update(parts).digest('base64url'));
  });

  it.each([
    ['stream', hashOf('t-b', 0, event)],
    ['revision', hashOf('t-a', 1, event)],
    ['id', hashOf('t-a', 0, { ...event, id: '2' })],
    ['type', hashOf('t-a', 0, { ...event, type: 'Sold' })],
    ['data, be it one blank', hashOf('t-a', 0, { ...event, data: '{"n": 1}' })],
    ['metadata', hashOf('t-a', 0, { ...event, meta: '{"v":2}' })],
  ])('is another one for another %s', (_, other) => {
    expect(other).not.toBe(hashOf('t-a', 0, event));
  });

  it('does not mix up where one part ends and the next begins', () => {
    expect(hashOf('t-a', 0, { ...event, type: 'Made1', data: '2' })).not.toBe(
      hashOf('t-a', 0, { ...event, type: 'Made', data: '12' }),
    );
  });
});
