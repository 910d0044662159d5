import { type Cursor, ahead, fail, match, peek, since, word } from './cursor.ts';
import type { Literal } from './tree.ts';

const constants: Readonly<Record<string, Pick<Literal, 'type' | 'value'>>> = {
  True: { type: 'boolean', value: true },
  true: { type: 'boolean', value: true },
  False: { type: 'boolean', value: false },
  false: { type: 'boolean', value: false },
  None: { type: 'none', value: null },
  none: { type: 'none', value: null },
};

/** The words that are a value by themselves. */
export function isConstant(text: string): boolean {
  return Object.hasOwn(constants, text);
}

/** A literal that is a word. */
export function parseConstant(cursor: Cursor, first: string): Literal {
  const from = cursor.at;
  cursor.at += first.length;
  const { type, value } = constants[first] ?? { type: 'none', value: null };
  return { kind: 'literal', type, value, raw: first, at: since(cursor, from) };
}

/** A constant of any kind, as the options of a block take it. */
export function parseLiteral(cursor: Cursor): Literal {
  const character = peek(cursor);
  if (character === '"' || character === "'") return parseText(cursor);
  if (beginsNumber(character)) return parseNumber(cursor);
  const first = word(cursor);
  if (!isConstant(first)) fail(cursor, 'a constant');
  return parseConstant(cursor, first);
}

/** Whether a character can be the first of a number. */
export function beginsNumber(character: string): boolean {
  return (character >= '0' && character <= '9') || character === '-' || character === '+';
}

const durationPattern = /(?:[0-9]{1,2}:){1,3}[0-9]{1,2}/y;
const numberPattern = /[-+]?[0-9]+(?:\.[0-9]+)?/y;
/** What may not follow a number at once; the words that may stand behind a value need no blank. */
const gluedPattern = /(?!and|or|then|do)[A-Za-z0-9_]/y;

/** An integer, a float or a duration. */
export function parseNumber(cursor: Cursor): Literal {
  const { at: from } = cursor;
  const span = match(cursor, durationPattern);
  const raw = span ?? match(cursor, numberPattern);
  if (raw === null) fail(cursor, 'a value');
  if (ahead(cursor, gluedPattern)) fail(cursor, [], `a number ends here: a blank must follow ${raw}`);
  const at = since(cursor, from);
  if (span !== null) return { kind: 'literal', type: 'duration', value: secondsIn(span), raw, at };
  return { kind: 'literal', type: raw.includes('.') ? 'float' : 'integer', value: Number(raw) + 0, raw, at };
}

function secondsIn(span: string): number {
  const units = [1, 60, 3600, 86400];
  const parts = span.split(':').reverse();
  return parts.reduce((seconds, part, place) => seconds + Number(part) * (units[place] ?? 0), 0);
}

/** A text in quotes of either kind. */
export function parseText(cursor: Cursor): Literal {
  const { text } = cursor.source;
  const from = cursor.at;
  const quote = text.charAt(from);
  const end = text.indexOf(quote, from + 1);
  if (end < 0) fail(cursor, [], `the text that begins here is not closed by ${quote}`);
  cursor.at = end + 1;
  const raw = text.slice(from, cursor.at);
  return { kind: 'literal', type: 'text', value: raw.slice(1, -1), raw, at: since(cursor, from) };
}
