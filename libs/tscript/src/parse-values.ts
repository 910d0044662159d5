import {
  type Cursor,
  ahead,
  assigns,
  blanks,
  fail,
  hint,
  name,
  need,
  nested,
  peek,
  since,
  take,
  upTo,
  word,
  wordEnd,
} from './cursor.ts';
import { operators } from './operators.ts';
import { beginsNumber, isConstant, parseConstant, parseNumber, parseText } from './parse-literals.ts';
import type { ArrayLiteral, Call, Entry, Exists, Expression, Infix, Item, MapLiteral, Reference } from './tree.ts';

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

/** A value with the blanks round it. */
export function parseValue(cursor: Cursor): Expression {
  blanks(cursor);
  const value = nested(cursor, parseBare);
  blanks(cursor);
  if ((value.kind === 'reference' || value.kind === 'item') && assigns(cursor)) {
    fail(cursor, [], 'an assignment is a statement, not a value; two values are compared by ==');
  }
  return value;
}

/** A value that begins at the place. */
export function parseBare(cursor: Cursor): Expression {
  const character = peek(cursor);
  const special = Object.hasOwn(bySign, character) ? bySign[character] : undefined;
  if (special !== undefined) return special(cursor);
  if (beginsNumber(character)) return parseNumber(cursor);
  const first = word(cursor);
  if (first === '') fail(cursor, 'a value');
  if (first === 'exists') return parseExists(cursor);
  if (callsAhead(cursor, first)) return parseCall(cursor, first);
  if (isConstant(first)) return parseConstant(cursor, first);
  if (negates(cursor, first)) return parseNot(cursor, first);
  return parseTarget(cursor, first);
}

const bySign: Readonly<Record<string, (cursor: Cursor) => Expression>> = {
  '(': parseInfix,
  '[': parseArray,
  '{': parseMap,
  '"': parseText,
  "'": parseText,
};

const parametersAhead = /\([ \t]*(?:\)|[A-Za-z][A-Za-z0-9_]+[ \t]*=(?!=))/y;

/** Words that may be followed by a value in brackets as well as be the name of a function. */
const bracketed: ReadonlySet<string> = new Set(['if', 'elif', 'not', 'Not']);

/** Whether the word at the place is the function of a call. */
export function callsAhead(cursor: Cursor, first: string): boolean {
  if (reserved.has(first) || first.length < 2) return false;
  const { text } = cursor.source;
  const after = cursor.at + first.length;
  const next = text.charAt(after);
  if (next === '(') return !bracketed.has(first) || ahead(cursor, parametersAhead, first.length);
  const end = next === '.' ? wordEnd(text, after + 1) : after;
  return end > after + 2 && text.charAt(end) === '(';
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
  const operand = nested(cursor, parseBare);
  return { kind: 'not', operand, at: since(cursor, from) };
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

/** The operators by their first character, the longer ones first. */
const byFirst = new Map<string, readonly Infix['operator'][]>();
for (const operator of operators) {
  const first = operator.charAt(0);
  byFirst.set(first, [...(byFirst.get(first) ?? []), operator]);
}

function parseOperator(cursor: Cursor): Infix['operator'] {
  for (const operator of byFirst.get(peek(cursor)) ?? []) {
    const worded = operator === 'and' || operator === 'or';
    if ((!worded || word(cursor) === operator) && take(cursor, operator)) return operator;
  }
  return fail(cursor, 'an operator');
}

const comma = ['","'];
const closingBracket = ['"]"'];

function parseArray(cursor: Cursor): ArrayLiteral {
  const from = cursor.at;
  need(cursor, '[');
  const elements: Expression[] = [];
  blanks(cursor);
  if (peek(cursor) === ']') cursor.at += 1;
  else {
    hint(cursor, closingBracket);
    do elements.push(parseValue(cursor));
    while (take(cursor, ','));
    hint(cursor, comma);
    need(cursor, ']');
  }
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
  if (peek(cursor) !== closing) {
    hint(cursor, [`"${closing}"`]);
    do {
      blanks(cursor);
      const from = cursor.at;
      const key = name(cursor, what);
      blanks(cursor);
      need(cursor, '=');
      const content = value(cursor);
      entries.push({ kind: 'entry', name: key, value: content, at: upTo(cursor, from, content) });
      blanks(cursor);
    } while (take(cursor, ','));
    hint(cursor, comma);
  }
  need(cursor, closing);
  return entries;
}

function parseCall(cursor: Cursor, first: string): Call {
  const from = cursor.at;
  cursor.at += first.length;
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
  const target = parseTarget(cursor, word(cursor));
  blanks(cursor);
  need(cursor, ')');
  return { kind: 'exists', target, at: since(cursor, from) };
}

const afterName = ['"["', '"."'];
const afterMember = ['"["'];

/** A variable, a member or an item of one of them; `first` is the word at the place. */
export function parseTarget(cursor: Cursor, first: string): Reference | Item {
  const from = cursor.at;
  if (reserved.has(first)) fail(cursor, 'a value', `"${first}" is a word of the language and cannot be a name here`);
  name(cursor, 'a name', first);
  const dotted = take(cursor, '.');
  if (dotted && word(cursor) === '') {
    fail(cursor, 'the name of a member', 'a member must follow; to join texts put a blank before the dot');
  }
  const member = dotted ? name(cursor, 'the name of a member') : null;
  if (peek(cursor) === '(') fail(cursor, [], 'a call cannot stand here');
  const at = since(cursor, from);
  const target: Reference = { kind: 'reference', module: member === null ? null : first, name: member ?? first, at };
  hint(cursor, dotted ? afterMember : afterName);
  if (!take(cursor, '[')) return target;
  const index = parseValue(cursor);
  need(cursor, ']');
  return { kind: 'item', target, index, at: since(cursor, from) };
}
