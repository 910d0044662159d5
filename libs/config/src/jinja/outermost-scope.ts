import type { Json } from '#kernel';
import { globals } from './globals.ts';
import { Scope } from './scope.ts';
import type { Value } from './values.ts';
import { named } from './values.ts';

const GLOBALS: ReadonlyMap<string, Value> = new Map(Object.entries(globals));

/**
 * What templates see from outside of them: configuration values over what every template can call. A value is made what
 * templates handle when one asks for it.
 */
export class OutermostScope extends Scope {
  readonly #values: ReadonlyMap<string, Json>;
  readonly #isSecretName: (name: string) => boolean;
  readonly #asked = new Set<string>();

  /** @param values that stay as they are */
  constructor(values: Iterable<readonly [string, Json]>, isSecretName: (name: string) => boolean = () => false) {
    super();
    this.#values = values instanceof Map ? values : new Map(values);
    this.#isSecretName = isSecretName;
  }

  override get(name: string): Value | undefined {
    if (!this.#asked.has(name)) {
      this.#asked.add(name);
      const value = this.#values.get(name);
      if (value !== undefined) this.set(name, named(name, value, this.#isSecretName));
    }
    const value = super.get(name);
    return value === undefined ? GLOBALS.get(name) : value;
  }

  /** Whether a template has asked for a name. */
  wasAsked(name: string): boolean {
    return this.#asked.has(name);
  }
}
