import type { Row } from '../model/types.ts';
import { valueText } from '../model/value-text.ts';

type Of = { readonly id: string; readonly value: (row: Row) => unknown };

/** What spreadsheets would take for a formula begins with one of these. */
const FORMULA = /^[=+\-@\t\r]/;

/** A cell of CSV (RFC 4180); text that a spreadsheet would carry out is marked as text. */
function cell(value: unknown): string {
  const text = valueText(value);
  const safe = typeof value !== 'number' && FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Rows as CSV: these columns, their ids in the first line. */
export const asCsv = (rows: readonly Row[], columns: readonly Of[]): string =>
  [columns.map(({ id }) => cell(id)), ...rows.map((row) => columns.map(({ value }) => cell(value(row))))]
    .map((line) => `${line.join(',')}\r\n`)
    .join('');

/** Rows as JSON: these columns of each, as the API tells them. */
export const asJson = (rows: readonly Row[], columns: readonly Of[]): string =>
  `${JSON.stringify(
    rows.map((row) => Object.fromEntries(columns.map(({ id, value }) => [id, value(row) ?? null]))),
    null,
    2,
  )}\n`;
