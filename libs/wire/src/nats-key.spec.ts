import { describe, expect, it } from '@jest/globals';
import { nkeys } from '@nats-io/transport-node';
import { natsKey } from './nats-key.ts';

describe('the key that follows from a secret', () => {
  it('is one that NATS takes, always the same, another for every secret', () => {
    const keys = Array.from({ length: 4 }, (_, n) => natsKey(`token ${n}`));
    for (const { seed, publicKey } of keys) {
      expect(nkeys.fromSeed(seed).getPublicKey()).toBe(publicKey);
      expect(publicKey).toMatch(/^U[A-Z2-7]{55}$/);
      const signed = nkeys.fromSeed(seed).sign(Buffer.from('nonce'));
      expect(nkeys.fromPublic(publicKey).verify(Buffer.from('nonce'), signed)).toBe(true);
    }
    expect(new Set(keys.map(({ publicKey }) => publicKey)).size).toBe(4);
    expect(natsKey('token 3')).toEqual(keys[3]);
    expect(natsKey(Buffer.from('token 3')).publicKey).toBe(keys[3]?.publicKey);
  });
});
