import { describe, expect, it } from '@jest/globals';
import { withCors } from './cors.ts';
import type { HttpHandler, HttpRequest } from './http-exchange.ts';

const UI = 'https://ui.example';
const names = { accepted: ['Accept', 'X-Sent'], exposed: ['X-Told'] };
const ALLOW: Readonly<Record<string, string>> = { Allow: 'GET, POST' };
const handle: HttpHandler = async ({ verb }) => ({ status: 200, headers: verb === 'OPTIONS' ? ALLOW : {} });

async function headersFor(verb: string, origin: string | undefined, origins: readonly string[]) {
  const request = { verb, header: (name: string) => (name === 'origin' ? origin : undefined) } as HttpRequest;
  return (await withCors(handle, origins, names)(request))?.headers;
}

const GRANTED = {
  Vary: 'Origin',
  'Access-Control-Allow-Origin': UI,
  'Access-Control-Expose-Headers': 'X-Told',
  'Access-Control-Allow-Credentials': 'true',
};
const ALLOWED = {
  'Access-Control-Allow-Methods': 'GET, POST',
  'Access-Control-Allow-Headers': 'Accept, X-Sent',
};

describe('a handler for pages of other origins', () => {
  it('is none unless an origin is named', async () => {
    expect(withCors(handle, [], names)).toBe(handle);
  });

  it.each([
    ['GET', UI, [UI], GRANTED],
    ['GET', UI, ['https://other.example', UI], GRANTED],
    ['GET', UI, ['*'], GRANTED],
    ['OPTIONS', UI, [UI], { Allow: 'GET, POST', ...GRANTED, ...ALLOWED }],
    ['GET', 'https://other.example', [UI], { Vary: 'Origin' }],
    ['GET', 'https://ui.example.org', [UI], { Vary: 'Origin' }],
    ['GET', undefined, [UI], { Vary: 'Origin' }],
    ['GET', undefined, ['*'], { Vary: 'Origin' }],
  ])('tells %s from %s, where %j may use it', async (verb, origin, origins, headers) => {
    expect(await headersFor(verb, origin, origins)).toEqual(headers);
  });

  it('has nothing to tell where nobody is left to answer', async () => {
    expect(await withCors(async () => undefined, [UI], names)({ verb: 'GET' } as HttpRequest)).toBeUndefined();
  });
});
