import type { Page } from 'playwright-core';

/** Waits until a page shows what it is for: its heading, and nothing that is still on its way. */
export async function wholePage(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  await page.locator('.pf-v6-c-skeleton, .pf-v6-c-spinner, [aria-busy="true"]').first().waitFor({ state: 'detached' });
}

/** A path where there is no page, and the heading that stands there. */
const NOWHERE = '/nowhere';
const NOT_FOUND = 'Not found';

/**
 * Has a document that is loaded show another page, as its links do: without loading all of it again. It is led past the
 * place where there is no page, so that nothing of the page before is taken for the one after.
 */
export async function showPage(page: Page, path: string): Promise<void> {
  const heading = page.getByRole('heading', { level: 1, name: NOT_FOUND, exact: true });
  await follow(page, NOWHERE);
  await heading.waitFor();
  if (path !== NOWHERE) {
    await follow(page, path);
    await heading.waitFor({ state: 'detached' });
  }
  await wholePage(page);
}

const follow = (page: Page, path: string): Promise<void> =>
  page.evaluate(`history.pushState(null, '', ${JSON.stringify(path)}); dispatchEvent(new PopStateEvent('popstate'))`);
