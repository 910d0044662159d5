import type { Row } from '../model/types.ts';
import { valueText } from '../model/value-text.ts';

type Of = { readonly id: string; readonly value: (row: Row) => unknown };

/** What of a list is shown: rows that have all words of a text somewhere, and these values in these columns. */
export interface RowFilter {
  readonly text: string;
  /** The values that are wanted, by column; none: any. */
  readonly values: Readonly<Record<string, readonly string[]>>;
}

/** The rows that a filter wants, in their order. */
export function filterRows(rows: readonly Row[], columns: readonly Of[], { text, values }: RowFilter): readonly Row[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const wanted = columns.filter(({ id }) => (values[id]?.length ?? 0) > 0);
  if (words.length === 0 && wanted.length === 0) return rows;
  return rows.filter((row) => {
    if (!wanted.every(({ id, value }) => values[id]?.includes(valueText(value(row))))) return false;
    if (words.length === 0) return true;
    const all = columns
      .map(({ value }) => valueText(value(row)))
      .join('\n')
      .toLowerCase();
    return words.every((word) => all.includes(word));
  });
}

/** The most values one can choose among. */
const MAX_CHOICES = 100;

/** The different values of a column with how many rows have each, by name. */
export function choicesOf(rows: readonly Row[], { value }: Of): readonly (readonly [value: string, count: number])[] {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const text = valueText(value(row));
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts].sort(([a], [b]) => a.localeCompare(b)).slice(0, MAX_CHOICES);
}
