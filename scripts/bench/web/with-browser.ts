import type { TestBrowser } from '#testing/browser';
import { startBrowser } from '#testing/browser';
import type { LoadedServer } from '../loaded-server.ts';

/** Has a browser look at each of some servers, by their names, until what is measured is. */
export async function withBrowsers(
  servers: Readonly<Record<string, LoadedServer>>,
  measure: (browsers: Readonly<Record<string, TestBrowser>>) => Promise<void>,
): Promise<void> {
  const browsers: Record<string, TestBrowser> = {};
  try {
    for (const [name, { url }] of Object.entries(servers)) browsers[name] = await startBrowser(url);
    await measure(browsers);
  } finally {
    for (const browser of Object.values(browsers)) await browser.stop();
  }
}

/** Has a browser look at one server. */
export async function withBrowser(
  server: LoadedServer,
  measure: (browser: TestBrowser) => Promise<void>,
): Promise<void> {
  const browser = await startBrowser(server.url);
  try {
    await measure(browser);
  } finally {
    await browser.stop();
  }
}
