import { describe, expect, it } from '@jest/globals';
import { isSignedBy, newSigningKey, signatureOf, signedHeaders } from './signature.ts';

describe('the signature of a delivery', () => {
  it('is that of Standard Webhooks', () => {
    // The example that the libraries of Standard Webhooks are tested with.
    const signed = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1614265330, body: '{"test": 2432232314}' };
    expect(signatureOf('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', signed)).toBe(
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    );
  });

  it('is made by each key, so that receivers may change to the new one when they like', () => {
    const [one, other, stranger] = [newSigningKey(), newSigningKey(), newSigningKey()];
    const signed = { id: 'a', timestamp: 5, body: '{}' };
    const header = signedHeaders(signed, [one, other])['webhook-signature'] ?? '';
    expect([one, other, stranger].map((key) => isSignedBy(key, signed, header))).toEqual([true, true, false]);
    expect(isSignedBy(one, { ...signed, body: '{} ' }, header)).toBe(false);
    expect(isSignedBy(one, { ...signed, timestamp: 6 }, header)).toBe(false);
  });
});
