import { TemplateFault } from './fault.ts';
import type { Token } from './tokens.ts';
import { OPERATORS } from './tokens.ts';
import { unescaped } from './unescaped.ts';

const TAG = /\{[{%#]/g;
const RAW = /\{%([-+]?)\s*raw\s*(?:-%\}\s*|%\})/y;
const ENDRAW = /\{%([-+]?)\s*endraw\s*(?:\+%\}|-%\}\s*|%\})/g;
const ENDCOMMENT = /\+#\}|-#\}\s*|#\}/g;
const ENDS = { variable: /-\}\}\s*|\}\}/y, block: /\+%\}|-%\}\s*|%\}/y };
const SPACE = /\s+/y;
const FLOAT = /(?:\d+_)*\d+(?:(?:\.(?:\d+_)*\d+)?e[+-]?(?:\d+_)*\d+|\.(?:\d+_)*\d+)/iy;
const INTEGER = /0b(?:_?[01])+|0o(?:_?[0-7])+|0x(?:_?[\da-f])+|[1-9](?:_?\d)*|0(?:_?0)*/iy;
const NAME = /[\p{L}\p{N}_]+/uy;
const STRING = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/sy;
const OPERATOR = /\/\/|\*\*|==|!=|>=|<=|[-+/*%~[\](){}><=.:|,;]/y;
const CLOSES: Readonly<Record<string, string>> = { '{': '}', '(': ')', '[': ']' };
const BRACKETS = new Set('{([])}');

/** Reads a template token by token. */
class Lexer {
  readonly #source: string;
  #at = 0;
  #line = 1;

  constructor(template: string) {
    // The newline that ends a template is no part of it.
    this.#source = template.replace(/\r\n|\r/g, '\n').replace(/\n$/, '');
  }

  *read(): Generator<Token, void> {
    while (this.#at < this.#source.length) {
      TAG.lastIndex = this.#at;
      const start = TAG.exec(this.#source)?.index;
      if (start === undefined) {
        yield* this.#data(this.#source.length, '');
        return;
      }
      RAW.lastIndex = start;
      const raw = RAW.exec(this.#source);
      const sign = raw ? (raw[1] ?? '') : (/[-+]/.exec(this.#source[start + 2] ?? '')?.[0] ?? '');
      yield* this.#data(start, sign);
      if (raw) yield* this.#raw(raw[0]);
      else if (this.#source[start + 1] === '#') this.#comment(2 + sign.length);
      else yield* this.#tag(this.#source[start + 1] === '{' ? 'variable' : 'block', 2 + sign.length);
    }
  }

  /** Text up to a tag, without the white space the tag takes away. */
  *#data(end: number, sign: string): Generator<Token, void> {
    const text = this.#source.slice(this.#at, end);
    const value = sign === '-' ? text.trimEnd() : text;
    if (value !== '') yield { type: 'data', value, line: this.#line };
    this.#pass(text);
  }

  *#raw(begin: string): Generator<Token, void> {
    this.#pass(begin);
    const end = this.#match(ENDRAW);
    if (!end) throw this.#fault('Missing end of raw directive');
    yield* this.#data(end.index, end[1] ?? '');
    this.#pass(end[0]);
  }

  #comment(begin: number): void {
    this.#at += begin;
    const end = this.#match(ENDCOMMENT);
    if (!end) throw this.#fault('Missing end of comment tag');
    this.#pass(this.#source.slice(this.#at, end.index + end[0].length));
  }

  /** A tag ends where its sign comes and no bracket is open; a template may end before that. */
  *#tag(kind: 'variable' | 'block', begin: number): Generator<Token, void> {
    yield { type: `${kind}_begin`, value: '', line: this.#line };
    this.#at += begin;
    const open: string[] = [];
    while (this.#at < this.#source.length) {
      const end = open.length === 0 ? this.#match(ENDS[kind]) : null;
      if (end) {
        yield { type: `${kind}_end`, value: '', line: this.#line };
        this.#pass(end[0]);
        return;
      }
      const space = this.#match(SPACE);
      if (space) {
        this.#pass(space[0]);
        continue;
      }
      const [token, text] = this.#token();
      if (BRACKETS.has(text)) this.#balance(open, text);
      yield token;
      this.#pass(text);
    }
  }

  #token(): readonly [token: Token, text: string] {
    const line = this.#line;
    const float = this.#source[this.#at - 1] === '.' ? null : this.#match(FLOAT);
    if (float) return [{ type: 'float', value: Number(float[0].replaceAll('_', '')), line }, float[0]];
    const integer = this.#match(INTEGER);
    if (integer) return [{ type: 'integer', value: this.#integer(integer[0]), line }, integer[0]];
    const name = this.#match(NAME);
    if (name) {
      if (!/^[\p{L}_]/u.test(name[0])) throw this.#fault('Invalid character in identifier');
      return [{ type: 'name', value: name[0], line }, name[0]];
    }
    const string = this.#match(STRING);
    if (string) return [{ type: 'string', value: unescaped(string[0].slice(1, -1), line), line }, string[0]];
    const operator = this.#match(OPERATOR);
    if (operator) return [{ type: OPERATORS[operator[0]] ?? '', value: operator[0], line }, operator[0]];
    const char = String.fromCodePoint(this.#source.codePointAt(this.#at) ?? 0);
    throw this.#fault(`unexpected char '${char}' at ${this.#at}`);
  }

  #integer(text: string): number {
    const value = Number(text.replaceAll('_', ''));
    if (Number.isSafeInteger(value)) return value;
    throw new TemplateFault('OverflowError', `the number ${text} is too large`, this.#line);
  }

  #balance(open: string[], sign: string): void {
    const closing = CLOSES[sign];
    if (closing !== undefined) {
      open.push(closing);
      return;
    }
    const expected = open.pop();
    if (expected === undefined) throw this.#fault(`unexpected '${sign}'`);
    if (expected !== sign) throw this.#fault(`unexpected '${sign}', expected '${expected}'`);
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#source);
  }

  #pass(text: string): void {
    this.#at += text.length;
    for (let n = text.indexOf('\n'); n !== -1; n = text.indexOf('\n', n + 1)) this.#line += 1;
  }

  #fault(message: string): TemplateFault {
    return new TemplateFault('TemplateSyntaxError', message, this.#line);
  }
}

/** Reads a template token by token; a fault comes up when it is reached. @throws TemplateFault */
export const tokensOf = (template: string): Generator<Token, void> => new Lexer(template).read();
