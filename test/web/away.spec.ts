import { expect, it, jest } from '@jest/globals';
import { ROOT, startWeb } from './start-web.ts';

jest.setTimeout(240_000);

const { browser, server, rest } = await startWeb();

it('a page says that its server is away, and goes on when it is back', async () => {
  await rest('POST', 'Site/Site', { name: 'before', description: 'made before' });
  const page = await browser.open({ as: ROOT, expected: [/net::ERR_/, /status of 503/] });
  await page.goto('/sites');
  await page.getByRole('link', { name: 'before' }).waitFor();
  await server.kill();
  await page.getByText('The server cannot be reached').first().waitFor();
  // What was there is still to be read.
  await page.getByRole('link', { name: 'before' }).waitFor();

  await server.start();
  await page.getByText('The server cannot be reached').first().waitFor({ state: 'detached' });
  await rest('POST', 'Site/Site', { name: 'after', description: 'made after' });
  await page.getByRole('link', { name: 'after' }).waitFor();
  expect(new URL(page.url()).pathname).toBe('/sites');
});
