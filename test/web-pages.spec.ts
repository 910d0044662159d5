/** The files of the web UI as the server hands them out: the page at every path, its policy, and what browsers may keep. */
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { TestContractor, TestDatabase } from '#testing';
import { startContractor, testDatabase } from '#testing';

jest.setTimeout(600_000);

let database: TestDatabase;
let server: TestContractor;

beforeAll(async () => {
  database = await testDatabase();
  server = await startContractor({ DATABASE_URL: database.url, CONTRACTOR_SUBCONTRACTOR: 'none' });
});
afterAll(async () => {
  await server.stop();
  await database.drop();
});

const ask = (path: string, init: RequestInit = {}) => fetch(`${server.url}${path}`, init);

describe('the pages of the web UI', () => {
  it.each(['/', '/structures?site=demo', '/structure/3', '/site/a%2Fb', '/index.html', '/dots.in.it', '/healthy'])(
    'are the same page at %s, which is asked for anew each time',
    async (path) => {
      const answer = await ask(path);
      expect([answer.status, answer.headers.get('content-type'), answer.headers.get('cache-control')]).toEqual([
        200,
        'text/html; charset=utf-8',
        'no-cache',
      ]);
      expect(await answer.text()).toContain('<div id="app"></div>');
    },
  );

  it.each(['/api', '/api/nothing', '/config', '/config/nothing', '/health', '/metrics'])(
    'are not at %s, which is the server’s own',
    async (path) => {
      const answer = await ask(path);
      expect(answer.headers.get('content-type')).not.toContain('text/html');
    },
  );

  it('have one nonce each, in the policy and in the page, and no inline script', async () => {
    const nonces = await Promise.all(
      [1, 2].map(async () => {
        const answer = await ask('/');
        const policy = answer.headers.get('content-security-policy')?.split(';') ?? [];
        expect(policy).toEqual([
          "default-src 'self'",
          "script-src 'self'",
          expect.stringMatching(/^style-src 'self' 'nonce-[\w-]{22}'$/),
          "img-src 'self' data:",
          "frame-ancestors 'none'",
          "base-uri 'none'",
          "form-action 'self'",
          "object-src 'none'",
        ]);
        const nonce = /'nonce-(.+)'/.exec(policy[2] ?? '')?.[1] ?? '';
        const page = await answer.text();
        expect(page).not.toContain('CSP_NONCE');
        expect(page).toContain(`nonce="${nonce}"`);
        expect([...page.matchAll(/<script[^>]*>([^<]*)</g)].map(([, text]) => text)).toEqual(['', '']);
        return nonce;
      }),
    );
    expect(nonces[0]).not.toBe(nonces[1]);
  });

  it('have compressed files that are kept for ever where their name changes with their content', async () => {
    const script = readdirSync('dist/web/assets').find((name) => /^index-.*\.js$/.test(name));
    const answer = await ask(`/assets/${script}`, { headers: { 'Accept-Encoding': 'br' } });
    expect([answer.status, answer.headers.get('content-encoding')]).toEqual([200, 'br']);
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect((await ask('/theme.js')).headers.get('cache-control')).toBe('no-cache');
  });

  it('tell a file that is not there, or not any more, as a problem', async () => {
    const answer = await ask('/assets/index-0.js');
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ status: 404, detail: 'There is nothing at this path.' });
  });

  it('are read, and nothing else', async () => {
    expect((await ask('/structures', { method: 'HEAD' })).status).toBe(200);
    const answer = await ask('/structures', { method: 'POST', headers: { 'Content-Type': 'text/strange' }, body: 'x' });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  it('ask nobody but the server for anything', async () => {
    const page = await (await ask('/')).text();
    expect([...page.matchAll(/(?:src|href)="([^"]+)"/g)].filter(([, to]) => !to?.startsWith('/'))).toEqual([]);
  });
});
