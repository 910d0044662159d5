import type { ParseError } from 'toml-eslint-parser';
import type { Remark } from './toml-tree.ts';

const DUPLICATE = /multiple times/;
const HEADER = /^\s*\[{1,2}\s*(.+?)\s*\]{1,2}/;
const COLON = /^\s*([\w-]+|'[^']*'|"[^"]*")\s*:(?!\S*\s*=)/;
const INLINE_KEY = /[{,]\s*([<>~-]?[A-Za-z0-9][\w-]*(?::[A-Za-z0-9]+)?)\s*=/g;

/** Why a file is not TOML, in words that help whoever wrote it: some parsers take what is none. */
export function syntaxFault(text: string, { lineNumber, column, message }: ParseError): Remark {
  const lines = text.split('\n');
  const line = Math.min(lineNumber, lines.length);
  const source = lines[line - 1] ?? '';
  return {
    line,
    key: '',
    text: explained(source, lines, line) ?? `not valid TOML, column ${column + 1}: ${lower(message)}`,
  };

  function explained(source: string, lines: readonly string[], line: number): string | undefined {
    const [, header] = HEADER.exec(source) ?? [];
    if (DUPLICATE.test(message) && header !== undefined) return twice(header, lines, line);
    if (DUPLICATE.test(message)) return `the key ${/^\s*(.*?)\s*=/.exec(source)?.[1] ?? ''} stands there twice`;
    const [, key] = COLON.exec(source) ?? [];
    if (key !== undefined) return `between the key ${key} and its value there has to be "=", not ":"`;
    for (const [, inner = ''] of source.matchAll(INLINE_KEY)) {
      if (/[<>~:]/.test(inner)) return `the key ${inner} has to be in quotes: '${inner}'`;
    }
    return undefined;
  }
}

function twice(header: string, lines: readonly string[], line: number): string {
  const first = lines.findIndex((other, n) => n < line - 1 && HEADER.exec(other)?.[1] === header) + 1;
  return first > 0
    ? `the table [${header}] stands there twice, first on line ${first}; put both together`
    : `the table [${header}] has been given as a value before`;
}

const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
