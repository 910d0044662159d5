import { describe, expect, it } from '@jest/globals';
import { readNatsAddresses, type NatsAddresses } from './nats-addresses.ts';

describe('the addresses of NATS', () => {
  it.each<[string, Partial<NatsAddresses>]>([
    ['nats://localhost', { hosts: ['localhost'] }],
    ['localhost:4222', { hosts: ['localhost:4222'] }],
    ['nats://a:1, b:2,nats://[::1]:3', { hosts: ['a:1', 'b:2', '[::1]:3'] }],
    ['nats://me:pass%40word@a:1,b:2', { hosts: ['a:1', 'b:2'], as: { user: 'me', pass: 'pass@word' } }],
    ['a:1,nats://s3cret@b:2', { hosts: ['a:1', 'b:2'], as: { token: 's3cret' } }],
    ['tls://a:1', { hosts: ['a:1'], tls: true }],
  ])('%j', (text, expected) => {
    expect(readNatsAddresses(text)).toEqual({ as: undefined, tls: false, ...expected });
  });

  it.each(['', ' , ', 'http://a', 'nats://', 'nats://me:s3cret@', 'nats://me:s3cret@a:b:c'])(
    '%j is refused',
    (text) => {
      expect(() => readNatsAddresses(text)).toThrow(
        /^(no NATS server is named|an address of NATS is not of the form nats:\/\/\[user:password@\]host\[:port\])$/,
      );
    },
  );
});
