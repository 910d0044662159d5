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
    [
      'ws://me:s3cret@a:1/nats?x=1',
      { hosts: ['ws://a:1/nats?x=1'], as: { user: 'me', pass: 's3cret' }, webSocket: true },
    ],
    ['wss://a,wss://[::1]:3', { hosts: ['wss://a/', 'wss://[::1]:3/'], tls: true, webSocket: true }],
  ])('%j', (text, expected) => {
    expect(readNatsAddresses(text)).toEqual({ as: undefined, tls: false, webSocket: false, ...expected });
  });

  it.each(['', ' , ', 'http://a', 'nats://', 'nats://me:s3cret@', 'nats://me:s3cret@a:b:c'])(
    '%j is refused',
    (text) => {
      expect(() => readNatsAddresses(text)).toThrow(
        /^(no NATS server is named|an address of NATS is not of the form nats:\/\/\[user:password@\]host\[:port\], with tls, ws or wss in place of nats)$/,
      );
    },
  );

  it.each([
    ['ws://a,nats://b', 'addresses of NATS begin all with ws:// or wss://, or none does'],
    ['ws://a,wss://b', 'addresses of NATS begin all with wss://, or all with ws://'],
  ])('%j do not go together', (text, message) => {
    expect(() => readNatsAddresses(text)).toThrow(message);
  });
});
