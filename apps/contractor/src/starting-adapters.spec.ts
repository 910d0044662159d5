import { describe, expect, it } from '@jest/globals';
import { httpDispatcher } from '#http';
import { startingAdapters } from './starting-adapters.ts';

const dispatcher = httpDispatcher(startingAdapters, { request: () => undefined }, undefined);
const ask = (verb: string, target: string, headers: Readonly<Record<string, string>> = {}) =>
  dispatcher({
    verb,
    target,
    source: '192.0.2.1',
    hasBody: false,
    header: (name) => headers[name],
    body: async () => Buffer.alloc(0),
  });

describe('a server that is starting', () => {
  it.each([
    ['DESCRIBE', '/api/v1/', {}, '1.0'],
    ['GET', '/api/v1/Site/Site:a:', { 'cinp-version': '0.9' }, '0.9'],
    ['OPTIONS', '//api/v1/', { 'cinp-version': '7' }, '1.0'],
  ])('answers %s of %s as clients of CInP know errors', async (verb, target, headers, version) => {
    const answer = await ask(verb, target, headers);
    expect([answer?.status, answer?.headers]).toEqual([
      500,
      { 'Cinp-Version': version, 'Content-Type': 'application/json;charset=utf-8', 'Retry-After': '1' },
    ]);
    expect(JSON.parse(answer?.text ?? '')).toEqual({
      message: 'Not Ready: the server is starting; /health tells how far it has come',
    });
  });

  it.each(['/api/rest/Site/Site', '/api/rest/', '//api/rest/feed', '/config/boot_script/', '/'])(
    'answers at %s with a problem',
    async (target) => {
      const answer = await ask('GET', target);
      expect([answer?.status, answer?.headers['Content-Type'], answer?.headers['Retry-After']]).toEqual([
        503,
        'application/problem+json',
        '1',
      ]);
    },
  );
});
