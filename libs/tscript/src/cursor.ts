/**
 * Reading a source from left to right. Nothing is ever read twice: every choice is made by looking ahead a few
 * characters, so the time is linear and the first place that cannot be read is also the furthest.
 */
import { type SourceText, type Span, describeAt, spanOf } from './source-text.ts';
import { type Surrounding, statementStart } from './statement-start.ts';

/** A place in a source, with what could also have stood there and what is open around it. */
export interface Cursor {
  readonly source: SourceText;
  at: number;
  hintAt: number;
  hints: readonly string[];
  depth: number;
  /** Where a choice was found to end, so that those around it need not look again. */
  choiceEnd: number;
  /** Where the outermost and the innermost statement begin, and what is open between them. */
  outermost: number;
  innermost: number;
  readonly around: Surrounding[];
}

/** Thrown inside the parser at a place that cannot be read. */
export class Unreadable extends Error {
  constructor(
    readonly offset: number,
    readonly span: number,
    readonly expected: readonly string[],
    readonly statement: number,
    readonly words?: string,
  ) {
    super('unreadable');
  }
}

/** How deep statements and values may be nested in each other. */
export const deepestSource = 200;

/** A cursor at the beginning of a source. */
export function cursorAt(source: SourceText): Cursor {
  return { source, at: 0, hintAt: -1, hints: [], depth: 0, choiceEnd: -1, outermost: 0, innermost: -1, around: [] };
}

/** Notes what could stand at the place besides what is read next. */
export function hint(cursor: Cursor, what: readonly string[]): void {
  cursor.hints = cursor.hintAt === cursor.at ? [...cursor.hints, ...what] : what;
  cursor.hintAt = cursor.at;
}

/** Gives up at the place. `words` replaces the sentence made from what was expected; `leftover` when a statement was read before. */
export function fail(cursor: Cursor, expected: string | readonly string[], words?: string, leftover = false): never {
  const { at, source, outermost, innermost, around } = cursor;
  const hints = cursor.hintAt === at ? cursor.hints : [];
  const all = [...new Set([...hints, ...(typeof expected === 'string' ? [expected] : expected)])];
  const { length } = describeAt(source.text, at);
  const statement = statementStart(source.text, { outermost, innermost, leftover, around });
  throw new Unreadable(at, length, all, statement, words);
}

/** Reads the parts of something that is nested; gives up when it goes too deep. */
export function nested<Part>(cursor: Cursor, read: (cursor: Cursor) => Part): Part {
  cursor.depth += 1;
  if (cursor.depth > deepestSource) fail(cursor, [], `nested deeper than ${deepestSource} levels`);
  const part = read(cursor);
  cursor.depth -= 1;
  return part;
}

/** The stretch from an offset to the place. */
export function since(cursor: Cursor, from: number): Span {
  return spanOf(cursor.source, from, cursor.at);
}

/** The stretch from an offset to the end of a part that was read. */
export function upTo(cursor: Cursor, from: number, { at }: { readonly at: Span }): Span {
  return spanOf(cursor.source, from, at.offset + at.length);
}

/** The character at the place. */
export function peek(cursor: Cursor): string {
  return cursor.source.text.charAt(cursor.at);
}

/** Skips blanks and tabs. */
export function blanks(cursor: Cursor): void {
  const { text } = cursor.source;
  let code = text.charCodeAt(cursor.at);
  while (code === 32 || code === 9) code = text.charCodeAt((cursor.at += 1));
}

/** Reads the text if it stands at the place. */
export function take(cursor: Cursor, text: string): boolean {
  if (!cursor.source.text.startsWith(text, cursor.at)) return false;
  cursor.at += text.length;
  return true;
}

/** Reads the text or gives up. */
export function need(cursor: Cursor, text: string): void {
  if (!take(cursor, text)) fail(cursor, `"${text}"`);
}

/** Reads a pattern (which must be sticky) if it stands at the place. */
export function match(cursor: Cursor, pattern: RegExp): string | null {
  const { at: from } = cursor;
  pattern.lastIndex = from;
  if (!pattern.test(cursor.source.text)) return null;
  cursor.at = pattern.lastIndex;
  return cursor.source.text.slice(from, cursor.at);
}

/** Whether a pattern (which must be sticky) stands so many characters ahead. */
export function ahead(cursor: Cursor, pattern: RegExp, distance = 0): boolean {
  pattern.lastIndex = cursor.at + distance;
  return pattern.test(cursor.source.text);
}

const wordPattern = /[A-Za-z][A-Za-z0-9_]*/y;

/** The longest word at the place, which is not read; empty when there is none. */
export function word(cursor: Cursor): string {
  const { at: from, source } = cursor;
  return source.text.slice(from, wordEnd(source.text, from));
}

/** Where the longest word that begins at an offset ends. */
export function wordEnd(text: string, from: number): number {
  wordPattern.lastIndex = from;
  return wordPattern.test(text) ? wordPattern.lastIndex : from;
}

/** Whether a single `=` stands at the place. */
export function assigns({ source: { text }, at }: Cursor): boolean {
  return text.charCodeAt(at) === 61 && text.charCodeAt(at + 1) !== 61;
}

/** Reads a name of at least two characters; `found` is the word at the place. */
export function name(cursor: Cursor, what: string, found = word(cursor)): string {
  if (found.length < 2) {
    fail(cursor, what, found === '' ? undefined : `"${found}" is too short: a name has at least two characters`);
  }
  cursor.at += found.length;
  return found;
}

const newlinesPattern = /[\r\n]+/y;
const remarkPattern = /#[^\r\n]*/y;

/** Reads the ends of lines if there are any. */
export function newlines(cursor: Cursor): boolean {
  return match(cursor, newlinesPattern) !== null;
}

/** Reads a remark if there is one. */
export function remark(cursor: Cursor): string | null {
  return peek(cursor) === '#' ? (match(cursor, remarkPattern)?.trimEnd() ?? null) : null;
}
