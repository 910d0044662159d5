import type { Budget } from './budget.ts';
import { TemplateFault } from './fault.ts';
import { tokensOf } from './lexer.ts';
import type { Token } from './tokens.ts';
import { describe, describeWanted } from './tokens.ts';
import { quoted } from './text.ts';

/** How deep brackets and blocks may be nested. */
const DEEPEST = 150;

/** The tokens of a template with a place in them. */
export class TokenStream {
  readonly #tokens: Generator<Token, void>;
  #current: Token;
  #next: Token | undefined;
  readonly #budget: Budget;
  #depth = 0;

  constructor(template: string, budget: Budget) {
    this.#budget = budget;
    this.#tokens = tokensOf(template);
    this.#current = { type: 'eof', value: '', line: 1 };
    this.#current = this.#read();
  }

  get current(): Token {
    return this.#current;
  }

  /** Gives the current token and goes on. */
  take(): Token {
    const token = this.#current;
    this.#current = this.#next ?? this.#read();
    this.#next = undefined;
    return token;
  }

  /** The token after the current one. */
  look(): Token {
    this.#next ??= this.#read();
    return this.#next;
  }

  /** Whether the current token is `type`, or `name:<word>`. */
  is(...wanted: readonly string[]): boolean {
    return wanted.some((one) => fits(this.#current, one));
  }

  /** Whether the token after the current one is this. */
  isNext(wanted: string): boolean {
    return fits(this.look(), wanted);
  }

  /** Goes past a token if it is this one. */
  skip(wanted: string): boolean {
    const found = this.is(wanted);
    if (found) this.take();
    return found;
  }

  /** Takes a token that has to be this one. @throws TemplateFault */
  expect(wanted: string): Token {
    if (this.is(wanted)) return this.take();
    const what = quoted(describeWanted(wanted));
    throw this.fault(
      this.is('eof')
        ? `unexpected end of template, expected ${what}.`
        : `expected token ${what}, got ${quoted(describe(this.#current))}`,
    );
  }

  fault(message: string, line = this.#current.line): TemplateFault {
    return new TemplateFault('TemplateSyntaxError', message, line);
  }

  /** Reads something that may hold its like. @throws TemplateFault where that goes too deep */
  nested<T>(read: () => T): T {
    this.#depth += 1;
    if (this.#depth > DEEPEST) throw this.fault('nested too deeply');
    const result = read();
    this.#depth -= 1;
    return result;
  }

  #read(): Token {
    this.#budget.spend();
    const { value, done } = this.#tokens.next();
    return done === true || value === undefined ? { type: 'eof', value: '', line: this.#current.line } : value;
  }
}

function fits({ type, value }: Token, wanted: string): boolean {
  return type === wanted || (type === 'name' && wanted === `name:${value}`);
}
