import { type Cursor, ahead, blanks, fail, need, newlines, remark, since, upTo, word } from './cursor.ts';
import { callsAhead, parseValue } from './parse-values.ts';
import type { Surrounding } from './statement-start.ts';
import type { Branch, If, Remark, Statement, While } from './tree.ts';

/** Reads the statement that is the body of a loop or of a way of a choice. */
export type ReadBody = (cursor: Cursor) => Statement;

/** Whether `if` at the place begins a choice; it may also be the name of a variable or a function. */
export function choosesAhead(cursor: Cursor): boolean {
  return !callsAhead(cursor, 'if') && ahead(cursor, /if[ \t]*(?:[A-Za-z0-9(["'{]|[-+][0-9])/y) && !itemAhead(cursor);
}

/** `if[ ... ] = ...` assigns to an item of a variable called `if`. */
function itemAhead(cursor: Cursor): boolean {
  return ahead(cursor, /if\[[^\]\r\n]*\][ \t]*=(?!=)/y);
}

/** A loop; `readBody` reads the statement it repeats. */
export function parseWhile(cursor: Cursor, readBody: ReadBody): While {
  const from = cursor.at;
  need(cursor, 'while');
  const condition = parseValue(cursor);
  keyword(cursor, 'do');
  const remarks = gap(cursor);
  const body = within(cursor, { kind: 'body', statement: from }, () => readBody(cursor));
  return { kind: 'while', condition, remarks, body, at: upTo(cursor, from, body) };
}

/** A choice; `readBody` reads the statement of each way. */
export function parseIf(cursor: Cursor, readBody: ReadBody): If {
  const from = cursor.at;
  need(cursor, 'if');
  const around: Surrounding = { kind: 'body', statement: from };
  const branches = [parseBranch(cursor, readBody, { from, before: [], around, conditional: true })];
  for (let tail = tailAhead(cursor); tail !== null; tail = tailAhead(cursor)) {
    const conditional = tail.word === 'elif';
    const { start, before } = tail;
    branches.push(parseBranch(cursor, readBody, { from: start, before, around: tailFrom(cursor, tail), conditional }));
    if (!conditional) break;
  }
  const last = branches.at(-1);
  return { kind: 'if', branches, at: last === undefined ? since(cursor, from) : upTo(cursor, from, last) };
}

/** An `elif` or `else` that was read: where the way before it ended, the remarks between, and where it stands. */
interface Tail {
  readonly word: 'elif' | 'else';
  readonly rest: number;
  readonly before: readonly Remark[];
  readonly start: number;
}

/** Reads the keyword of a further way of the choice; null when there is none, and nothing is read. */
function tailAhead(cursor: Cursor): Tail | null {
  const { at: rest } = cursor;
  if (cursor.choiceEnd === rest) return null;
  const before = remarksIn(cursor);
  const found = word(cursor);
  const { at: start } = cursor;
  if ((found === 'else' && elseAhead(cursor)) || (found === 'elif' && elifAhead(cursor))) {
    cursor.at += found.length;
    return { word: found, rest, before, start };
  }
  cursor.at = rest;
  cursor.choiceEnd = rest;
  return null;
}

/** `else` and `elif` may also be names of variables and functions. */
function elseAhead(cursor: Cursor): boolean {
  if (!ahead(cursor, /else[ \t\r\n#]/y)) return false;
  const { at: from } = cursor;
  cursor.at += 'else'.length;
  remarksIn(cursor);
  const ended = cursor.at >= cursor.source.text.length || ahead(cursor, /=|end(?![A-Za-z0-9_])/y);
  cursor.at = from;
  return !ended;
}

function elifAhead(cursor: Cursor): boolean {
  return !callsAhead(cursor, 'elif') && ahead(cursor, /elif[ \t]*[A-Za-z0-9(["'{+-]/y);
}

function tailFrom(cursor: Cursor, { word: keyword, rest, start }: Tail): Surrounding {
  const { text } = cursor.source;
  let begins = start;
  while (begins > rest && !/[\r\n]/.test(text.charAt(begins - 1))) begins -= 1;
  if (begins === rest) return { kind: 'tail', line: null, body: null };
  const body = /[ \t]*[\r\n]+/y;
  body.lastIndex = cursor.at;
  return { kind: 'tail', line: begins, body: keyword === 'else' && body.test(text) ? body.lastIndex : null };
}

interface BranchStart {
  readonly from: number;
  readonly before: readonly Remark[];
  readonly around: Surrounding;
  readonly conditional: boolean;
}

function parseBranch(cursor: Cursor, readBody: ReadBody, start: BranchStart): Branch {
  return within(cursor, start.around, () => {
    cursor.innermost = -1;
    const condition = start.conditional ? parseValue(cursor) : null;
    if (start.conditional) keyword(cursor, 'then');
    const remarks = gap(cursor);
    const body = readBody(cursor);
    const at = upTo(cursor, start.from, body);
    return { kind: 'branch', condition, before: start.before, remarks, body, at };
  });
}

function within<Part>(cursor: Cursor, around: Surrounding, read: () => Part): Part {
  cursor.around.push(around);
  const part = read();
  cursor.around.pop();
  return part;
}

function keyword(cursor: Cursor, expected: 'then' | 'do'): void {
  if (word(cursor) !== expected) fail(cursor, `"${expected}"`);
  cursor.at += expected.length;
}

/** At least one blank, remark or end of line, and the remarks in it. */
function gap(cursor: Cursor): Remark[] {
  const from = cursor.at;
  const remarks = remarksIn(cursor);
  if (cursor.at === from) fail(cursor, 'a blank');
  if (cursor.at >= cursor.source.text.length) {
    cursor.at = cursor.source.text.length - 1;
    fail(cursor, 'a statement');
  }
  return remarks;
}

function remarksIn(cursor: Cursor): Remark[] {
  const remarks: Remark[] = [];
  let own = false;
  for (;;) {
    blanks(cursor);
    const from = cursor.at;
    if (newlines(cursor)) own = true;
    else {
      const text = remark(cursor);
      if (text === null) return remarks;
      remarks.push({ kind: 'remark', text, own, at: since(cursor, from) });
    }
  }
}
