import { TemplateFault } from './fault.ts';

const SINGLE: Readonly<Record<string, string>> = {
  '\n': '',
  n: '\n',
  r: '\r',
  t: '\t',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
};
const ESCAPE = /\\(?:([0-7]{1,3})|x([\da-f]{2})|u([\da-f]{4})|U([\da-f]{8})|([\s\S]))/gi;
const BROKEN: Readonly<Record<string, string>> = {
  x: 'truncated \\xXX escape',
  u: 'truncated \\uXXXX escape',
  U: 'truncated \\UXXXXXXXX escape',
  N: 'malformed \\N character escape',
};

/** The text that stands in quotes in a template. @throws TemplateFault where an escape is broken */
export const unescaped = (text: string, line: number): string =>
  text.replace(ESCAPE, (whole, octal?: string, byte?: string, short?: string, long?: string, char = '') => {
    if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
    const hex = byte ?? short ?? long;
    if (hex !== undefined) return character(Number.parseInt(hex, 16), line);
    const why = BROKEN[char as string];
    if (why !== undefined) throw new TemplateFault('TemplateSyntaxError', why, line);
    return SINGLE[char as string] ?? ('\\\'"'.includes(char as string) ? (char as string) : whole);
  });

function character(code: number, line: number): string {
  if (code > 0x10ffff) throw new TemplateFault('TemplateSyntaxError', 'illegal Unicode character', line);
  return String.fromCodePoint(code);
}
