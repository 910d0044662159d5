import { describe, expect, it } from '@jest/globals';
import { startPage } from './start-page.ts';

const ask = async (verb: string, target: string) =>
  startPage.handle({
    verb,
    target,
    source: '192.0.2.1',
    hasBody: false,
    header: () => undefined,
    body: async () => Buffer.alloc(0),
  });

describe('the start page', () => {
  it.each(['/', '/?from=somewhere', ''])('says at %j what this is and where to go', async (target) => {
    const answer = await ask('GET', target);
    expect([answer?.status, answer?.headers['Content-Type']]).toEqual([200, 'text/html; charset=utf-8']);
    for (const place of ['/api/rest/openapi.json', '/api/v1/', '/health']) expect(answer?.text).toContain(place);
  });

  it('is read, and nothing else', async () => {
    const answer = await ask('POST', '/');
    expect([answer?.status, answer?.headers['Allow']]).toEqual([405, 'GET, HEAD']);
  });

  it.each(['/nothing', '/index.html', '//', '*', '/api', '/healthy', '/%00', 'ftp://host/'])(
    'stands alone: at %s is nothing, told as a problem',
    async (target) => {
      const answer = await ask('GET', target);
      expect([answer?.status, answer?.headers['Content-Type']]).toEqual([404, 'application/problem+json']);
      expect(JSON.parse(answer?.text ?? '')).toMatchObject({ title: 'Not Found', status: 404 });
    },
  );
});
