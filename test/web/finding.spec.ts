import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { makePlot, SHOP_STANDING } from './make-plot.ts';
import { MACS, makeShop } from './make-shop.ts';
import { ROOT, startWeb } from './start-web.ts';

jest.setTimeout(180_000);

const web = await startWeb();
const { browser, rest } = web;
let structures: Readonly<Record<string, number>>;
beforeAll(async () => ({ structures } = await makeShop(web)));

/** Opens the search by its keys, and types. */
async function search(page: Page, text: string): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Search' }).waitFor();
  await page.keyboard.type(text);
}

/** Closes it. */
async function close(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await page.getByRole('combobox', { name: 'Search' }).waitFor({ state: 'detached' });
}

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name });

describe('the search', () => {
  it('finds a host by its MAC, with the keys alone', async () => {
    const page = await browser.open({ as: ROOT });
    await page.goto('/sites');
    await search(page, MACS['web1']!.replaceAll(':', '-'));
    const name = `web1 MAC ${MACS['web1']}`;
    const found = page.getByRole('group', { name: 'Structure', exact: true }).getByRole('option', { name });
    await found.waitFor();
    // Down to the structure, whichever place it has among what is found.
    const isChosen = async () => (await found.getAttribute('aria-selected')) === 'true';
    for (let step = await page.getByRole('option').count(); step > 0 && !(await isChosen()); step -= 1) {
      await page.keyboard.press('ArrowDown');
    }
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/structure/${structures['web1']}`);
    await heading(page, 'Structure web1').waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  it('finds by names, addresses, values and blueprints', async () => {
    const page = await browser.open({ as: ROOT });
    await page.goto('/');
    for (const [typed, group, name] of [
      ['web2', 'Structure', 'web2'],
      ['10.20.0.2', 'Structure', 'db1'],
      ['ntp=ntp1.example.org', 'Site', 'campus'],
      ['demo-web', 'Structure blueprint', 'demo-web'],
    ] as const) {
      await search(page, typed);
      await page.getByRole('group', { name: group }).getByRole('option', { name }).first().waitFor();
      await close(page);
    }
  });

  it('leads to pages, even where Enter is faster than the server', async () => {
    const page = await browser.open({ as: ROOT });
    await page.goto('/');
    await search(page, 'address bl');
    await page.keyboard.press('Enter');
    await heading(page, 'Address Blocks').waitFor();
  });

  it('says what to do where nothing is found, and closes', async () => {
    const page = await browser.open({ as: ROOT });
    await page.goto('/structures');
    await search(page, 'nobody-has-this');
    await page.getByText('Nothing is found for “nobody-has-this”').waitFor();
    await close(page);
    await page.goto('/search?q=web');
    await page.getByRole('link', { name: 'web1' }).first().click();
    await heading(page, 'Structure web1').waitFor();
  });
});

describe('somebody with few permissions', () => {
  it('sees what they may, and is not offered what they may not', async () => {
    await rest('POST', 'Auth/Account', { name: 'clerk', permissions: ['Site.view_site'] });
    await rest('POST', 'Auth/Account/clerk/setPassword', { password: 'clerk-password' });
    const page = await browser.open({ as: { username: 'clerk', password: 'clerk-password' } });
    await page.goto('/');
    const pages = page.getByRole('navigation', { name: 'Pages' });
    await pages.getByRole('link', { name: 'Sites' }).waitFor();
    expect(await pages.getByRole('link', { name: 'Structures' }).count()).toBe(0);
    await page.goto('/site/shop');
    await heading(page, 'Site shop').waitFor();
    expect(await page.getByRole('button', { name: 'Edit', exact: true }).count()).toBe(0);
    // What only looks at the site is open to them.
    await page.getByRole('button', { name: 'Actions', exact: true }).click();
    await page.getByRole('menuitem').first().waitFor();
    expect(await page.getByRole('menuitem', { name: /Delete|Clone/ }).count()).toBe(0);
    await page.keyboard.press('Escape');
    await search(page, 'web1');
    await page.getByText('Nothing is found for “web1”').waitFor();
    await page.goto(`/structure/${structures['web1']}`);
    await page.getByText('Not Authorized').first().waitFor();
  });
});

describe('on a phone', () => {
  it('everything is within the width of the page', async () => {
    const page = await browser.open({ as: ROOT, size: { width: 400, height: 800 } });
    for (const path of ['/', '/structures', `/structure/${structures['web1']}`, '/search?q=web']) {
      await page.goto(path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      expect([path, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([path, 400]);
    }
    await page.getByRole('button', { name: 'Navigation' }).click();
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Sites' }).click();
    await heading(page, 'Sites').waitFor();
  });
});

it('a plot leads to what stands in it, and what stands there to its place, wherever it is moved', async () => {
  await makePlot(web, SHOP_STANDING);
  const page = await browser.open({ as: ROOT });
  await page.goto('/plot/hall?tab=machines');
  await page.getByRole('link', { name: 'cage' }).waitFor();
  await page.getByRole('region', { name: 'The floor, from above' }).getByRole('link', { name: 'r1' }).click();
  const rack = page.getByRole('figure', { name: 'Rack r1' });
  await rack.getByText('planned').first().waitFor();
  expect(await rack.getByRole('link').allTextContents()).toEqual(['web1', 'db1']);
  await rack.getByRole('link', { name: 'web1' }).click();
  await page.getByRole('tab', { name: 'Place' }).click();
  await page.getByText('rack r1, units 6 to 7, at x 0, y 0').waitFor();
  await rest('PATCH', 'Survey/Position/web1', { unit: 11, height: 1, x: 3 });
  await page.getByText('rack r1, unit 11, at x 3, y 0').waitFor();
  await rack.getByText('unit 11', { exact: true }).waitFor({ state: 'attached' });
});
