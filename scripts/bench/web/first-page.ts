import { ADMIN_PASSWORD } from '#testing';
import type { TestBrowser } from '#testing/browser';
import { print } from './print.ts';

const ROOT = { username: 'root', password: ADMIN_PASSWORD };

/** Kilobytes of scripts a page has fetched, compressed as they were sent. */
const SCRIPT_KILOBYTES = `performance.getEntriesByType('resource')
  .filter(({ name }) => new URL(name).pathname.endsWith('.js'))
  .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0) / 1000`;

/** Prints how much JavaScript the first page takes, for somebody who is signed in, and for somebody who is to sign in. */
export async function firstPage(browser: TestBrowser): Promise<void> {
  for (const [what, as] of [
    ['signed in', ROOT],
    ['signing in', undefined],
  ] as const) {
    const page = await browser.open(as ? { as } : {});
    await page.goto('/');
    await page
      .getByRole(as ? 'heading' : 'textbox', as ? { level: 1 } : {})
      .first()
      .waitFor();
    await page.waitForLoadState('load');
    print(`JavaScript of the first page, ${what}`, `${(await page.evaluate<number>(SCRIPT_KILOBYTES)).toFixed(0)} kB`);
  }
  await browser.closePages();
}
