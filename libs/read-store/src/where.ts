import { compareKeys } from './ordered-keys.ts';
import type { ReadModel } from './read-model.ts';

/**
 * What an index of a row must be: a value (of a tag: one of its values), one of several, all of several tags, or a text
 * that begins with another one (indexes only).
 */
export type Condition = string | number | null | AnyOf | AllOf | StartsWith;
export interface AnyOf {
  readonly any: readonly (string | number)[];
}
export interface AllOf {
  readonly all: readonly string[];
}

export interface StartsWith {
  readonly startsWith: string;
}

/** Values of declared indexes and tags that rows must have. */
export type Where = Readonly<Record<string, Condition>>;
/** The same, one value each: such lists are kept in memory. */
export type PlainWhere = Readonly<Record<string, string | number | null>>;

const isPlainCondition = (condition: Condition): condition is string | number | null =>
  typeof condition !== 'object' || condition === null;

export const isPlain = (where: Where): where is PlainWhere => Object.values(where).every(isPlainCondition);

/** Conditions in their simplest form, each value once and in order; undefined: no row fulfils them. */
export function simplified(where: Where): Where | undefined {
  if (isPlain(where)) return where;
  const simple: Record<string, Condition> = {};
  for (const [name, condition] of Object.entries(where)) {
    if (isPlainCondition(condition)) {
      simple[name] = condition;
      continue;
    }
    if ('startsWith' in condition) {
      simple[name] = condition;
      continue;
    }
    const all = 'all' in condition;
    const values = [...new Set<string | number>(all ? condition.all : condition.any)].sort(compareKeys);
    if (values.length === 0 && !all) return undefined;
    if (values.length === 1) simple[name] = values[0] as string | number;
    else if (values.length > 1) simple[name] = all ? { all: values as string[] } : { any: values };
  }
  return simple;
}

/** The text an index value is stored as; the character NUL, which PostgreSQL has no place for, becomes U+FFFD. */
export const indexText = (value: string | number | null): string | null =>
  value === null ? null : String(value).replaceAll('\u0000', '\uFFFD');

/** What stands between the tags of a row where they are stored; in a tag it becomes U+FFFD. */
export const TAG_SEPARATOR = '\u001F';

/** The text a tag is stored as. */
export const tagText = (tag: string): string => (indexText(tag) as string).replaceAll(TAG_SEPARATOR, '\uFFFD');

/** The text the tags of a row are stored as; null: it has none. */
export const tagsText = (tags: readonly string[]): string | null =>
  tags.length === 0 ? null : tags.map(tagText).join(TAG_SEPARATOR);

/** Whether a row is found by conditions. */
export function fulfils(model: ReadModel, row: object, where: Where): boolean {
  return Object.entries(where).every(([name, condition]) => {
    const tags = model.tags?.[name]?.(row);
    if (tags) {
      const has = (tag: string | number): boolean => tags.includes(String(tag));
      if (isPlainCondition(condition)) return condition === null ? tags.length === 0 : has(condition);
      if ('startsWith' in condition) return false;
      return 'all' in condition ? condition.all.every(has) : condition.any.some(has);
    }
    const index = model.indexes[name];
    if (!index) return false;
    const text = indexText(index(row));
    if (isPlainCondition(condition)) return text === indexText(condition);
    if ('startsWith' in condition) return text?.startsWith(indexText(condition.startsWith) ?? '') === true;
    const is = (value: string | number): boolean => indexText(value) === text;
    return 'all' in condition ? condition.all.every(is) : condition.any.some(is);
  });
}

/** Rows that have the same values of some indexes, and how many they are. */
export interface Tally {
  readonly values: readonly (string | null)[];
  readonly count: number;
}

/** Counts rows by the values of indexes. */
export function tallyOf(model: ReadModel, rows: Iterable<object>, by: readonly string[]): Tally[] {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const id = JSON.stringify(by.map((name) => indexText(model.indexes[name]?.(row) ?? null)));
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return [...counts].map(([id, count]) => ({ values: JSON.parse(id) as (string | null)[], count }));
}
