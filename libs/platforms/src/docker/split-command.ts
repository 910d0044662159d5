/**
 * The words of a command, as a shell splits a line: by blanks, except within quotes or after a backslash. Nothing in it is
 * expanded.
 * @throws Error where a quote is not closed
 */
export function splitCommand(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let n = 0; n < line.length; n += 1) {
    const char = line[n] ?? '';
    if (char === '\\' && quote !== "'" && n + 1 < line.length) {
      n += 1;
      const next = line[n] ?? '';
      // Within double quotes a backslash is one, but before what it takes its meaning from.
      word = `${word ?? ''}${quote === '"' && !'"\\$`'.includes(next) ? '\\' : ''}${next}`;
    } else if (quote === undefined && (char === '"' || char === "'")) {
      quote = char;
      word ??= '';
    } else if (char === quote) {
      quote = undefined;
    } else if (quote === undefined && /\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = `${word ?? ''}${char}`;
    }
  }
  if (quote !== undefined) throw new Error(`the command ends within quotes: ${quote} is not closed`);
  if (word !== undefined) words.push(word);
  return words;
}
