import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { serveWebPages } from './web-pages.ts';

@Module({})
class NothingElse {}

const PAGE =
  '<html><script src="/assets/index-1.js" nonce="CSP_NONCE"></script><style nonce="CSP_NONCE"></style></html>';

let folder: string;
let app: NestFastifyApplication;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'contractor-web-'));
  mkdirSync(path.join(folder, 'assets'));
  writeFileSync(path.join(folder, 'index.html'), PAGE);
  writeFileSync(path.join(folder, 'theme.js'), 'theme');
  writeFileSync(path.join(folder, 'assets', 'index-1.js'), 'plain');
  writeFileSync(path.join(folder, 'assets', 'index-1.js.br'), 'pressed');
  app = await NestFactory.create<NestFastifyApplication>(NothingElse, new FastifyAdapter(), { logger: false });
  await serveWebPages(app, folder);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
});

afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

const ask = async (url: string, method: 'GET' | 'HEAD' | 'POST' = 'GET', headers: Record<string, string> = {}) => {
  const { statusCode, headers: answered, body } = await app.inject({ url, method, headers });
  return { status: statusCode, headers: answered, body };
};

describe('the pages of the web UI', () => {
  it.each(['/', '/structures?site=demo', '/structure/3', '/site/a%2Fb', '/index.html', '/dots.in.it'])(
    'are the same page at %s, which is asked for anew each time',
    async (url) => {
      const { status, headers, body } = await ask(url);
      expect([status, headers['content-type'], headers['cache-control']]).toEqual([
        200,
        'text/html; charset=utf-8',
        'no-cache',
      ]);
      expect(body).toContain('<script src="/assets/index-1.js"');
    },
  );

  it('have one nonce each, in the policy for styles and in the page, and no inline script', async () => {
    const [one, other] = [await ask('/'), await ask('/')];
    const nonces = [one, other].map(({ headers, body }) => {
      const policy = String(headers['content-security-policy']).split(';');
      expect(policy).toContain("script-src 'self'");
      expect(policy).toContain("frame-ancestors 'none'");
      const nonce = /^style-src 'self' 'nonce-([\w-]{22})'$/.exec(
        policy.find((rule) => rule.startsWith('style')) ?? '',
      )?.[1];
      expect(body).toBe(PAGE.replaceAll('CSP_NONCE', String(nonce)));
      return nonce;
    });
    expect(nonces[0]).not.toBe(nonces[1]);
  });

  it('have files that are kept for ever where their name changes with their content', async () => {
    const { status, headers, body } = await ask('/assets/index-1.js', 'GET', { 'accept-encoding': 'br' });
    expect([status, body, headers['content-encoding']]).toEqual([200, 'pressed', 'br']);
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect((await ask('/assets/index-1.js')).body).toBe('plain');
    expect((await ask('/theme.js')).headers['cache-control']).toBe('no-cache');
  });

  it('tell a file that is not there, or not any more, as a problem, and no page', async () => {
    const { status, headers, body } = await ask('/assets/index-0.js');
    expect([status, headers['content-type']]).toEqual([404, 'application/problem+json; charset=utf-8']);
    expect(JSON.parse(body)).toMatchObject({ status: 404, detail: 'There is no such file of the web UI.' });
  });

  it('are read, and nothing else', async () => {
    expect((await ask('/structures', 'HEAD')).status).toBe(200);
    const { status, headers } = await ask('/structures', 'POST', { 'content-type': 'text/strange' });
    expect([status, headers['allow']]).toEqual([405, 'GET, HEAD']);
  });
});
