import {
  type Cursor,
  type Surrounding,
  Unreadable,
  ahead,
  blanks,
  fail,
  hint,
  match,
  name,
  need,
  nested,
  newlines,
  peek,
  since,
  take,
  word,
} from './cursor.ts';
import {
  callsAhead,
  isConstant,
  parseBare,
  parseEntries,
  parseLiteral,
  parseTarget,
  parseValue,
} from './parse-values.ts';
import { placeAt } from './source-text.ts';
import type {
  Assignment,
  Block,
  Branch,
  Expression,
  Goto,
  If,
  Label,
  Line,
  Remark,
  Statement,
  While,
  Word,
} from './tree.ts';

/** What the parser does with a place that cannot be read: keeps it and goes on. */
export type Recover = (fault: Unreadable) => void;

/** The lines up to the `end` of the block that is open, or up to the end of the source. */
export function parseLines(cursor: Cursor, recover: Recover, inBlock: boolean): Line[] {
  const lines: Line[] = [];
  for (;;) {
    const { at: from, depth } = cursor;
    const open = cursor.around.length;
    if (!inBlock) cursor.statement = from;
    blanks(cursor);
    if ((inBlock && word(cursor) === 'end') || cursor.at >= cursor.source.text.length) return lines;
    try {
      lines.push(parseLine(cursor, recover, from));
    } catch (thrown) {
      if (!(thrown instanceof Unreadable)) throw thrown;
      recover(thrown);
      cursor.depth = depth;
      cursor.around.length = open;
      skipLine(cursor, thrown.offset);
    }
  }
}

/** Goes to the line after the one that could not be read. */
function skipLine(cursor: Cursor, offset: number): void {
  cursor.at = Math.max(cursor.at, Math.min(offset, cursor.source.text.length));
  match(cursor, /[^\r\n]*[\r\n]*/y);
}

function parseLine(cursor: Cursor, recover: Recover, from: number): Line {
  const bare = peek(cursor) === '#' || ahead(cursor, /[\r\n]/y);
  const statement = bare ? null : parseStatement(cursor, recover);
  if (statement !== null) blanks(cursor);
  const remark = match(cursor, /#[^\r\n]*/y);
  const at = since(cursor, statement?.at.offset ?? from);
  const last = placeAt(cursor.source, cursor.at).line;
  if (!newlines(cursor)) fail(cursor, 'the end of the line');
  return { kind: 'line', statement, remark: remark?.trimEnd() ?? null, at, last };
}

function parseStatement(cursor: Cursor, recover: Recover): Statement {
  blanks(cursor);
  const statement = nested(cursor, () => parseOne(cursor, recover));
  blanks(cursor);
  return statement;
}

function parseOne(cursor: Cursor, recover: Recover): Statement {
  if (peek(cursor) === ':') return parseLabel(cursor);
  const first = word(cursor);
  if (first === '') return parseValueStatement(cursor);
  const special = Object.hasOwn(byWord, first) ? byWord[first] : undefined;
  if (special !== undefined) return special(cursor, recover);
  if (first === 'if' && choosesAhead(cursor)) return parseIf(cursor, recover);
  return parseTargetOrValue(cursor, first);
}

const byWord: Readonly<Record<string, (cursor: Cursor, recover: Recover) => Statement>> = {
  goto: parseGoto,
  while: parseWhile,
  begin: parseBlock,
  break: parseWord,
  continue: parseWord,
  pass: parseWord,
  end: (cursor) => fail(cursor, 'a statement', '"end" without a "begin" that is open'),
  do: (cursor) => fail(cursor, 'a statement', '"do" without a "while" before it'),
};

function parseLabel(cursor: Cursor): Label {
  const from = cursor.at;
  need(cursor, ':');
  const label = name(cursor, 'the name of a label');
  return { kind: 'label', name: label, at: since(cursor, from) };
}

function parseGoto(cursor: Cursor): Goto {
  const from = cursor.at;
  need(cursor, 'goto');
  if (!take(cursor, ' ')) fail(cursor, 'one blank');
  const label = name(cursor, 'the name of a label');
  return { kind: 'goto', label, at: since(cursor, from) };
}

function parseWord(cursor: Cursor): Word {
  const from = cursor.at;
  const found = word(cursor) as Word['word'];
  cursor.at += found.length;
  return { kind: 'word', word: found, at: since(cursor, from) };
}

/** Whether `if` at the place begins a choice; it may also be the name of a variable or a function. */
function choosesAhead(cursor: Cursor): boolean {
  return !callsAhead(cursor, 'if') && ahead(cursor, /if[ \t]*(?:[A-Za-z0-9(["'{]|[-+][0-9])/y) && !itemAhead(cursor);
}

/** `if[ ... ] = ...` assigns to an item of a variable called `if`. */
function itemAhead(cursor: Cursor): boolean {
  return ahead(cursor, /if\[[^\]\r\n]*\][ \t]*=(?!=)/y);
}

function parseTargetOrValue(cursor: Cursor, first: string): Statement {
  const { at: from } = cursor;
  if (callsAhead(cursor, first) || first === 'exists') return parseValueStatement(cursor);
  const constant = isConstant(first) || first === 'not' || first === 'Not';
  if (constant && !ahead(cursor, /(?:\.[A-Za-z][A-Za-z0-9_]+)?(?:\[[^\]\r\n]*\])?[ \t]*=(?!=)/y, first.length)) {
    return parseValueStatement(cursor);
  }
  const target = parseTarget(cursor);
  blanks(cursor);
  if (!ahead(cursor, /=(?!=)/y)) {
    hint(cursor, '"="');
    return target;
  }
  cursor.at += 1;
  const value = parseValue(cursor);
  const at = { ...since(cursor, from), length: value.at.offset + value.at.length - from };
  return { kind: 'assignment', target, value, at } satisfies Assignment;
}

function parseValueStatement(cursor: Cursor): Expression {
  if (!ahead(cursor, /[A-Za-z0-9(["'{]|[-+][0-9]/y)) fail(cursor, 'a statement');
  return parseBare(cursor);
}

function parseBlock(cursor: Cursor, recover: Recover): Block {
  const from = cursor.at;
  need(cursor, 'begin');
  if (!ahead(cursor, /[ \t]*\(/y)) fail(cursor, '"("');
  cursor.around.push({ kind: 'block' });
  const options = parseOptions(cursor, recover);
  const lines = parseLines(cursor, recover, true);
  if (!take(cursor, 'end')) unclosed(cursor, from);
  cursor.around.pop();
  return { kind: 'block', options, lines, at: since(cursor, from) };
}

/** The options of a block; when they cannot be read the lines of the block still can. */
function parseOptions(cursor: Cursor, recover: Recover): Block['options'] {
  try {
    need(cursor, '(');
    return parseEntries(cursor, ')', 'an option', parseOptionValue);
  } catch (thrown) {
    if (!(thrown instanceof Unreadable)) throw thrown;
    recover(thrown);
    skipLine(cursor, thrown.offset);
    return [];
  }
}

function unclosed(cursor: Cursor, from: number): never {
  cursor.at = cursor.source.text.length - 1;
  const { line } = placeAt(cursor.source, from);
  return fail(cursor, '"end"', `the block that begins on line ${line} is not closed by "end"`);
}

function parseOptionValue(cursor: Cursor): Expression {
  blanks(cursor);
  return parseLiteral(cursor);
}

function parseWhile(cursor: Cursor, recover: Recover): While {
  const from = cursor.at;
  need(cursor, 'while');
  const condition = parseValue(cursor);
  keyword(cursor, 'do');
  const remarks = gap(cursor);
  const body = within(cursor, { kind: 'body' }, () => parseStatement(cursor, recover));
  return { kind: 'while', condition, remarks, body, at: upTo(cursor, from, body) };
}

function parseIf(cursor: Cursor, recover: Recover): If {
  const from = cursor.at;
  need(cursor, 'if');
  const branches = [parseBranch(cursor, recover, { from, before: [], around: { kind: 'body' }, conditional: true })];
  for (;;) {
    const { at: rest } = cursor;
    const before = remarksIn(cursor);
    const found = word(cursor);
    const tail = (found === 'else' && elseAhead(cursor)) || (found === 'elif' && elifAhead(cursor));
    if (!tail) {
      cursor.at = rest;
      break;
    }
    const { at: start } = cursor;
    cursor.at += found.length;
    const conditional = found === 'elif';
    const around = tailFrom(cursor, rest, start, conditional);
    branches.push(parseBranch(cursor, recover, { from: start, before, around, conditional }));
    if (!conditional) break;
  }
  const last = branches.at(-1)?.body;
  return { kind: 'if', branches, at: upTo(cursor, from, last) };
}

/** `else` and `elif` may also be names of variables and functions. */
function elseAhead(cursor: Cursor): boolean {
  return (
    ahead(cursor, /else[ \t\r\n#]/y) &&
    ahead(cursor, /else(?:[ \t\r\n]|#[^\r\n]*[\r\n])+(?!end(?![A-Za-z0-9_]))[^ \t\r\n=#]/y)
  );
}

function elifAhead(cursor: Cursor): boolean {
  return !callsAhead(cursor, 'elif') && ahead(cursor, /elif[ \t]*[A-Za-z0-9(["'{+-]/y);
}

function tailFrom(cursor: Cursor, rest: number, start: number, conditional: boolean): Surrounding {
  const { text } = cursor.source;
  const before = Math.max(text.lastIndexOf('\n', start), text.lastIndexOf('\r', start));
  if (before < rest) return { kind: 'tail', line: null, body: null };
  const alone = !conditional && ahead(cursor, /[ \t]*[\r\n]/y);
  const body = /[ \t]*[\r\n]+/y;
  body.lastIndex = cursor.at;
  return { kind: 'tail', line: before + 1, body: alone && body.test(text) ? body.lastIndex : null };
}

interface BranchStart {
  readonly from: number;
  readonly before: readonly Remark[];
  readonly around: Surrounding;
  readonly conditional: boolean;
}

function parseBranch(cursor: Cursor, recover: Recover, start: BranchStart): Branch {
  return within(cursor, start.around, () => {
    const condition = start.conditional ? parseValue(cursor) : null;
    if (start.conditional) keyword(cursor, 'then');
    const remarks = gap(cursor);
    const body = parseStatement(cursor, recover);
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

function upTo(cursor: Cursor, from: number, last: Statement | undefined): Statement['at'] {
  const whole = since(cursor, from);
  return last === undefined ? whole : { ...whole, length: last.at.offset + last.at.length - from };
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
      const text = match(cursor, /#[^\r\n]*/y);
      if (text === null) return remarks;
      remarks.push({ kind: 'remark', text: text.trimEnd(), own, at: since(cursor, from) });
    }
  }
}
