import { type Parsed, parse } from './parse.ts';

/** What is wrong with a source in the one line clients know; null when it can be compiled. */
export function lintText(source: string): string | null {
  return wording(parse(source));
}

function wording({ faults }: Parsed): string | null {
  const [first] = faults;
  if (first === undefined) return null;
  if (first.kind === 'syntax' || first.kind === 'nesting') {
    const { line, column } = first.statement;
    return `Incomplete Parsing on line: ${line} column: ${column}`;
  }
  if (first.kind === 'option') return `Exception Parsing "${first.message}"`;
  return `Invalid Script "${first.message}", line: ${first.line} column: ${first.kind === 'label' ? 0 : first.column}`;
}
