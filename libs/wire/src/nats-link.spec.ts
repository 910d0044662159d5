import { describe, expect, it } from '@jest/globals';
import { connectionOptions, type NatsSettings } from './nats-link.ts';

const options = (settings: NatsSettings) => {
  const { servers, user, pass, token, tls } = connectionOptions(settings, 1000);
  return { servers, user, pass, token, tls };
};

describe('the addresses of NATS', () => {
  it.each<[NatsSettings, object]>([
    [{ servers: 'nats://localhost' }, { servers: ['localhost'] }],
    [{ servers: 'localhost:4222' }, { servers: ['localhost:4222'] }],
    [{ servers: 'nats://a:1, b:2,nats://[::1]:3' }, { servers: ['a:1', 'b:2', '[::1]:3'] }],
    [{ servers: 'nats://me:pass%40word@a:1,b:2' }, { servers: ['a:1', 'b:2'], user: 'me', pass: 'pass@word' }],
    [{ servers: 'nats://s3cret@a:1' }, { servers: ['a:1'], token: 's3cret' }],
    [{ servers: 'tls://a:1' }, { servers: ['a:1'], tls: {} }],
    [
      { servers: 'nats://me:this@a', user: 'you', password: 'that' },
      { servers: ['a'], user: 'you', pass: 'that' },
    ],
    [
      { servers: 'nats://me:this@a', token: 't' },
      { servers: ['a'], token: 't' },
    ],
  ])('%j', (settings, expected) => {
    const none = { user: undefined, pass: undefined, token: undefined, tls: undefined };
    expect(options(settings)).toEqual({ ...none, ...expected });
  });

  it.each(['', ' , ', 'http://a', 'nats://', 'nats://me:s3cret@', 'nats://me:s3cret@a:b:c'])(
    '%j is refused',
    (servers) => {
      expect(() => options({ servers })).toThrow(/^(no NATS server is named|an address of NATS is not of the form)/);
    },
  );
});
