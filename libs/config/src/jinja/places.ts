import { readExpression, readPrimary } from './expressions.ts';
import { quoted } from './text.ts';
import type { TokenStream } from './token-stream.ts';
import { describe } from './tokens.ts';
import type { Expression, Place, Signature } from './tree.ts';

/** A name that stands alone. */
export const readName = (stream: TokenStream): string => String(stream.expect('name').value);

/** What a value is assigned to: a name, several with commas between them, a member of a namespace. */
export function readPlace(stream: TokenStream): Place {
  const places: Place[] = [];
  let comma = false;
  for (;;) {
    if (places.length > 0) stream.expect('comma');
    if (stream.is('variable_end', 'block_end', 'rparen')) break;
    places.push(readOne(stream));
    if (!stream.is('comma')) break;
    comma = true;
  }
  const [only] = places;
  if (only === undefined) throw stream.fault(`Expected an expression, got ${quoted(describe(stream.current))}`);
  return comma ? { kind: 'places', places } : only;
}

function readOne(stream: TokenStream): Place {
  const { line } = stream.current;
  if (stream.is('name') && stream.isNext('dot')) {
    const of = readName(stream);
    stream.take();
    return { kind: 'member', of, name: readName(stream) };
  }
  return placeOf(readPrimary(stream), stream, line);
}

const KINDS: Readonly<Record<string, string>> = { constant: 'const', map: 'dict' };

function placeOf(expression: Expression, stream: TokenStream, line: number): Place {
  if (expression.kind === 'name') return { kind: 'name', name: expression.name };
  if (expression.kind === 'tuple') {
    return { kind: 'places', places: expression.items.map((item) => placeOf(item, stream, line)) };
  }
  throw stream.fault(`can't assign to ${quoted(KINDS[expression.kind] ?? expression.kind)}`, line);
}

/** What a macro takes, in brackets. */
export function readSignature(stream: TokenStream): Signature {
  const names: string[] = [];
  const defaults: Expression[] = [];
  stream.expect('lparen');
  while (!stream.is('rparen')) {
    if (names.length > 0) stream.expect('comma');
    names.push(readName(stream));
    if (stream.skip('assign')) defaults.push(readExpression(stream));
    else if (defaults.length > 0) throw stream.fault('non-default argument follows default argument');
  }
  stream.expect('rparen');
  return { names, defaults };
}
