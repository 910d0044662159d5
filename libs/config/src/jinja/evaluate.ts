import { TemplateFault } from './fault.ts';
import { callValue } from './globals.ts';
import { attributeOf, itemOf, sliceOf } from './members.ts';
import { holds, operate, signed } from './operators.ts';
import type { Scope } from './scope.ts';
import { shown } from './text.ts';
import type { Expression, CallArguments } from './tree.ts';
import type { Arguments, Run, Value } from './values.ts';
import { isList, isMap, isTrue, itemsOf, made, Undefined, Tuple } from './values.ts';

type Kind = Expression['kind'];
type Evaluate<K extends Kind> = (expression: Extract<Expression, { kind: K }>, scope: Scope, run: Run) => Value;

/** What an expression comes to. @throws TemplateFault */
export function evaluate(expression: Expression, scope: Scope, run: Run): Value {
  run.budget.spend();
  return (EVALUATE[expression.kind] as Evaluate<Kind>)(expression, scope, run);
}

const evaluateAll = (expressions: readonly Expression[], scope: Scope, run: Run): Value[] =>
  expressions.map((one) => evaluate(one, scope, run));

const EVALUATE: { readonly [K in Kind]: Evaluate<K> } = {
  constant: ({ value }) => value,
  name: ({ name }, scope) => {
    const value = scope.get(name);
    return value === undefined ? new Undefined(`'${name}' is undefined`) : value;
  },
  list: ({ items }, scope, run) => made(evaluateAll(items, scope, run)),
  tuple: ({ items }, scope, run) => new Tuple(evaluateAll(items, scope, run)),
  map: ({ entries }, scope, run) =>
    made(new Map(entries.map(([key, value]) => [keyOf(evaluate(key, scope, run)), evaluate(value, scope, run)]))),
  attribute: ({ of, name }, scope, run) => attributeOf(evaluate(of, scope, run), name),
  item: ({ of, at }, scope, run) => itemOf(evaluate(of, scope, run), evaluate(at, scope, run), run.budget),
  slice: ({ of, bounds }, scope, run) => {
    const value = evaluate(of, scope, run);
    return sliceOf(
      value,
      bounds.map((bound) => (bound ? evaluate(bound, scope, run) : null)),
      run.budget,
    );
  },
  call: ({ callee, args }, scope, run) => callValue(run, evaluate(callee, scope, run), handed(args, scope, run)),
  filter: ({ of, name, args, line }, scope, run) => {
    if (!of) throw new Error('a filter over a block has no value of its own');
    return run.filter(name, evaluate(of, scope, run), handed(args, scope, run), line);
  },
  test: ({ of, name, args, line }, scope, run) =>
    run.test(name, evaluate(of, scope, run), handed(args, scope, run), line),
  not: ({ of }, scope, run) => !isTrue(evaluate(of, scope, run)),
  negative: ({ kind, of }, scope, run) => signed(kind, evaluate(of, scope, run)),
  positive: ({ kind, of }, scope, run) => signed(kind, evaluate(of, scope, run)),
  binary: ({ operator, left, right }, scope, run) =>
    operate(operator, evaluate(left, scope, run), evaluate(right, scope, run), run.budget),
  and: ({ left, right }, scope, run) => {
    const value = evaluate(left, scope, run);
    return isTrue(value) ? evaluate(right, scope, run) : value;
  },
  or: ({ left, right }, scope, run) => {
    const value = evaluate(left, scope, run);
    return isTrue(value) ? value : evaluate(right, scope, run);
  },
  comparison: ({ first, rest }, scope, run) => {
    let left = evaluate(first, scope, run);
    for (const [operator, expression] of rest) {
      const right = evaluate(expression, scope, run);
      if (!holds(operator, left, right, run.budget)) return false;
      left = right;
    }
    return true;
  },
  joined: ({ parts }, scope, run) => {
    const texts = evaluateAll(parts, scope, run).map((part) => shown(part, run.budget));
    run.budget.room(texts.reduce((sum, text) => sum + text.length, 0));
    return texts.join('');
  },
  choice: ({ test, value, otherwise, line }, scope, run) => {
    if (isTrue(evaluate(test, scope, run))) return evaluate(value, scope, run);
    if (otherwise) return evaluate(otherwise, scope, run);
    return new Undefined(
      `the inline if-expression on line ${line} evaluated to false and no else section was defined.`,
    );
  },
};

function keyOf(key: Value): Value {
  if (isList(key) || isMap(key))
    throw new TemplateFault('TypeError', `unhashable type: '${isMap(key) ? 'dict' : 'list'}'`);
  return key;
}

/** What is handed to a call, evaluated. */
export function handed({ positional, named, list, map }: CallArguments, scope: Scope, run: Run): Arguments {
  const more = map ? evaluate(map, scope, run) : undefined;
  return {
    positional: [...evaluateAll(positional, scope, run), ...(list ? itemsOf(evaluate(list, scope, run)) : [])],
    named: new Map([
      ...named.map(([name, value]) => [name, evaluate(value, scope, run)] as const),
      ...(more !== undefined && isMap(more) ? [...more].map(([key, value]) => [shown(key), value] as const) : []),
    ]),
  };
}
