/** A line that was typed, taken apart. */
export interface SplitLine {
  readonly words: readonly string[];
  /** Whether the last word may go on: the line does not end in a space, or ends within quotes. */
  readonly isOpen: boolean;
  /** Whether a quotation mark is missing. */
  readonly isUnfinished: boolean;
}

/** Splits a line as shells do: at spaces, but not within quotes or behind a backslash; `#` at the begin of a word ends it. */
export function splitLine(line: string): SplitLine {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let n = 0; n < line.length; n++) {
    const char = line.charAt(n);
    if (quote !== '') {
      if (char === quote) quote = '';
      else if (char === '\\' && quote === '"' && /["\\]/.test(line.charAt(n + 1)))
        word = (word ?? '') + line.charAt(++n);
      else word = (word ?? '') + char;
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (char === '#' && word === undefined) {
      return { words, isOpen: false, isUnfinished: false };
    } else if (char === '"' || char === "'") {
      quote = char;
      word ??= '';
    } else if (char === '\\' && n + 1 < line.length) word = (word ?? '') + line.charAt(++n);
    else word = (word ?? '') + char;
  }
  const isOpen = word !== undefined;
  return { words: word === undefined ? words : [...words, word], isOpen, isUnfinished: quote !== '' };
}

/** The words of a line, the last of which may go on: an empty one where a new one begins. */
export function openWords(line: string): readonly string[] {
  const { words, isOpen } = splitLine(line);
  return isOpen ? words : [...words, ''];
}
