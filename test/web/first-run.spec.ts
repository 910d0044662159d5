import { expect, it, jest } from '@jest/globals';
import { ROOT, startWeb } from './start-web.ts';

jest.setTimeout(240_000);

const { browser, rest } = await startWeb();

it('the first page leads from an empty server to the first machine that is built', async () => {
  const page = await browser.open();
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  await page.goto('/structures');
  await page.getByLabel('Username').fill(ROOT.username);
  await page.getByLabel('Password').fill('a wrong one');
  await button('Sign in').click();
  await page.getByText('Not signed in').waitFor();
  await page.getByLabel('Password').fill(ROOT.password);
  await button('Sign in').click();
  // Where somebody wanted to go is where they come to.
  await page.getByRole('heading', { level: 1, name: 'Structures' }).waitFor();

  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Home' }).click();
  await button('Begin').click();
  await button('Make the site').click();
  await button('Make the network').click();
  await button('Load demo').click();
  await page.getByLabel('Kind of machine').selectOption('Test');
  await page.getByRole('combobox', { name: 'Blueprint' }).selectOption('demo-web');
  await button('Preview').click();
  await page.getByText('This makes 1 machine').waitFor();
  expect(await page.getByText('10.0.0.2').count()).toBeGreaterThan(0);
  await button('Make it').click();
  await page.getByText('The first machine is built').waitFor();

  await page.goto('/structures');
  await page.getByRole('row').filter({ hasText: 'web1' }).getByText('built', { exact: true }).waitFor();
  const { body } = await rest('GET', 'Building/Structure?count=100');
  expect(body['items']).toMatchObject([{ hostname: 'web1', state: 'built' }]);
});
