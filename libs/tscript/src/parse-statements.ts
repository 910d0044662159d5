import {
  type Cursor,
  Unreadable,
  ahead,
  assigns,
  blanks,
  fail,
  hint,
  match,
  name,
  need,
  nested,
  newlines,
  peek,
  remark,
  since,
  take,
  upTo,
  word,
} from './cursor.ts';
import { choosesAhead, parseIf, parseWhile } from './parse-branches.ts';
import { isConstant, parseLiteral } from './parse-literals.ts';
import { callsAhead, parseBare, parseEntries, parseTarget, parseValue } from './parse-values.ts';
import { placeAt } from './source-text.ts';
import type { Assignment, Block, Expression, Goto, Label, Line, Statement, Word } from './tree.ts';

/** What the parser does with a place that cannot be read: keeps it and goes on. */
export type Recover = (fault: Unreadable) => void;

/** The lines up to the `end` of the block that is open, or up to the end of the source. */
export function parseLines(cursor: Cursor, recover: Recover, inBlock: boolean): Line[] {
  const lines: Line[] = [];
  for (;;) {
    const { at: from, depth } = cursor;
    const open = cursor.around.length;
    if (!inBlock) cursor.outermost = from;
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
  const first = peek(cursor);
  const bare = first === '#' || first === '\n' || first === '\r';
  const statement = bare ? null : parseStatement(cursor, recover);
  if (statement !== null) blanks(cursor);
  const text = remark(cursor);
  const at = since(cursor, statement?.at.offset ?? from);
  const last = placeAt(cursor.source, cursor.at).line;
  if (!newlines(cursor)) fail(cursor, 'the end of the line', undefined, statement !== null);
  return { kind: 'line', statement, remark: text, at, last };
}

function parseStatement(cursor: Cursor, recover: Recover): Statement {
  blanks(cursor);
  const { innermost } = cursor;
  cursor.innermost = cursor.at;
  const statement = nested(cursor, () => parseOne(cursor, recover));
  cursor.innermost = innermost;
  blanks(cursor);
  return statement;
}

function parseOne(cursor: Cursor, recover: Recover): Statement {
  if (peek(cursor) === ':') return parseLabel(cursor);
  const first = word(cursor);
  if (first === '') return parseValueStatement(cursor);
  const special = Object.hasOwn(byWord, first) ? byWord[first] : undefined;
  if (special !== undefined) return special(cursor, recover);
  if (first === 'if' && choosesAhead(cursor)) return parseIf(cursor, (inner) => parseStatement(inner, recover));
  return parseTargetOrValue(cursor, first);
}

const byWord: Readonly<Record<string, (cursor: Cursor, recover: Recover) => Statement>> = {
  goto: parseGoto,
  while: (cursor, recover) => parseWhile(cursor, (inner) => parseStatement(inner, recover)),
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

const equals = ['"="'];

function parseTargetOrValue(cursor: Cursor, first: string): Statement {
  const { at: from } = cursor;
  if (callsAhead(cursor, first) || first === 'exists') return parseValueStatement(cursor);
  const constant = isConstant(first) || first === 'not' || first === 'Not';
  if (constant && !ahead(cursor, /(?:\.[A-Za-z][A-Za-z0-9_]+)?(?:\[[^\]\r\n]*\])?[ \t]*=(?!=)/y, first.length)) {
    return parseValueStatement(cursor);
  }
  const target = parseTarget(cursor, first);
  blanks(cursor);
  if (!assigns(cursor)) {
    hint(cursor, equals);
    return target;
  }
  cursor.at += 1;
  const value = parseValue(cursor);
  return { kind: 'assignment', target, value, at: upTo(cursor, from, value) } satisfies Assignment;
}

const valuePattern = /[A-Za-z0-9(["'{]|[-+][0-9]/y;

function parseValueStatement(cursor: Cursor): Expression {
  if (!ahead(cursor, valuePattern)) fail(cursor, 'a statement');
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
