import type { Page } from 'playwright-core';

/** Waits until a page shows what it is for: its heading, and nothing that is still on its way. */
export async function wholePage(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  await page.locator('.pf-v6-c-skeleton, .pf-v6-c-spinner, [aria-busy="true"]').first().waitFor({ state: 'detached' });
}
