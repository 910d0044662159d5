import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { PAGES, tableNames, tablesIn, withTables } from '../scripts/settings-doc.ts';

const read = (file: string): string => readFileSync(file, 'utf8');

it.each(PAGES)('%s tells the settings as the modules define them (npm run settings:doc)', async (file) => {
  expect(await withTables(read(file), file)).toBe(read(file));
});

it('README.md tells every setting there is', () => {
  expect(tablesIn(read('README.md')).toSorted()).toEqual(tableNames.toSorted());
});

it('a table there is not is named', async () => {
  const page = '<!-- settings: http nosuch -->\n<!-- end of settings -->\n';
  await expect(withTables(page, 'page.md')).rejects.toThrow('page.md: there is no table "nosuch"; there are http,');
});
