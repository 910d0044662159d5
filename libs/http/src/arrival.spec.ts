import { describe, expect, it } from '@jest/globals';
import { arrivalOf } from './arrival.ts';

const arrival = (
  trusted: readonly string[],
  https: boolean,
  source: string,
  headers: Readonly<Record<string, string>> = {},
) =>
  arrivalOf(
    trusted,
    https,
  )?.({
    verb: 'GET',
    target: '/',
    source,
    hasBody: false,
    header: (name) => headers[name],
    body: async () => Buffer.alloc(0),
  });

const PROXY = '10.0.0.1';

describe('how a request has come', () => {
  it('is not asked where the socket tells all there is', () => expect(arrivalOf([], false)).toBeUndefined());

  it('is over TLS where the server speaks it', () =>
    expect(arrival([], true, '192.0.2.1')).toEqual({ source: '192.0.2.1', secure: true }));

  it.each([
    ['a trusted proxy says https', PROXY, 'https', true],
    ['it says so in capitals', PROXY, 'HTTPS', true],
    ['a trusted proxy says http', PROXY, 'http', false],
    ['a trusted proxy says nothing', PROXY, undefined, false],
    ['two proxies say https', PROXY, 'https, https', true],
    ['one of two proxies says http', PROXY, 'https, http', false],
    ['the client says https, and no proxy is between', '192.0.2.1', 'https', false],
  ])('where %s', (_, source, scheme, secure) => {
    const headers: Readonly<Record<string, string>> = scheme === undefined ? {} : { 'x-forwarded-proto': scheme };
    expect(arrival([PROXY], false, source, headers)?.secure).toBe(secure);
  });

  it('has the host that a trusted proxy was asked for, and the source it tells', () => {
    const said = { 'x-forwarded-host': 'build.test, inner.test', 'x-forwarded-for': '192.0.2.7' };
    expect(arrival([PROXY], false, PROXY, said)).toEqual({
      source: '192.0.2.7',
      secure: false,
      forwardedHost: 'build.test',
    });
    expect(arrival([PROXY], false, '192.0.2.1', said)).toEqual({ source: '192.0.2.1', secure: false });
  });
});
