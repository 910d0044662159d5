import { beforeAll, expect, it, jest } from '@jest/globals';

import { accessibilityFindings } from '#testing/browser';
import { makeShop } from './make-shop.ts';
import { pagesOf } from './pages.ts';
import { standingJob } from './standing-job.ts';
import { ROOT, startWeb } from './start-web.ts';
import { wholePage } from './whole-page.ts';

jest.setTimeout(240_000);

const web = await startWeb();
const { browser } = web;
let paths: ReadonlyMap<string, string>;
beforeAll(async () => {
  const shop = await makeShop(web);
  paths = new Map(pagesOf(shop, await standingJob(web, 'shop')));
});

const NAMES = pagesOf({ block: 0, network: 0, zone: 0, structures: {} }, 0).map(([name]) => name);

it.each(NAMES)('the page "%s" can be used by everybody, in light and in dark', async (name) => {
  const page = await browser.open({ as: ROOT });
  await page.goto(paths.get(name) ?? '');
  await wholePage(page);
  expect(await accessibilityFindings(page)).toEqual([]);
});

it('the page to sign in can be used by everybody, in light and in dark', async () => {
  const page = await browser.open();
  await page.goto('/signin');
  await page.getByLabel('Username').waitFor();
  expect(await accessibilityFindings(page)).toEqual([]);
});

it('the search can be used by everybody, in light and in dark', async () => {
  const page = await browser.open({ as: ROOT });
  await page.goto('/sites');
  await wholePage(page);
  await page.keyboard.press('Control+k');
  await page.keyboard.type('web');
  await page.getByRole('option', { name: 'web1' }).first().waitFor();
  expect(await accessibilityFindings(page)).toEqual([]);
});
