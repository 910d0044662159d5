import {
  type Cursor,
  ahead,
  blanks,
  fail,
  hint,
  match,
  name,
  need,
  nested,
  peek,
  since,
  take,
  word,
} from './cursor.ts';
import { operators } from './operators.ts';
import type {
  ArrayLiteral,
  Call,
  Entry,
  Exists,
  Expression,
  Infix,
  Item,
  Literal,
  MapLiteral,
  Reference,
} from './tree.ts';

/** Words that begin a statement or stand for one, and so cannot be the first part of a reference or a call. */
export const reserved: ReadonlySet<string> = new Set([
  'begin',
  'end',
  'while',
  'do',
  'goto',
  'exists',
  'continue',
  'break',
  'pass',
]);

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

/** A value with the blanks round it. */
export function parseValue(cursor: Cursor): Expression {
  blanks(cursor);
  const value = nested(cursor, () => parseBare(cursor));
  blanks(cursor);
  if (ahead(cursor, /=(?!=)/y) && (value.kind === 'reference' || value.kind === 'item')) {
    fail(cursor, [], 'an assignment is a statement, not a value; two values are compared by ==');
  }
  return value;
}

/** A value that begins at the place. */
export function parseBare(cursor: Cursor): Expression {
  const character = peek(cursor);
  const special = Object.hasOwn(bySign, character) ? bySign[character] : undefined;
  if (special !== undefined) return special(cursor);
  if (/[0-9+-]/.test(character)) return parseNumber(cursor);
  const first = word(cursor);
  if (first === '') fail(cursor, 'a value');
  if (first === 'exists') return parseExists(cursor);
  if (callsAhead(cursor, first)) return parseCall(cursor);
  if (isConstant(first)) return parseConstant(cursor, first);
  if (negates(cursor, first)) return parseNot(cursor, first);
  return parseTarget(cursor);
}

const bySign: Readonly<Record<string, (cursor: Cursor) => Expression>> = {
  '(': parseInfix,
  '[': parseArray,
  '{': parseMap,
  '"': parseText,
  "'": parseText,
};

/** Words that may be followed by a value in brackets as well as be the name of a function. */
const bracketed: ReadonlySet<string> = new Set(['if', 'elif', 'not', 'Not']);

/** Whether the word at the place is the function of a call. */
export function callsAhead(cursor: Cursor, first: string): boolean {
  if (reserved.has(first) || first.length < 2) return false;
  if (ahead(cursor, /\.[A-Za-z][A-Za-z0-9_]+\(/y, first.length)) return true;
  return ahead(
    cursor,
    bracketed.has(first) ? /\([ \t]*(?:\)|[A-Za-z][A-Za-z0-9_]+[ \t]*=(?!=))/y : /\(/y,
    first.length,
  );
}

/** `not` stands for itself when nothing that could be negated follows. */
function negates(cursor: Cursor, first: string): boolean {
  if (first !== 'not' && first !== 'Not') return false;
  if (!ahead(cursor, /[ \t]*(?:[A-Za-z0-9(["'{]|[-+][0-9])/y, first.length)) return false;
  return !ahead(cursor, /[ \t]*(?:begin|end|while|do|goto|continue|break|pass)(?![A-Za-z0-9_])/y, first.length);
}

function parseNot(cursor: Cursor, first: string): Expression {
  const from = cursor.at;
  cursor.at += first.length;
  blanks(cursor);
  const operand = nested(cursor, () => parseBare(cursor));
  return { kind: 'not', operand, at: since(cursor, from) };
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
  if (/[0-9+-]/.test(character)) return parseNumber(cursor);
  const first = word(cursor);
  if (!isConstant(first)) fail(cursor, 'a constant');
  return parseConstant(cursor, first);
}

function parseNumber(cursor: Cursor): Literal {
  const from = cursor.at;
  const span = match(cursor, /(?:[0-9]{1,2}:){1,3}[0-9]{1,2}/y);
  const real = span === null ? match(cursor, /[-+]?[0-9]+\.[0-9]+/y) : null;
  const raw = span ?? real ?? match(cursor, /[-+]?[0-9]+/y);
  if (raw === null) fail(cursor, 'a value');
  if (ahead(cursor, /[A-Za-z0-9_]/y)) fail(cursor, [], `a number ends here: a blank must follow ${raw}`);
  const at = since(cursor, from);
  if (span !== null) return { kind: 'literal', type: 'duration', value: secondsIn(span), raw, at };
  return { kind: 'literal', type: real === null ? 'integer' : 'float', value: Number(raw) + 0, raw, at };
}

function secondsIn(span: string): number {
  const units = [1, 60, 3600, 86400];
  const parts = span.split(':').reverse();
  return parts.reduce((seconds, part, place) => seconds + Number(part) * (units[place] ?? 0), 0);
}

function parseText(cursor: Cursor): Literal {
  const { text } = cursor.source;
  const from = cursor.at;
  const quote = text.charAt(from);
  const end = text.indexOf(quote, from + 1);
  if (end < 0) fail(cursor, [], `the text that begins here is not closed by ${quote}`);
  cursor.at = end + 1;
  const raw = text.slice(from, cursor.at);
  return { kind: 'literal', type: 'text', value: raw.slice(1, -1), raw, at: since(cursor, from) };
}

/** `( left operator right )`. */
export function parseInfix(cursor: Cursor): Infix {
  const from = cursor.at;
  need(cursor, '(');
  const left = parseValue(cursor);
  const operator = parseOperator(cursor);
  const right = parseValue(cursor);
  if (!take(cursor, ')')) fail(cursor, '")"');
  return { kind: 'infix', operator, left, right, at: since(cursor, from) };
}

function parseOperator(cursor: Cursor): Infix['operator'] {
  const first = word(cursor);
  for (const operator of operators) {
    if (operator === 'and' || operator === 'or' ? first === operator : peek(cursor) === operator.charAt(0)) {
      if (take(cursor, operator)) return operator;
    }
  }
  return fail(cursor, 'an operator');
}

function parseArray(cursor: Cursor): ArrayLiteral {
  const from = cursor.at;
  need(cursor, '[');
  const elements: Expression[] = [];
  blanks(cursor);
  hint(cursor, '"]"');
  if (peek(cursor) !== ']') {
    do elements.push(parseValue(cursor));
    while (take(cursor, ','));
    hint(cursor, '","');
  }
  need(cursor, ']');
  return { kind: 'array', elements, at: since(cursor, from) };
}

function parseMap(cursor: Cursor): MapLiteral {
  const from = cursor.at;
  need(cursor, '{');
  const entries = parseEntries(cursor, '}', 'a key', parseValue);
  return { kind: 'map', entries, at: since(cursor, from) };
}

/** `name=value` parts up to a closing bracket. */
export function parseEntries(
  cursor: Cursor,
  closing: string,
  what: string,
  value: (cursor: Cursor) => Expression,
): Entry[] {
  const entries: Entry[] = [];
  blanks(cursor);
  hint(cursor, `"${closing}"`);
  if (peek(cursor) !== closing) {
    do {
      blanks(cursor);
      const from = cursor.at;
      const key = name(cursor, what);
      blanks(cursor);
      need(cursor, '=');
      const content = value(cursor);
      entries.push({ kind: 'entry', name: key, value: content, at: since(cursor, from) });
      blanks(cursor);
    } while (take(cursor, ','));
    hint(cursor, '","');
  }
  need(cursor, closing);
  return entries;
}

function parseCall(cursor: Cursor): Call {
  const from = cursor.at;
  const first = name(cursor, 'a function');
  const member = take(cursor, '.') ? name(cursor, 'a function') : null;
  need(cursor, '(');
  const parameters = parseEntries(cursor, ')', 'the name of a parameter', parseValue);
  const [module, called] = member === null ? [null, first] : [first, member];
  return { kind: 'call', module, name: called, parameters, at: since(cursor, from) };
}

function parseExists(cursor: Cursor): Exists {
  const from = cursor.at;
  need(cursor, 'exists');
  need(cursor, '(');
  blanks(cursor);
  const target = parseTarget(cursor);
  blanks(cursor);
  need(cursor, ')');
  return { kind: 'exists', target, at: since(cursor, from) };
}

/** A variable, a member or an item of one of them. */
export function parseTarget(cursor: Cursor): Reference | Item {
  const from = cursor.at;
  const first = word(cursor);
  if (reserved.has(first)) fail(cursor, 'a value', `"${first}" is a word of the language and cannot be a name here`);
  name(cursor, 'a name');
  const dotted = take(cursor, '.');
  if (dotted && word(cursor) === '') {
    fail(cursor, 'the name of a member', 'a member must follow; to join texts put a blank before the dot');
  }
  const member = dotted ? name(cursor, 'the name of a member') : null;
  if (peek(cursor) === '(') fail(cursor, [], 'a call cannot stand here');
  const at = since(cursor, from);
  const target: Reference = { kind: 'reference', module: member === null ? null : first, name: member ?? first, at };
  if (!dotted) hint(cursor, '"."');
  hint(cursor, '"["');
  if (!take(cursor, '[')) return target;
  const index = parseValue(cursor);
  need(cursor, ']');
  return { kind: 'item', target, index, at: since(cursor, from) };
}
