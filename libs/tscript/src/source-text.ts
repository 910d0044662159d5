/** A source with its line feed at the end, and where its lines begin (only line feeds count lines). */
export interface SourceText {
  readonly text: string;
  readonly starts: readonly number[];
  /** The line that was asked for last, counted from 0: the next question is mostly about it too. */
  recent: number;
}

/** A stretch of source: line and column from 1, offset from 0, length in UTF-16 units. */
export interface Span {
  readonly line: number;
  readonly column: number;
  readonly offset: number;
  readonly length: number;
}

/** Prepares a source for parsing. */
export function sourceText(source: string): SourceText {
  const text = `${source}\n`;
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return { text, starts, recent: 0 };
}

/** The line and column of an offset. */
export function placeAt(source: SourceText, offset: number): { line: number; column: number } {
  const line = lineOf(source, offset);
  return { line: line + 1, column: offset - (source.starts[line] ?? 0) + 1 };
}

function lineOf(source: SourceText, offset: number): number {
  const { starts, recent } = source;
  if (offset >= (starts[recent] ?? 0) && offset < (starts[recent + 1] ?? Infinity)) return recent;
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  source.recent = low;
  return low;
}

/** The stretch between two offsets. */
export function spanOf(source: SourceText, from: number, to: number): Span {
  const line = lineOf(source, from);
  return { line: line + 1, column: from - (source.starts[line] ?? 0) + 1, offset: from, length: to - from };
}

const wideExcerpt = 100;

/** The line an offset stands in, cut to a window when it is long, with a caret under the place. */
export function excerptAt(source: SourceText, offset: number, length: number): string {
  const { line, column } = placeAt(source, offset);
  const start = source.starts[line - 1] ?? 0;
  const end = (source.starts[line] ?? source.text.length) - 1;
  const from = column > wideExcerpt ? offset - wideExcerpt / 2 : start;
  const to = Math.min(end, from + wideExcerpt + 20);
  const clean = (text: string): string => text.replace(/[^\t\x20-\x7e\u00a1-\uffff]/g, ' ');
  const shown = clean(source.text.slice(from, to));
  const indent = clean(source.text.slice(from, offset)).replace(/[^\t]/g, ' ');
  return `${shown}\n${indent}${'^'.repeat(Math.max(1, Math.min(length, to - offset)))}`;
}

/** What stands at an offset, in words, and how long it is. */
export function describeAt(text: string, offset: number): { words: string; length: number } {
  if (offset >= text.length - 1) return { words: 'the end of the script', length: 1 };
  const character = String.fromCodePoint(text.codePointAt(offset) ?? 0);
  if (character === '\n' || character === '\r') return { words: 'the end of the line', length: 1 };
  const word = /[A-Za-z0-9_]{1,60}/y;
  word.lastIndex = offset;
  const [name] = word.exec(text) ?? [];
  if (name !== undefined) return { words: `"${name}"`, length: name.length };
  if (character === '#') return { words: 'a remark', length: 1 };
  const visible = /^[\p{L}\p{N}\p{P}\p{S}]$/u.test(character);
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return { words: visible ? `"${character}"` : `the character U+${code}`, length: character.length };
}
