import type { Budget } from './budget.ts';
import { readExpression, readFilter, readTuple } from './expressions.ts';
import { quoted } from './text.ts';
import { readName, readPlace, readSignature } from './places.ts';
import { TokenStream } from './token-stream.ts';
import { describeWanted } from './tokens.ts';
import type { Expression, Place, Statement, Statements } from './tree.ts';

/** Reads a template. @throws TemplateFault */
export const readTemplate = (template: string, budget: Budget): Statements =>
  new StatementReader(new TokenStream(template, budget)).read();

/** Reads statements, with what is needed to say what is missing where one does not end. */
class StatementReader {
  readonly #stream: TokenStream;
  /** The tags that are open, the innermost last. */
  readonly #open: string[] = [];
  /** The tags that may come next, by the block that waits for them. */
  readonly #awaited: (readonly string[])[] = [];

  constructor(stream: TokenStream) {
    this.#stream = stream;
  }

  read(): Statements {
    return this.#until();
  }

  /** Statements up to one of these tags; up to the end of the template where none are given. */
  #until(...ends: readonly string[]): Statement[] {
    const stream = this.#stream;
    const body: Statement[] = [];
    if (ends.length > 0) this.#awaited.push(ends);
    while (!stream.is('eof')) {
      if (stream.is('data')) {
        body.push({ kind: 'text', text: String(stream.take().value) });
      } else if (stream.skip('variable_begin')) {
        body.push({ kind: 'print', values: [readTuple(stream)] });
        stream.expect('variable_end');
      } else {
        stream.expect('block_begin');
        if (ends.length > 0 && stream.is(...ends)) break;
        body.push(stream.nested(() => this.#statement()));
        stream.expect('block_end');
      }
    }
    if (ends.length > 0) this.#awaited.pop();
    return body;
  }

  /** The body of a block, up to one of these tags, which becomes the current one. */
  #body(...ends: readonly string[]): Statements {
    this.#stream.skip('colon');
    this.#stream.expect('block_end');
    const body = this.#until(...ends);
    if (this.#stream.is('eof')) {
      this.#awaited.push(ends);
      throw this.#lost(undefined);
    }
    return body;
  }

  #bodyTo(end: string): Statements {
    const body = this.#body(end);
    this.#stream.take();
    return body;
  }

  #statement(): Statement {
    const { type, value, line } = this.#stream.current;
    if (type !== 'name') throw this.#stream.fault('tag name expected', line);
    const tag = String(value);
    const read = Object.hasOwn(this.#tags, tag) ? this.#tags[tag] : undefined;
    if (!read) throw this.#lost(tag);
    this.#open.push(tag);
    this.#stream.take();
    const statement = read();
    this.#open.pop();
    return statement;
  }

  readonly #tags: Readonly<Record<string, () => Statement>> = {
    if: () => this.#if(),
    for: () => this.#for(),
    set: () => this.#set(),
    with: () => this.#with(),
    macro: () => {
      const name = readName(this.#stream);
      return { kind: 'macro', name, signature: readSignature(this.#stream), body: this.#bodyTo('name:endmacro') };
    },
    call: () => this.#call(),
    filter: () => {
      const filter = readFilter<Expression | undefined>(this.#stream, undefined, true) as Expression;
      return { kind: 'filter', filter, body: this.#bodyTo('name:endfilter') };
    },
    block: () => this.#block(),
    print: () => {
      const values: Expression[] = [];
      while (!this.#stream.is('block_end')) {
        if (values.length > 0) this.#stream.expect('comma');
        values.push(readExpression(this.#stream));
      }
      return { kind: 'print', values };
    },
    extends: () => this.#load(),
    include: () => this.#load(),
    import: () => this.#load(),
    from: () => this.#load(),
  };

  #if(): Statement {
    const branches: { test: Expression; body: Statements }[] = [];
    for (;;) {
      const test = readTuple(this.#stream, { choice: false });
      branches.push({ test, body: this.#body('name:elif', 'name:else', 'name:endif') });
      const { value } = this.#stream.take();
      if (value === 'elif') continue;
      return { kind: 'if', branches, otherwise: value === 'else' ? this.#bodyTo('name:endif') : [] };
    }
  }

  #for(): Statement {
    const stream = this.#stream;
    const place = readPlace(stream);
    stream.expect('name:in');
    const over = readTuple(stream, { choice: false });
    const only = stream.skip('name:if') ? readExpression(stream) : undefined;
    const recursive = stream.skip('name:recursive');
    const body = this.#body('name:endfor', 'name:else');
    const otherwise = stream.take().value === 'else' ? this.#bodyTo('name:endfor') : [];
    return { kind: 'for', place, over, only, recursive, body, otherwise };
  }

  #set(): Statement {
    const place = readPlace(this.#stream);
    if (this.#stream.skip('assign')) return { kind: 'set', place, value: readTuple(this.#stream) };
    const filter = readFilter<Expression | undefined>(this.#stream, undefined);
    return { kind: 'setBlock', place, filter, body: this.#bodyTo('name:endset') };
  }

  #with(): Statement {
    const places: Place[] = [];
    const values: Expression[] = [];
    while (!this.#stream.is('block_end')) {
      if (places.length > 0) this.#stream.expect('comma');
      places.push(readPlace(this.#stream));
      this.#stream.expect('assign');
      values.push(readExpression(this.#stream));
    }
    return { kind: 'with', places, values, body: this.#bodyTo('name:endwith') };
  }

  #call(): Statement {
    const { line } = this.#stream.current;
    const signature = this.#stream.is('lparen') ? readSignature(this.#stream) : { names: [], defaults: [] };
    const call = readExpression(this.#stream);
    if (call.kind !== 'call') throw this.#stream.fault('expected call', line);
    return { kind: 'call', call, signature, body: this.#bodyTo('name:endcall') };
  }

  #block(): Statement {
    const stream = this.#stream;
    const name = readName(stream);
    const scoped = stream.skip('name:scoped');
    stream.skip('name:required');
    if (stream.is('sub')) {
      throw stream.fault('the name of a block may not hold a hyphen, use an underscore instead.');
    }
    const body = this.#bodyTo('name:endblock');
    stream.skip(`name:${name}`);
    return { kind: 'block', scoped, body };
  }

  #load(): Statement {
    readExpression(this.#stream);
    while (!this.#stream.is('block_end', 'eof')) this.#stream.take();
    return { kind: 'load' };
  }

  /** A tag that does not belong here, or the end of the template where one is missing. */
  #lost(tag: string | undefined) {
    const awaited = this.#awaited
      .at(-1)
      ?.map((end) => quoted(describeWanted(end)))
      .join(' or ');
    const innermost = this.#open.at(-1);
    const known = tag !== undefined && this.#awaited.some((ends) => ends.includes(`name:${tag}`));
    const sentences = [
      tag === undefined ? 'Unexpected end of template.' : `Encountered unknown tag ${quoted(tag)}.`,
      ...(awaited === undefined
        ? []
        : [
            known
              ? `You probably made a nesting mistake. Jinja is expecting this tag, but currently looking for ${awaited}.`
              : `Jinja was looking for the following tags: ${awaited}.`,
          ]),
      ...(innermost === undefined ? [] : [`The innermost block that needs to be closed is ${quoted(innermost)}.`]),
    ];
    return this.#stream.fault(sentences.join(' '));
  }
}
