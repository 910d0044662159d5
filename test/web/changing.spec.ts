import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { until } from '#testing';
import type { Shop } from './make-shop.ts';
import { makeShop } from './make-shop.ts';
import { ROOT, startWeb } from './start-web.ts';

jest.setTimeout(180_000);

const web = await startWeb();
const { browser, rest } = web;
let shop: Shop;
beforeAll(async () => void (shop = await makeShop(web)));

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name });
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

async function openPage(path: string, name: string): Promise<Page> {
  const page = await browser.open({ as: ROOT });
  await page.goto(path);
  await heading(page, name).waitFor();
  return page;
}

describe('an edit', () => {
  it('that is refused says why at its field', async () => {
    const page = await openPage(`/structure/${shop.structures['web1']}`, 'Structure web1');
    await button(page, 'Edit').click();
    const hostname = page.getByRole('dialog').getByLabel('Hostname');
    await hostname.fill('-web1');
    await button(page, 'Preview').click();
    await page.locator('.pf-m-error').filter({ hasText: '"-web1"' }).first().waitFor();
    expect(await hostname.getAttribute('aria-invalid')).toBe('true');
    await button(page, 'Cancel').click();
    const { body } = await rest('GET', `Building/Structure/${shop.structures['web1']}`);
    expect(body['hostname']).toBe('web1');
  });

  it('is shown before it is done, and is undone', async () => {
    const page = await openPage('/site/shop', 'Site shop');
    await button(page, 'Edit').click();
    await page.getByRole('dialog').getByLabel('Description').fill('The better web shop');
    await button(page, 'Preview').click();
    const shown = page.getByRole('dialog').getByRole('listitem').filter({ hasText: 'Description' }).last();
    await shown.waitFor();
    expect(await shown.innerText()).toMatch(/The web shop.*→.*The better web shop/s);
    const description = async () => (await rest('GET', 'Site/Site/shop')).body['description'];
    expect(await description()).toBe('The web shop');

    await page.getByRole('dialog').getByLabel('Reason').fill('it is better');
    await button(page, 'Save').click();
    await page.getByText('The better web shop').first().waitFor();
    await until(async () => (await description()) === 'The better web shop');
    await button(page, 'Undo').click();
    await until(async () => (await description()) === 'The web shop');
    await page.getByText('The better web shop').first().waitFor({ state: 'detached' });

    await page.getByRole('tab', { name: 'History' }).click();
    await page.getByText('it is better').first().waitFor();
  });
});

describe('an object that somebody else deletes', () => {
  it('is shown no longer', async () => {
    await rest('POST', 'Site/Site', { name: 'fair', description: 'For a week' });
    const page = await browser.open({ as: ROOT, expected: [/status of 404/] });
    await page.goto('/site/fair');
    await page.getByText('For a week').first().waitFor();
    await rest('DELETE', 'Site/Site/fair');
    await page.getByText('There is no site fair').waitFor();
    expect(await page.getByText('For a week').count()).toBe(0);
    expect(await button(page, 'Edit').count()).toBe(0);
  });
});

describe('an address', () => {
  it('is freed by one and taken by another', async () => {
    const { body } = await rest('GET', 'Utilities/Address?count=100');
    const all = body['items'] as readonly { readonly id: number; readonly ip_address: string }[];
    const address = all.find(({ ip_address: ip }) => ip === '10.20.0.4');
    const page = await openPage(`/o/Utilities/Address/${address?.id}`, `Address ${address?.id}`);
    await button(page, 'Actions').click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByText('deleted').first().waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });

    await page.goto('/o/Utilities/Address');
    await button(page, 'New').click();
    const form = page.getByRole('dialog');
    await form.getByLabel('Address block').fill(String(shop.block));
    await form.getByLabel('Offset').fill('4');
    await form.getByLabel('Networked').fill(String(shop.structures['db1']));
    await form.getByLabel('Interface name').fill('eth1');
    await button(page, 'Preview').click();
    await form.getByText('created').first().waitFor();
    await form.getByRole('button', { name: 'Create' }).click();
    await form.waitFor({ state: 'detached' });
    await page.getByText('10.20.0.4').first().waitFor();
    const { body: taken } = await rest('GET', 'Utilities/Address?count=100');
    expect(taken['items']).toContainEqual(
      expect.objectContaining({ ip_address: '10.20.0.4', networked: shop.structures['db1'] }),
    );
  });
});
