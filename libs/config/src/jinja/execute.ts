import { evaluate, handed } from './evaluate.ts';
import { TemplateFault } from './fault.ts';
import { callValue, Namespace } from './globals.ts';
import { Loop } from './loop.ts';
import { macro } from './macro.ts';
import { Output } from './output.ts';
import { Scope } from './scope.ts';
import { quoted, shown } from './text.ts';
import type { Expression, Place, Statement, Statements } from './tree.ts';
import type { Run, Value } from './values.ts';
import { isTrue, itemsOf } from './values.ts';

type Kind = Statement['kind'];
type Execute<K extends Kind> = (
  statement: Extract<Statement, { kind: K }>,
  scope: Scope,
  run: Run,
  out: Output,
) => void;

function execute(statements: Statements, scope: Scope, run: Run, out: Output): void {
  for (const statement of statements) {
    run.budget.spend();
    (EXECUTE[statement.kind] as Execute<Kind>)(statement, scope, run, out);
  }
}

/** What statements come to. @throws TemplateFault */
export function render(statements: Statements, scope: Scope, run: Run): string {
  const out = new Output(run.budget);
  execute(statements, scope, run, out);
  return out.text();
}

const EXECUTE: { readonly [K in Kind]: Execute<K> } = {
  text: ({ text }, _, __, out) => out.add(text),
  print: ({ values }, scope, run, out) => {
    for (const value of values) out.add(shown(evaluate(value, scope, run), run.budget));
  },
  if: ({ branches, otherwise }, scope, run, out) => {
    const branch = branches.find(({ test }) => isTrue(evaluate(test, scope, run)));
    execute(branch?.body ?? otherwise, scope, run, out);
  },
  for: (statement, scope, run, out) => loop(statement, evaluate(statement.over, scope, run), 0, scope, run, out),
  set: ({ place, value }, scope, run) => assign(place, evaluate(value, scope, run), scope),
  setBlock: ({ place, filter, body }, scope, run) => {
    const text = render(body, new Scope(scope), run);
    assign(place, filter ? filtered(filter, text, scope, run) : text, scope);
  },
  with: ({ places, values, body }, scope, run, out) => {
    const inner = new Scope(scope);
    for (const [n, place] of places.entries()) {
      const value = values[n];
      if (value) assign(place, evaluate(value, scope, run), inner);
    }
    execute(body, inner, run, out);
  },
  macro: ({ name, signature, body }, scope) => scope.set(name, macro(name, signature, body, scope, render)),
  call: ({ call, signature, body }, scope, run, out) => {
    const { positional, named } = handed(call.args, scope, run);
    const caller = macro('caller', signature, body, scope, render);
    const args = { positional, named: new Map([...named, ['caller', caller] as const]) };
    out.add(shown(callValue(run, evaluate(call.callee, scope, run), args), run.budget));
  },
  filter: ({ filter, body }, scope, run, out) => {
    const inner = new Scope(scope);
    out.add(shown(filtered(filter, render(body, inner, run), inner, run), run.budget));
  },
  block: ({ scoped, body }, scope, run, out) => execute(body, new Scope(scoped ? scope : scope.template), run, out),
  load: () => {
    throw new TemplateFault('TypeError', 'no loader for this environment specified');
  },
};

function loop(
  statement: Extract<Statement, { kind: 'for' }>,
  over: Value,
  depth: number,
  scope: Scope,
  run: Run,
  out: Output,
): void {
  const { place, only, body, otherwise, recursive } = statement;
  const all = itemsOf(over);
  run.budget.spend(all.length);
  const within = (item: Value, loopItself?: Loop): Scope => {
    const inner = new Scope(scope, loopItself ? [['loop', loopItself]] : []);
    assign(place, item, inner);
    return inner;
  };
  const items = only ? all.filter((item) => isTrue(evaluate(only, within(item), run))) : [...all];
  if (items.length === 0) {
    execute(otherwise, new Scope(scope), run, out);
    return;
  }
  const again = (inner: Value, deeper: number): string => {
    const output = new Output(run.budget);
    run.budget.deeper(() => loop(statement, inner, deeper, scope, run, output));
    return output.text();
  };
  const context = new Loop(items, depth, recursive ? again : undefined);
  for (const [n, item] of items.entries()) {
    context.goTo(n);
    execute(body, within(item, context), run, out);
  }
}

function assign(place: Place, value: Value, scope: Scope): void {
  if (place.kind === 'name') {
    scope.set(place.name, value);
  } else if (place.kind === 'member') {
    const target = scope.get(place.of);
    if (!(target instanceof Namespace)) {
      const why =
        target === undefined ? `${quoted(place.of)} is undefined` : 'cannot assign attribute on non-namespace object';
      throw new TemplateFault(target === undefined ? 'UndefinedError' : 'TemplateRuntimeError', why);
    }
    target.set(place.name, value);
  } else {
    const items = itemsOf(value);
    const { length } = place.places;
    if (items.length < length) throw unpacked(`not enough values to unpack (expected ${length}, got ${items.length})`);
    if (items.length > length) throw unpacked(`too many values to unpack (expected ${length})`);
    for (const [n, inner] of place.places.entries()) assign(inner, items[n] ?? null, scope);
  }
}

const unpacked = (why: string): TemplateFault => new TemplateFault('ValueError', why);

/** Puts text through the filters that stand over a block. */
function filtered(filter: Expression, text: string, scope: Scope, run: Run): Value {
  if (filter.kind !== 'filter') return text;
  const { of, name, args, line } = filter;
  return run.filter(name, of ? filtered(of, text, scope, run) : text, handed(args, scope, run), line);
}
