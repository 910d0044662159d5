import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { until } from '../until.ts';
import { accessibilityFindings } from './accessibility.ts';
import type { TestBrowser } from './browser.ts';
import { startBrowser } from './browser.ts';

jest.setTimeout(120_000);

/** What the body of each page is. */
const BODIES: Readonly<Record<string, string>> = {
  '/good': '<main><h1>Good</h1><p>all is well</p></main>',
  '/elsewhere': '<main><h1>Elsewhere</h1><img alt="" src="http://192.0.2.1/picture.png"></main>',
  '/inline': '<main><h1>Inline</h1><p style="color: red">red</p></main>',
  '/throws': '<main><h1>Throws</h1></main><script src="/throws.js"></script>',
  '/logs': '<main><h1>Logs</h1></main><script src="/logs.js"></script>',
  '/refused': '<main><h1>Refused</h1></main><script src="/refused.js"></script>',
  '/nameless': '<main><h1>Nameless</h1><input type="text"></main>',
  '/pale': '<main><h1>Pale</h1><p class="pale">hardly to be read in the dark</p></main>',
};

const SCRIPTS: Readonly<Record<string, string>> = {
  '/throws.js': 'setTimeout(() => { throw new Error("nobody catches this"); })',
  '/logs.js': 'console.error("something is wrong")',
  '/refused.js': 'await fetch("/api/refused"); document.title = "asked"',
};

const STYLE = '.pf-v6-theme-dark { background: #222; color: #fff } .pf-v6-theme-dark .pale { color: #333 }';

const server = createServer((request, response) => {
  const url = request.url ?? '';
  const send = (type: string, text: string) => {
    response.writeHead(200, { 'Content-Type': type, 'Content-Security-Policy': "default-src 'self'; img-src *" });
    response.end(text);
  };
  const body = BODIES[url];
  const script = SCRIPTS[url];
  if (body !== undefined) {
    const head = `<title>A page</title><link rel="icon" href="/style.css"><link rel="stylesheet" href="/style.css">`;
    send('text/html', `<!doctype html><html lang="en"><head>${head}</head><body>${body}</body></html>`);
  } else if (script !== undefined)
    send('text/javascript', url === '/refused.js' ? `(async () => {${script}})()` : script);
  else if (url === '/style.css') send('text/css', STYLE);
  else response.writeHead(409).end();
});

let browser: TestBrowser;
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  browser = await startBrowser(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterEach(() => browser.closePages());
afterAll(async () => {
  await browser.stop();
  server.close();
});

describe('a page of a test', () => {
  it.each([
    ['/good', []],
    ['/elsewhere', ['a request to http://192.0.2.1/picture.png', expect.stringContaining('ERR_')]],
    ['/inline', [expect.stringContaining('Content Security Policy')]],
    ['/throws', [expect.stringContaining('not caught: Error: nobody catches this')]],
    ['/logs', [expect.stringMatching(/^on the console: something is wrong \(http.*logs\.js\)$/)]],
  ])('%s is told of all it has done wrong', async (path, faults) => {
    const page = await browser.open();
    await page.goto(path, { waitUntil: 'networkidle' });
    expect(await browser.closePages()).toEqual(faults);
    expect(await browser.closePages()).toEqual([]);
  });

  it('may be refused something by the API, and what the test expects', async () => {
    const page = await browser.open({ expected: [/^something is wrong$/] });
    await page.goto('/refused');
    await until(() => page.evaluate<boolean>('document.title === "asked"'));
    await page.goto('/logs', { waitUntil: 'networkidle' });
    expect(await browser.closePages()).toEqual([]);
  });

  it('has no cookies of another', async () => {
    const cookies = '[document.cookie, document.cookie = "mine=1"][0]';
    for (const page of [await browser.open(), await browser.open()]) {
      await page.goto('/good');
      expect(await page.evaluate(cookies)).toBe('');
    }
  });
});

describe('accessibility', () => {
  it.each([
    ['/good', []],
    ['/nameless', [expect.stringMatching(/^light: label at input: /)]],
    ['/pale', [expect.stringMatching(/^dark: color-contrast at p: /)]],
  ])('of %s', async (path, findings) => {
    const page = await browser.open();
    await page.goto(path);
    expect(await accessibilityFindings(page)).toEqual(findings);
    expect(await page.evaluate('document.documentElement.className')).toBe('');
  });
});
