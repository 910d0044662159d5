import { isEqual } from './comparison.ts';
import { TemplateFault } from './fault.ts';
import type { Arguments, Run, ObjectValue, Value } from './values.ts';
import { Callable, Undefined, Tuple } from './values.ts';

/** `loop`: where a loop is. */
export class Loop implements ObjectValue {
  readonly thing = 'LoopContext';
  readonly #items: readonly Value[];
  readonly #depth: number;
  readonly #again: ((items: Value, depth: number) => Value) | undefined;
  #at = 0;
  #last: Value | undefined;

  constructor(items: readonly Value[], depth: number, again: ((items: Value, depth: number) => Value) | undefined) {
    this.#items = items;
    this.#depth = depth;
    this.#again = again;
  }

  /** Goes to the n-th round. */
  goTo(n: number): void {
    this.#at = n;
  }

  attribute(name: string): Value | undefined {
    return Object.hasOwn(this.#attributes, name) ? this.#attributes[name]?.() : undefined;
  }

  /** `loop(children)` goes over something else with the body of a recursive loop. */
  call(_: Run, { positional: [items = null] }: Arguments): Value {
    if (this.#again) return this.#again(items, this.#depth + 1);
    throw new TemplateFault('TypeError', "The loop must have the 'recursive' marker to be called recursively.");
  }

  readonly #attributes: Readonly<Record<string, () => Value>> = {
    index: () => this.#at + 1,
    index0: () => this.#at,
    revindex: () => this.#items.length - this.#at,
    revindex0: () => this.#items.length - this.#at - 1,
    first: () => this.#at === 0,
    last: () => this.#at === this.#items.length - 1,
    length: () => this.#items.length,
    depth: () => this.#depth + 1,
    depth0: () => this.#depth,
    previtem: () => this.#items[this.#at - 1] ?? new Undefined('there is no previous item'),
    nextitem: () => this.#items[this.#at + 1] ?? new Undefined('there is no next item'),
    cycle: () =>
      new Callable('cycle', (_, { positional }) => {
        if (positional.length === 0) throw new TemplateFault('TypeError', 'no items for cycling given');
        return positional[this.#at % positional.length] ?? null;
      }),
    changed: () =>
      new Callable('changed', ({ budget }, { positional }) => {
        const now = new Tuple(positional);
        const changed = this.#last === undefined || !isEqual(this.#last, now, budget);
        this.#last = now;
        return changed;
      }),
  };
}
