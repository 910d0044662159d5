import type { JsonMap } from '#kernel';
import { writeSiteFile } from '../write-site-file.ts';

/** A site file that was made of something else. */
export interface Converted {
  /** TOML. */
  readonly text: string;
  /** What was left out or changed, and why. */
  readonly warnings: readonly string[];
}

/** What every conversion may be told. */
export interface ConversionOptions {
  /** The site of what names none. */
  readonly site?: string;
  /** Blueprints of structures and foundations that name none. */
  readonly blueprint?: string;
  readonly foundationBlueprint?: string;
  /** The type of foundations that name none. */
  readonly type?: string;
}

/** A table of a site file while it is put together. */
export interface Table {
  [key: string]: Table | JsonMap[string] | Table[];
}

/** The table under a key, made where there is none. */
export function tableAt(table: Table, ...path: readonly string[]): Table {
  let at = table;
  for (const key of path) {
    // A key is looked for as such: `constructor` is a name like any other.
    if (!Object.hasOwn(at, key))
      Object.defineProperty(at, key, { value: {}, enumerable: true, configurable: true, writable: true });
    at = at[key] as Table;
  }
  return at;
}

/** Adds to the list under a key. */
export function addTo(table: Table, key: string, item: JsonMap): void {
  const list = Object.hasOwn(table, key) ? (table[key] as JsonMap[]) : [];
  table[key] = [...list, item];
}

/** Puts those values into a table that are something. */
export function put(table: Table, values: Readonly<Record<string, JsonMap[string] | undefined>>): void {
  for (const [key, value] of Object.entries(values)) {
    if (value !== undefined && value !== null && value !== '') table[key] = value;
  }
}

/** The site file of a document. */
export const converted = (heading: string, document: Table, warnings: readonly string[]): Converted => ({
  text: `# ${heading}\n\n${writeSiteFile(document)}`,
  warnings,
});

/** A text as a name: letters, digits, `-` and `_`, of at most so many characters. */
export function nameFrom(text: string, most: number): string {
  const name = text.replaceAll(/[^A-Za-z0-9_-]+/g, '-').replaceAll(/^[-_]+|-+$/g, '');
  return name.slice(0, most);
}

/** A text as a host name: the first label, in lower case. */
export const hostNameFrom = (text: string): string =>
  (text.split('.')[0] ?? '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
