import { ADMIN_PASSWORD } from '#testing';
import type { TestBrowser } from '#testing/browser';
import type { LoadedServer } from '../loaded-server.ts';
import { print } from './print.ts';

const ROOT = { username: 'root', password: ADMIN_PASSWORD };

/** Prints what the page of structures grows by while so many events pass. */
export async function manyEvents(browser: TestBrowser, server: LoadedServer, events: number): Promise<void> {
  const page = await browser.open({ as: ROOT });
  await page.goto('/structures');
  await page.getByRole('row').nth(10).waitFor();
  const debug = await page.context().newCDPSession(page);
  const megabytes = async (): Promise<number> => {
    await debug.send('HeapProfiler.collectGarbage');
    await debug.send('HeapProfiler.collectGarbage');
    return (await debug.send('Runtime.getHeapUsage')).usedSize / 1e6;
  };
  const change = async (count: number, from: number): Promise<void> => {
    const { failed } = await server.load({
      verb: 'UPDATE',
      uri: '/api/v1/Building/Structure:{1-1000}:',
      clients: 4,
      count,
      from,
      seconds: 600,
      body: JSON.stringify({ config_values: { n: '{n}' } }),
    });
    // A few ids belong to nothing.
    if (failed > count / 100) throw new Error(`${failed} changes failed`);
  };
  // What is made at the first event stays.
  await change(500, 0);
  await page.waitForTimeout(5000);
  const before = await megabytes();
  await change(events, 500);
  await page.waitForTimeout(5000);
  const after = await megabytes();
  print(
    `heap of the page of structures`,
    `${before.toFixed(1)} MB, ${after.toFixed(1)} MB after ${events} events: ${((100 * after) / before - 100).toFixed(0)} % more`,
  );
  await browser.closePages();
}
