import { readFile, writeFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import { contracts } from '#platforms/contracts';
import type { SettingsTable } from '#runtime/settings';
import { settingsTable } from '#runtime/settings';
import { settingsTables } from '../apps/contractor/src/settings.ts';
import { subcontractorSettings } from '../apps/subcontractor/src/settings.ts';

/** Pages with tables of settings. */
export const PAGES = ['README.md', 'docs/people.md'];

const tables: readonly SettingsTable[] = [
  ...Object.values(settingsTables),
  subcontractorSettings(Object.keys(contracts)),
];

/** Names of all tables of all programs. */
export const tableNames: readonly string[] = tables.map(({ name }) => name);

/** What stands between `<!-- settings: http auth -->` and `<!-- end of settings -->`: the tables of those names. */
const PLACE = /(<!-- settings: ([\w -]+?) -->\n).*?(<!-- end of settings -->)/gs;

/** The names of the tables a page shows. */
export const tablesIn = (page: string): readonly string[] =>
  [...page.matchAll(PLACE)].flatMap(([, , names = '']) => names.split(' '));

/** A page with its tables of settings as the modules define them. @throws Error where it names a table there is not */
export async function withTables(page: string, file: string): Promise<string> {
  const written = page.replace(PLACE, (_, begin: string, names: string, end: string) => {
    const shown = names.split(' ').map((name) => {
      const table = tables.find((one) => one.name === name);
      if (!table) throw new Error(`${file}: there is no table "${name}"; there are ${tableNames.join(', ')}`);
      return table;
    });
    return `${begin}\n${settingsTable(shown)}\n\n${end}`;
  });
  return format(written, { ...(await resolveConfig(file)), filepath: file });
}

if (process.argv[1]?.endsWith('settings-doc.ts')) {
  for (const file of PAGES) {
    const page = await readFile(file, 'utf8');
    const written = await withTables(page, file);
    if (written !== page) await writeFile(file, written);
    process.stdout.write(`${file}: ${written === page ? 'as it was' : 'written'}\n`);
  }
}
