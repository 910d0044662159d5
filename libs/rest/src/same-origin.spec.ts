import { describe, expect, it } from '@jest/globals';
import type { HttpRequest } from '#http';
import { demandOwnPage, isSameOrigin } from './same-origin.ts';

const request = (headers: Readonly<Record<string, string>>, others: Partial<HttpRequest> = {}): HttpRequest => ({
  verb: 'POST',
  target: '/api/rest/session',
  source: '127.0.0.1',
  hasBody: false,
  header: (name) => headers[name],
  body: async () => Buffer.alloc(0),
  ...others,
});

const HOST = { host: 'build.test:8080' };
const OWN = { ...HOST, origin: 'http://build.test:8080' };

describe('whether a request is from a page of this server', () => {
  it.each<readonly [string, boolean, Readonly<Record<string, string>>, Partial<HttpRequest>?]>([
    ['no browser says anything', true, HOST],
    ['the origin is the host that was asked', true, OWN],
    ['the host has the port of its scheme', true, { host: 'build.test:80', origin: 'http://build.test' }],
    ['the port is another', false, { ...HOST, origin: 'http://build.test:9000' }],
    ['the host is another', false, { ...HOST, origin: 'http://evil.test' }],
    ['the origin is opaque', false, { ...HOST, origin: 'null' }],
    ['there is no host', false, { origin: 'http://build.test' }],
    ['the page is plain, and the server is not', false, OWN, { secure: true }],
    ['both speak TLS', true, { host: 'build.test', origin: 'https://build.test' }, { secure: true }],
    ['the proxy was asked for the origin', true, { ...OWN, host: 'inner' }, { forwardedHost: 'build.test:8080' }],
    ['the browser says same-origin', true, { ...HOST, 'sec-fetch-site': 'same-origin', origin: 'http://x' }],
    ['the user typed the address', true, { ...HOST, 'sec-fetch-site': 'none' }],
    ['the browser says same-site', false, { ...OWN, 'sec-fetch-site': 'same-site' }],
    ['the browser says cross-site', false, { ...OWN, 'sec-fetch-site': 'cross-site' }],
  ])('%s: %s', (_, same, headers, others = {}) => expect(isSameOrigin(request(headers, others))).toBe(same));
});

describe('with a cookie', () => {
  const refused = (headers: Readonly<Record<string, string>>, verb: string) => {
    try {
      demandOwnPage(request(headers, { verb }));
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  };

  it.each(['POST', 'PATCH', 'DELETE', 'CALL'])('%s takes the header that no other page can send', (verb) => {
    expect(refused(OWN, verb)).toBe('With the session in a cookie this needs the header Contractor-Csrf: 1.');
    expect(refused({ ...OWN, 'contractor-csrf': '0' }, verb)).toMatch(/Contractor-Csrf/);
    expect(refused({ ...OWN, 'contractor-csrf': '1' }, verb)).toBeUndefined();
    expect(refused({ ...OWN, 'contractor-csrf': '1', 'sec-fetch-site': 'same-site' }, verb)).toMatch(/another one/);
  });

  it('reading takes a page of this server; a link may be followed from anywhere', () => {
    expect(refused(OWN, 'GET')).toBeUndefined();
    expect(refused({ ...OWN, 'sec-fetch-site': 'same-site' }, 'GET')).toMatch(/another one/);
    expect(refused({ ...OWN, 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'navigate' }, 'GET')).toBeUndefined();
    expect(refused({ ...OWN, 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'navigate' }, 'POST')).toBeDefined();
  });
});
