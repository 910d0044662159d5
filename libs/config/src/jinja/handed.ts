import type { TokenStream } from './token-stream.ts';
import type { Expression, CallArguments } from './tree.ts';

/** What stands in the brackets of a call; `readExpression` reads one value of it. */
export function readHanded(stream: TokenStream, readExpression: (stream: TokenStream) => Expression): CallArguments {
  const { line } = stream.expect('lparen');
  const positional: Expression[] = [];
  const named: (readonly [string, Expression])[] = [];
  let list: Expression | undefined;
  let map: Expression | undefined;
  const ensure = (right: boolean): void => {
    if (!right) throw stream.fault('invalid syntax for function call expression', line);
  };
  for (let first = true; !stream.is('rparen'); first = false) {
    if (!first) {
      stream.expect('comma');
      if (stream.is('rparen')) break;
    }
    if (stream.skip('mul')) {
      ensure(list === undefined && map === undefined);
      list = readExpression(stream);
    } else if (stream.skip('pow')) {
      ensure(map === undefined);
      map = readExpression(stream);
    } else if (stream.is('name') && stream.isNext('assign')) {
      ensure(map === undefined);
      const name = String(stream.take().value);
      stream.take();
      named.push([name, readExpression(stream)]);
    } else {
      ensure(list === undefined && map === undefined && named.length === 0);
      positional.push(readExpression(stream));
    }
  }
  stream.expect('rparen');
  return { positional, named, ...(list ? { list } : {}), ...(map ? { map } : {}) };
}
