/** Rows of cells as lines, in columns as wide as they need to be. */
export function inColumns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, n) => rows.reduce((most, row) => Math.max(most, row[n]?.length ?? 0), 0));
  return rows
    .map((row) =>
      row
        .map((text, n) => text.padEnd(widths[n] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
