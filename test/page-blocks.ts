import { readFileSync } from 'node:fs';

/** A block of commands, or of a program, on a page. */
export interface Block {
  /** `docs/rest.md:17`, its first line. */
  readonly place: string;
  readonly language: string;
  readonly text: string;
  /** Why it is not run. */
  readonly why: string | undefined;
  /** It is there to be refused. */
  readonly refused: boolean;
  /** What it is to print: lines in this order, perhaps with others between, `…` for anything within a line. */
  readonly prints: readonly string[];
}

/** Fenced blocks of every language. */
const FENCE = /^( *)```([\w-]*)\b.*\n([^]*?)^ *```$/gm;
const MARKER = /<!-- (?:not run: (.+?)|(refused)) -->\s*$/;
/** Languages of the shell. */
export const SHELL: ReadonlySet<string> = new Set(['sh', 'bash', 'shell', 'console', 'curl']);
/** In which what a block prints is shown, right behind it. */
const PRINTED = 'text';

/** The blocks of a page in these languages, in their order. */
export function blocksOf(page: string, languages: ReadonlySet<string>): Block[] {
  const text = readFileSync(page, 'utf8');
  const all = [...text.matchAll(FENCE)].map(({ 0: whole, index, 1: indent = '', 2: language = '', 3: block = '' }) => ({
    before: text.slice(0, index),
    end: index + whole.length,
    index,
    language,
    lines: block.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  }));
  return all.flatMap(({ before, end, language, lines }, n) => {
    if (!languages.has(language)) return [];
    const [, why, refused] = MARKER.exec(before) ?? [];
    const next = all[n + 1];
    const shows = next?.language === PRINTED && text.slice(end, next.index).trim() === '';
    return {
      place: `${page}:${before.split('\n').length + 1}`,
      language,
      text: lines,
      why,
      refused: refused !== undefined,
      prints: shows ? next.lines.split('\n').filter((line) => line.trim() !== '') : [],
    };
  });
}

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);

/** What a block has not printed of that which its page shows; undefined where it printed all of it. */
export function missingIn(printed: string, { prints }: Block): string | undefined {
  let from = 0;
  for (const line of prints) {
    const pattern = line
      .split('…')
      .map((part) => escaped(part.trim()))
      .join('.*?');
    const found = new RegExp(pattern).exec(printed.slice(from));
    if (!found) return line;
    from += found.index + found[0].length;
  }
  return undefined;
}
