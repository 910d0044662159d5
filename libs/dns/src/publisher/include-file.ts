import type { Secondary, TransferKey } from './bind.settings.ts';

/** Name of the file that BIND includes. */
export const INCLUDE_FILE = 'dns.master';
/** Name of the file with the keys, which the other one includes. */
export const KEY_FILE = 'transfer.keys';

/** The zones BIND is to serve, and who may copy them. */
export interface IncludeContent {
  /** Directory of both files, as BIND sees it. */
  readonly directory: string;
  /** By name, the file each is in. */
  readonly zones: ReadonlyMap<string, string>;
  readonly secondaries: readonly Secondary[];
  readonly keys: readonly TransferKey[];
}

const block = (name: string, entries: readonly string[]): string => `  ${name} { ${entries.join(' ')} };`;

function sharing({ secondaries, keys }: IncludeContent): readonly string[] {
  const notified = secondaries.map(
    ({ address, port, key }) => `${address} port ${port}${key === undefined ? '' : ` key "${key.toLowerCase()}"`};`,
  );
  const allowed =
    keys.length > 0 ? keys.map(({ name }) => `key "${name}";`) : secondaries.map(({ address }) => `${address};`);
  return [
    ...(notified.length > 0 ? [block('also-notify', notified)] : []),
    ...(allowed.length > 0 ? [block('allow-transfer', allowed)] : []),
  ];
}

/** The file that BIND includes: a statement for each zone, by name. Holds no secret. */
export function includeText(content: IncludeContent): string {
  const { directory, zones, keys } = content;
  const shared = sharing(content);
  const statements = [...zones]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([zone, file]) =>
      ['', `zone "${zone}." {`, '  type master;', `  file "${file}";`, ...shared, '};', ''].join('\n'),
    );
  const include = keys.length > 0 ? `include "${directory}/${KEY_FILE}";\n` : '';
  return `// Written by Contractor, and written anew when zones come or go.\n${include}${statements.join('')}`;
}

/** The file with the keys. Secret. */
export const keyText = (keys: readonly TransferKey[]): string =>
  keys
    .map(({ name, algorithm, secret }) => `key "${name}" {\n  algorithm ${algorithm};\n  secret "${secret}";\n};\n`)
    .join('');
