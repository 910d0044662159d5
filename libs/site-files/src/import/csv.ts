/** A row of a CSV file, and the line it begins on, counted from 1. */
export interface CsvRow {
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * Reads CSV (RFC 4180): cells may stand in quotes, with line breaks and doubled quotes in them. Columns are separated by
 * commas, or by semicolons where the first line has no comma. Empty lines are left out.
 */
export function readCsv(given: string): CsvRow[] {
  const text = given.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  const first = text.slice(0, Math.max(0, `${text}\n`.indexOf('\n')));
  const separator = first.includes(',') ? ',' : first.includes(';') ? ';' : ',';
  const rows: CsvRow[] = [];
  let cells: string[] = [];
  let cell = '';
  let line = 1;
  let begins = 1;
  let quoted = false;
  const endRow = () => {
    cells.push(cell);
    if (cells.some((one) => one.trim() !== '')) rows.push({ line: begins, cells: cells.map((one) => one.trim()) });
    cells = [];
    cell = '';
  };
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (character === '\n') line += 1;
    if (quoted) {
      if (character !== '"') cell += character;
      else if (text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else quoted = false;
    } else if (character === '"' && cell.trim() === '') {
      cell = '';
      quoted = true;
    } else if (character === separator) {
      cells.push(cell);
      cell = '';
    } else if (character === '\n') {
      endRow();
      begins = line;
    } else cell += character;
  }
  endRow();
  return rows;
}
