import { describe, expect, it } from '@jest/globals';
import { Secret } from '#kernel';
import { authorizationFor, challengeIn } from './digest.ts';

describe('an answer to a challenge', () => {
  it('is that of RFC 2617, 3.5', () => {
    const header =
      'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", ' +
      'opaque="5ccc069c403ebaf9f0171e9517f40e41"';
    const login = { username: 'Mufasa', password: new Secret('Circle Of Life') };
    const asked = { method: 'GET', uri: '/dir/index.html', count: 1, cnonce: '0a4f113b' };
    const authorization = authorizationFor(challengeIn(header)!, login, asked);
    expect(authorization).toContain('response="6629fae49393a05397450978507c4ef1"');
    expect(authorization).toContain('qop=auth, nc=00000001, cnonce="0a4f113b"');
    expect(authorization).toContain('opaque="5ccc069c403ebaf9f0171e9517f40e41"');
  });

  it('is that of RFC 7616, 3.9.1, with SHA-256', () => {
    const header =
      'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, ' +
      'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"';
    const login = { username: 'Mufasa', password: new Secret('Circle of Life') };
    const cnonce = 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ';
    const asked = { method: 'GET', uri: '/dir/index.html', count: 1, cnonce };
    expect(authorizationFor(challengeIn(header)!, login, asked)).toContain(
      'response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"',
    );
  });
});

describe('a challenge', () => {
  it.each([
    [undefined],
    ['Basic realm="x"'],
    ['Digest nonce="x"'],
    ['Digest realm="x", nonce="y", algorithm=MD5-sess'],
    ['Digest realm="x", nonce="y", qop="auth-int"'],
  ])('is none that we have: %s', (header) => {
    expect(challengeIn(header)).toBeUndefined();
  });

  it.each([
    ['Digest realm="Digest:A3", nonce="y",stale="false",qop="auth"', { realm: 'Digest:A3', qop: 'auth', stale: false }],
    [
      'Basic realm="b", Digest realm="a \\"b\\"", nonce="y", stale=TRUE',
      { realm: 'a "b"', qop: undefined, stale: true },
    ],
  ])('is read: %s', (header, read) => {
    expect(challengeIn(header)).toMatchObject({ nonce: 'y', algorithm: 'MD5', ...read });
  });
});
