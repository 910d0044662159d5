import { beforeAll, expect, it, jest } from '@jest/globals';
import { manualFoundation } from '#testing';
import { ROOT, startWeb } from './start-web.ts';

jest.setTimeout(180_000);

const { browser, client, rest } = await startWeb();

/** Fails at its second line, until somebody says that it may go on. */
const SCRIPT = "message( msg='begun' )\nerror( msg='the disk is full' )\nmessage( msg='done with it' )\n";

beforeAll(async () => {
  await rest('POST', 'Site/Site', { name: 'cellar', description: 'Where it fails' });
  await manualFoundation(client, 'cellar', 'rack1', SCRIPT);
});

it('a job that fails says why, and goes on when it is reset', async () => {
  const page = await browser.open({ as: ROOT });
  await page.goto('/foundation/rack1');
  await page.getByRole('button', { name: 'Build', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Jobs that would begin').waitFor();
  await dialog.getByRole('button', { name: 'Build', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });

  await page.getByRole('link', { name: /^Jobs: / }).click();
  await page.getByText('the disk is full').first().waitFor();
  await page.getByRole('link', { name: 'Alerts: 1' }).waitFor();
  await page.getByRole('row').filter({ hasText: 'rack1' }).getByRole('link').first().click();
  await page.getByText('the disk is full').first().waitFor();
  await page.getByRole('button', { name: 'Reset', exact: true }).click();
  const sure = page.getByRole('dialog').getByRole('button', { name: 'Reset', exact: true });
  if (await sure.isVisible().catch(() => false)) await sure.click();
  await page.getByRole('link', { name: 'Alerts: 0' }).waitFor();

  await page.goto('/foundation/rack1');
  await page.getByText('built', { exact: true }).first().waitFor();
  const { body } = await rest('GET', 'Building/Foundation/rack1');
  expect(body['state']).toBe('built');
});
