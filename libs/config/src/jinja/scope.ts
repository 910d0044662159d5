import type { Value } from './values.ts';

/** The names that can be seen from a place in a template; what is set inside is not seen outside. */
export class Scope {
  readonly #names = new Map<string, Value>();
  readonly #outer: Scope | undefined;

  constructor(outer?: Scope, names: Iterable<readonly [string, Value]> = []) {
    this.#outer = outer;
    for (const [name, value] of names) this.#names.set(name, value);
  }

  get(name: string): Value | undefined {
    const value = this.#names.get(name);
    return value === undefined ? this.#outer?.get(name) : value;
  }

  /** The outermost place of the template itself. */
  get template(): Scope {
    return this.#outer?.isOutermost === false ? this.#outer.template : this;
  }

  private get isOutermost(): boolean {
    return this.#outer === undefined;
  }

  set(name: string, value: Value): void {
    this.#names.set(name, value);
  }
}
