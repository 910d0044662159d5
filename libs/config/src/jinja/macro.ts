import { evaluate } from './evaluate.ts';
import { TemplateFault } from './fault.ts';
import { Scope } from './scope.ts';
import { quoted } from './text.ts';
import type { Signature, Statements } from './tree.ts';
import type { Arguments, Run } from './values.ts';
import { Callable, Undefined, Tuple } from './values.ts';

/** Something a template can call that renders its body where it was written. */
export function macro(
  name: string,
  signature: Signature,
  body: Statements,
  home: Scope,
  render: (statements: Statements, scope: Scope, run: Run) => string,
): Callable {
  const takes = { more: mentions(body, 'varargs'), named: mentions(body, 'kwargs') };
  return new Callable(name, (run, args) => {
    const scope = new Scope(home);
    receive(name, signature, args, scope, run, takes);
    return run.budget.deeper(() => render(body, scope, run));
  });
}

function receive(
  name: string,
  { names, defaults }: Signature,
  { positional, named }: Arguments,
  scope: Scope,
  run: Run,
  takes: { readonly more: boolean; readonly named: boolean },
): void {
  const rest = new Map(named);
  for (const [n, parameter] of names.entries()) {
    const otherwise = defaults[n - (names.length - defaults.length)];
    const given = positional[n] ?? rest.get(parameter);
    if (n >= positional.length) rest.delete(parameter);
    scope.set(
      parameter,
      given ??
        (otherwise
          ? evaluate(otherwise, scope, run)
          : new Undefined(`parameter ${quoted(parameter)} was not provided`)),
    );
  }
  const caller = rest.get('caller');
  if (caller !== undefined) scope.set('caller', caller);
  rest.delete('caller');
  const more = positional.slice(names.length);
  const [unknown] = rest.keys();
  if (more.length > 0 && !takes.more) {
    throw new TemplateFault('TypeError', `macro ${quoted(name)} takes not more than ${names.length} argument(s)`);
  }
  if (unknown !== undefined && !takes.named) {
    throw new TemplateFault('TypeError', `macro ${quoted(name)} takes no keyword argument ${quoted(unknown)}`);
  }
  scope.set('varargs', new Tuple(more));
  scope.set('kwargs', new Map(rest));
}

/** Whether a name stands anywhere in a piece of a template. */
function mentions(node: unknown, name: string): boolean {
  if (typeof node !== 'object' || node === null) return false;
  if ('kind' in node && node.kind === 'name' && 'name' in node && node.name === name) return true;
  return Object.values(node).some((inner) => mentions(inner, name));
}
