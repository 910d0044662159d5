import { entriesOf } from './collection-methods.ts';
import { TemplateFault } from './fault.ts';
import { bind, wholeOf } from './methods.ts';
import { represented, shown } from './text.ts';
import type { Arguments, Run, ObjectValue, Value } from './values.ts';
import { Callable, kindOf, made } from './values.ts';

/** `namespace(found=false)`: something whose members can be set from within a loop. */
export class Namespace implements ObjectValue {
  readonly thing = 'Namespace';
  readonly #members: Map<string, Value>;

  constructor(members: Iterable<readonly [string, Value]>) {
    this.#members = new Map(members);
  }

  attribute(name: string): Value | undefined {
    return this.#members.get(name);
  }

  set(name: string, value: Value): void {
    this.#members.set(name, value);
  }

  shown(): string {
    return `<Namespace ${represented(new Map<Value, Value>(this.#members))}>`;
  }
}

/** `cycler("odd", "even")`: gives its values in turn. */
class Cycler implements ObjectValue {
  readonly thing = 'Cycler';
  readonly #items: readonly Value[];
  #at = 0;

  constructor(items: readonly Value[]) {
    if (items.length === 0) throw new TemplateFault('TypeError', 'at least one item has to be provided');
    this.#items = items;
  }

  attribute(name: string): Value | undefined {
    if (name === 'current') return this.#items[this.#at];
    if (name === 'next') return new Callable('next', () => this.#next());
    return name === 'reset' ? new Callable('reset', () => this.#reset()) : undefined;
  }

  #next(): Value {
    const current = this.#items[this.#at] ?? null;
    this.#at = (this.#at + 1) % this.#items.length;
    return current;
  }

  #reset(): Value {
    this.#at = 0;
    return null;
  }
}

/** `joiner(", ")`: nothing the first time it is called, the separator from then on. */
class Joiner implements ObjectValue {
  readonly thing = 'Joiner';
  readonly #separator: string;
  #used = false;

  constructor(separator: string) {
    this.#separator = separator;
  }

  attribute(): undefined {
    return undefined;
  }

  call(): Value {
    const separator = this.#used ? this.#separator : '';
    this.#used = true;
    return separator;
  }
}

function range({ budget }: Run, { positional }: Arguments): Value {
  const [first = 0, second, step = 1] = positional.map(wholeOf);
  const [from, to] = second === undefined ? [0, first] : [first, second];
  if (positional.length === 0) throw new TemplateFault('TypeError', 'range expected at least 1 argument, got 0');
  if (step === 0) throw new TemplateFault('ValueError', 'range() arg 3 must not be zero');
  const length = Math.max(0, Math.ceil((to - from) / step));
  budget.spend(length);
  return made(Array.from({ length }, (_, n) => from + n * step));
}

const withMembers = ({ positional: [given], named }: Arguments): [string, Value][] => [
  ...(given === undefined ? [] : entriesOf(given)).map(([key, value]): [string, Value] => [shown(key), value]),
  ...named,
];

/** What every template can call by name. */
export const globals: Readonly<Record<string, Value>> = {
  range: new Callable('range', range),
  dict: new Callable('dict', (_, args) => made(new Map<Value, Value>(withMembers(args)))),
  namespace: new Callable('namespace', (_, args) => new Namespace(withMembers(args))),
  cycler: new Callable('cycler', (_, { positional }) => new Cycler(positional)),
  joiner: new Callable('joiner', (_, args) => new Joiner(shown(bind('joiner', { sep: ', ' }, args)[0] ?? ''))),
};

/** Calls a value. @throws TemplateFault where it cannot be called */
export function callValue(run: Run, value: Value, args: Arguments): Value {
  if (value instanceof Callable) return value.call(run, args);
  if (typeof value === 'object' && value !== null && 'thing' in value && value.call) return value.call(run, args);
  throw notCallable(value);
}

function notCallable(value: Value): TemplateFault {
  return 'fault' in Object(value)
    ? (value as { fault(): TemplateFault }).fault()
    : new TemplateFault('TypeError', `'${kindOf(value)}' object is not callable`);
}
