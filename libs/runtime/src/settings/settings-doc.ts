import type { Setting, SettingsTable } from './define-settings.ts';

/** The settings of some tables as rows of a Markdown table: name, default, meaning. */
export function settingsTable(tables: readonly SettingsTable[]): string {
  const rows = tables.flatMap(({ settings }) => settings.map(rowOf));
  return [['name', 'default', 'meaning'], ['---', '---', '---'], ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');
}

function rowOf({ name, about }: Setting<unknown>): readonly string[] {
  const unset = 'default' in about ? (about.default === '' ? 'none' : `\`${about.default}\``) : undefined;
  return [`\`${name}\``, unset ?? ('unset' in about ? about.unset : 'required'), about.doc];
}
