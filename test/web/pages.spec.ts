import { expect, it, jest } from '@jest/globals';
import { accessibilityFindings } from '#testing/browser';
import { makePlot, SHOP_STANDING } from './make-plot.ts';
import { makeShop } from './make-shop.ts';
import { pagesOf } from './pages.ts';
import { standingJob } from './standing-job.ts';
import { ROOT, startWeb } from './start-web.ts';
import { showPage, wholePage } from './whole-page.ts';

jest.setTimeout(600_000);

const web = await startWeb();
const { browser } = web;

it('every page can be used by everybody, in light and in dark', async () => {
  const shop = await makeShop(web);
  await makePlot(web, SHOP_STANDING);
  const pages = pagesOf(shop, await standingJob(web, 'shop'));
  const page = await browser.open({ as: ROOT });
  const found: Record<string, readonly string[]> = {};
  await page.goto('/');
  for (const [name, path] of pages) {
    await showPage(page, path);
    expect([name, await page.evaluate('location.pathname + location.search')]).toEqual([name, path]);
    found[name] = await accessibilityFindings(page);
  }
  expect(found).toEqual(Object.fromEntries(pages.map(([name]) => [name, []])));
});

it('so can the page to sign in', async () => {
  const page = await browser.open();
  await page.goto('/signin');
  await page.getByLabel('Username').waitFor();
  expect(await accessibilityFindings(page)).toEqual([]);
});

it('so can the search', async () => {
  const page = await browser.open({ as: ROOT });
  await page.goto('/sites');
  await wholePage(page);
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Search' }).fill('web');
  await page.getByRole('option', { name: 'web1' }).first().waitFor();
  expect(await accessibilityFindings(page)).toEqual([]);
});
