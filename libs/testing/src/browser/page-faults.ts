import type { BrowserContext, ConsoleMessage } from 'playwright-core';

/** What no page may do, in one sentence each, as it happens. */
export class PageFaults {
  readonly #found: string[] = [];

  /**
   * Watches all pages of a context: requests to anywhere but loopback, errors on the console (violations of the Content
   * Security Policy are written there), and errors nobody has caught.
   * @param expected texts of console errors that belong to the test
   */
  watch(context: BrowserContext, expected: readonly RegExp[]): void {
    context.on('request', (request) => {
      const url = request.url();
      if (!isLocal(url)) this.#found.push(`a request to ${url}`);
    });
    context.on('console', (message) => {
      const text = message.text();
      if (message.type() !== 'error' || isRefusal(message) || expected.some((pattern) => pattern.test(text))) return;
      const { url } = message.location();
      this.#found.push(`on the console: ${text}${url === '' ? '' : ` (${url})`}`);
    });
    context.on('weberror', (thrown) => {
      const error = thrown.error();
      this.#found.push(`not caught: ${error.stack ?? error.message}`);
    });
  }

  /** What has been found since it was last asked. */
  taken(): string[] {
    return this.#found.splice(0);
  }
}

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

function isLocal(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'data:' || protocol === 'blob:' || LOOPBACK.has(hostname);
}

/** Chromium writes every answer of the API that is a refusal to the console; what the page makes of it is for the test. */
function isRefusal(message: ConsoleMessage): boolean {
  const { url } = message.location();
  return /responded with a status of 4\d\d/.test(message.text()) && url.includes('/api/');
}
