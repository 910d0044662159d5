import { readHanded } from './handed.ts';
import { quoted } from './text.ts';
import type { TokenStream } from './token-stream.ts';
import { describe } from './tokens.ts';
import type { Expression } from './tree.ts';
import { fraction } from './values.ts';

const COMPARISONS = new Set(['eq', 'ne', 'lt', 'lteq', 'gt', 'gteq']);
const SUMS = new Set(['add', 'sub']);
const PRODUCTS = new Set(['mul', 'div', 'floordiv', 'mod']);
const CONSTANTS: Readonly<Record<string, boolean | null>> = {
  true: true,
  True: true,
  false: false,
  False: false,
  none: null,
  None: null,
};
/** What may begin the argument of a test that is written without brackets. */
const BARE = new Set(['name', 'string', 'integer', 'float', 'lbracket', 'lbrace']);

type Read = (stream: TokenStream) => Expression;

/** An expression; with a choice (`a if b else c`) unless that would be misread. */
export function readExpression(stream: TokenStream, choice = true): Expression {
  return stream.nested(() => (choice ? readChoice(stream) : readOr(stream)));
}

/** One expression, or several with commas between them, which make a tuple. */
export function readTuple(
  stream: TokenStream,
  options: { readonly choice?: boolean; readonly inBrackets?: boolean } = {},
): Expression {
  const items: Expression[] = [];
  let comma = false;
  for (;;) {
    if (items.length > 0) stream.expect('comma');
    if (stream.is('variable_end', 'block_end', 'rparen')) break;
    items.push(readExpression(stream, options.choice));
    if (!stream.is('comma')) break;
    comma = true;
  }
  const [first] = items;
  if (comma || (first === undefined && options.inBrackets)) return { kind: 'tuple', items };
  if (first === undefined) throw stream.fault(`Expected an expression, got ${quoted(describe(stream.current))}`);
  return first;
}

function readChoice(stream: TokenStream): Expression {
  let value = readOr(stream);
  while (stream.is('name:if')) {
    const { line } = stream.take();
    const test = readOr(stream);
    const otherwise = stream.skip('name:else') ? stream.nested(() => readChoice(stream)) : undefined;
    value = { kind: 'choice', test, value, otherwise, line };
  }
  return value;
}

const readOr: Read = (stream) => {
  let left = readAnd(stream);
  while (stream.skip('name:or')) left = { kind: 'or', left, right: readAnd(stream) };
  return left;
};

const readAnd: Read = (stream) => {
  let left = readNot(stream);
  while (stream.skip('name:and')) left = { kind: 'and', left, right: readNot(stream) };
  return left;
};

const readNot: Read = (stream) =>
  stream.skip('name:not') ? { kind: 'not', of: stream.nested(() => readNot(stream)) } : readComparison(stream);

const readComparison: Read = (stream) => {
  const first = readSum(stream);
  const rest: (readonly [string, Expression])[] = [];
  for (;;) {
    if (COMPARISONS.has(stream.current.type)) rest.push([stream.take().type, readSum(stream)]);
    else if (stream.skip('name:in')) rest.push(['in', readSum(stream)]);
    else if (stream.is('name:not') && stream.isNext('name:in')) {
      stream.take();
      stream.take();
      rest.push(['notin', readSum(stream)]);
    } else return rest.length > 0 ? { kind: 'comparison', first, rest } : first;
  }
};

const binary = (operators: ReadonlySet<string>, read: Read): Read => {
  return (stream) => {
    let left = read(stream);
    while (operators.has(stream.current.type)) {
      left = { kind: 'binary', operator: stream.take().type, left, right: read(stream) };
    }
    return left;
  };
};

const readPower: Read = (stream) => binary(new Set(['pow']), readUnary)(stream);
const readProduct = binary(PRODUCTS, readPower);
const readJoined: Read = (stream) => {
  const first = readProduct(stream);
  const rest: Expression[] = [];
  while (stream.skip('tilde')) rest.push(readProduct(stream));
  return rest.length > 0 ? { kind: 'joined', parts: [first, ...rest] } : first;
};
const readSum = binary(SUMS, readJoined);

function readUnary(stream: TokenStream, filters = true): Expression {
  const sign = stream.is('sub') ? 'negative' : stream.is('add') ? 'positive' : undefined;
  if (sign !== undefined) stream.take();
  const of = sign === undefined ? readPrimary(stream) : stream.nested(() => readUnary(stream, false));
  const whole = readPostfix(stream, sign === undefined ? of : { kind: sign, of });
  return filters ? readFilters(stream, whole) : whole;
}

/** A name, something written out, or an expression in brackets. */
export function readPrimary(stream: TokenStream): Expression {
  const { type, value, line } = stream.current;
  const read = PRIMARY[type];
  if (!read) throw stream.fault(`unexpected ${quoted(describe({ type, value }))}`, line);
  return read(stream);
}

const PRIMARY: Readonly<Record<string, Read>> = {
  name: (stream) => {
    const name = String(stream.take().value);
    const constant = Object.hasOwn(CONSTANTS, name) ? CONSTANTS[name] : undefined;
    return constant === undefined ? { kind: 'name', name } : { kind: 'constant', value: constant };
  },
  string: (stream) => {
    let value = '';
    while (stream.is('string')) value += String(stream.take().value);
    return { kind: 'constant', value };
  },
  integer: (stream) => ({ kind: 'constant', value: stream.take().value }),
  float: (stream) => {
    const value = Number(stream.take().value);
    return { kind: 'constant', value: fraction(value) };
  },
  lparen: (stream) => {
    stream.take();
    const inner = readTuple(stream, { inBrackets: true });
    stream.expect('rparen');
    return inner;
  },
  lbracket: (stream) => {
    stream.take();
    const items = readUntil(stream, 'rbracket', () => readExpression(stream));
    return { kind: 'list', items };
  },
  lbrace: (stream) => {
    stream.take();
    const entries = readUntil(stream, 'rbrace', () => {
      const key = readExpression(stream);
      stream.expect('colon');
      return [key, readExpression(stream)] as const;
    });
    return { kind: 'map', entries };
  },
};

/** Reads what stands between here and a closing bracket, with commas between and one after the last at will. */
function readUntil<T>(stream: TokenStream, end: string, read: () => T): T[] {
  const items: T[] = [];
  while (!stream.is(end)) {
    if (items.length > 0) stream.expect('comma');
    if (stream.is(end)) break;
    items.push(read());
  }
  stream.expect(end);
  return items;
}

/** What may follow a value: attributes, items, calls. */
export function readPostfix(stream: TokenStream, value: Expression): Expression {
  let whole = value;
  for (;;) {
    if (stream.is('dot')) whole = readAttribute(stream, whole);
    else if (stream.is('lbracket')) whole = readItem(stream, whole);
    else if (stream.is('lparen')) whole = { kind: 'call', callee: whole, args: readHanded(stream, readExpression) };
    else return whole;
  }
}

function readAttribute(stream: TokenStream, of: Expression): Expression {
  stream.take();
  const { type, value, line } = stream.take();
  if (type === 'name') return { kind: 'attribute', of, name: String(value) };
  if (type !== 'integer') throw stream.fault('expected name or number', line);
  return { kind: 'item', of, at: { kind: 'constant', value } };
}

function readItem(stream: TokenStream, of: Expression): Expression {
  stream.take();
  const read = (): Expression[] => {
    const bounds: (Expression | undefined)[] = [];
    const bound = () => (stream.is('colon', 'rbracket', 'comma') ? undefined : readExpression(stream));
    bounds.push(bound());
    if (!stream.is('colon')) return [bounds[0] ?? readExpression(stream)];
    while (bounds.length < 3 && stream.skip('colon')) bounds.push(bound());
    return [{ kind: 'slice', of, bounds }];
  };
  const items: Expression[] = [];
  while (!stream.is('rbracket')) {
    if (items.length > 0) stream.expect('comma');
    items.push(...read());
  }
  stream.expect('rbracket');
  const [only] = items;
  if (only?.kind === 'slice' && items.length === 1) return only;
  return { kind: 'item', of, at: items.length === 1 && only ? only : { kind: 'tuple', items } };
}

function readFilters(stream: TokenStream, value: Expression): Expression {
  let whole = value;
  for (;;) {
    if (stream.is('pipe')) whole = readFilter(stream, whole);
    else if (stream.is('name:is')) whole = readTest(stream, whole);
    else if (stream.is('lparen')) whole = { kind: 'call', callee: whole, args: readHanded(stream, readExpression) };
    else return whole;
  }
}

/** The filters that stand after a value; `of` undefined where they are over a block. */
export function readFilter<O extends Expression | undefined>(
  stream: TokenStream,
  of: O,
  inline = false,
): O | Expression {
  let whole: O | Expression = of;
  for (let first = inline; first || stream.is('pipe'); first = false) {
    if (!first) stream.take();
    const { line } = stream.current;
    const name = readDotted(stream);
    whole = {
      kind: 'filter',
      of: whole,
      name,
      args: stream.is('lparen') ? readHanded(stream, readExpression) : NONE,
      line,
    };
  }
  return whole;
}

function readTest(stream: TokenStream, of: Expression): Expression {
  const { line } = stream.take();
  const negated = stream.skip('name:not');
  const name = readDotted(stream);
  const test: Expression = { kind: 'test', of, name, args: readTested(stream), line };
  return negated ? { kind: 'not', of: test } : test;
}

function readTested(stream: TokenStream) {
  if (stream.is('lparen')) return readHanded(stream, readExpression);
  if (!BARE.has(stream.current.type) || stream.is('name:else', 'name:or', 'name:and')) return NONE;
  if (stream.is('name:is')) throw stream.fault('You cannot chain multiple tests with is');
  return { ...NONE, positional: [readPostfix(stream, readPrimary(stream))] };
}

const NONE = { positional: [], named: [] };

function readDotted(stream: TokenStream): string {
  let name = String(stream.expect('name').value);
  while (stream.skip('dot')) name += `.${stream.expect('name').value}`;
  return name;
}
