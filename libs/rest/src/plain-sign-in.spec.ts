import { describe, expect, it } from '@jest/globals';
import { isPrivate } from './plain-sign-in.ts';

const LOCAL = { host: '127.0.0.1:8080' };

describe('whether nobody else sees what is sent', () => {
  it.each<readonly [string, boolean, string, Readonly<Record<string, string>>, boolean?]>([
    ['a program on this machine', true, '127.0.0.1', LOCAL],
    ['a browser on this machine', true, '127.0.0.1', { ...LOCAL, origin: 'http://127.0.0.1:8080' }],
    ['one that uses the name', true, '::1', { host: 'localhost:8080', origin: 'http://localhost:8080' }],
    ['one that uses IPv6', true, '::1', { host: '[::1]:8080', origin: 'http://[::1]:8080' }],
    ['another machine', false, '192.0.2.1', LOCAL],
    ['another machine, over TLS', true, '192.0.2.1', { host: 'build.test' }, true],
    ['a proxy on this machine that says for whom', false, '127.0.0.1', { ...LOCAL, 'x-forwarded-for': '192.0.2.1' }],
    ['a proxy on this machine that says so anew', false, '127.0.0.1', { ...LOCAL, forwarded: 'for=192.0.2.1' }],
    ['a proxy on this machine that passes the name on', false, '127.0.0.1', { host: 'build.test' }],
    ['a proxy that passes nothing on but the origin', false, '127.0.0.1', { ...LOCAL, origin: 'https://build.test' }],
    ['a proxy for this machine', true, '127.0.0.1', { ...LOCAL, 'x-forwarded-for': '127.0.0.1' }],
    ['a name that only begins like this machine', false, '127.0.0.1', { host: 'localhost.evil.test' }],
    ['a page that nobody knows the origin of', false, '127.0.0.1', { ...LOCAL, origin: 'null' }],
  ])('%s: %s', (_, expected, source, headers, secure = false) => {
    const request = {
      verb: 'POST',
      target: '/',
      source,
      secure,
      hasBody: false,
      header: (name: string) => headers[name],
      body: async () => Buffer.alloc(0),
    };
    expect(isPrivate(request)).toBe(expected);
  });
});
